#include "tests/unit/exporters/notify/config_world.h"

namespace ecsward::notify {
namespace {

Result<void> CheckShort(std::string_view value) {
  if (value.size() < 6) return {};
  return Fail(ErrorCode::kInvalidArgument, "want at most five letters");
}

constexpr ChannelOption kChatOptions[] = {
    {"url", OptionKind::kSecretUrl, "", "", true},
    {"token", OptionKind::kSecret, "", "", false, CheckShort},
    {"link", OptionKind::kUrl, "https://example.com", ""},
    {"name", OptionKind::kText, "robot", "", false, CheckShort},
    {"title", OptionKind::kTemplate, "", ""},
    {"at_all", OptionKind::kBool, "true", ""},
    {"count", OptionKind::kInteger, "7", ""},
    {"timeout", OptionKind::kDuration, "10s", ""},
    {"mobiles", OptionKind::kList, "1,2", "", false, CheckShort},
    {"labels", OptionKind::kMap, "", "", false, CheckShort},
    {"fields_of", OptionKind::kTemplateMap, "", ""},
    {"ca_file", OptionKind::kText, "", ""},
    {"http_config.proxy_url", OptionKind::kUrl, "", ""},
    {"http_config.basic_auth.username", OptionKind::kText, "", ""},
    {"http_config.basic_auth.password", OptionKind::kSecret, "", ""},
};
std::vector<std::string> CheckChat(const ChannelSettings& settings) {
  if (settings.Text("name") == "both" && settings.Get("token").given) {
    return {"token: not together with this name"};
  }
  return {};
}

constexpr ChannelOption kEmailOptions[] = {
    {"to", OptionKind::kList, "", "", true},        {"from", OptionKind::kText, "", "", true},
    {"smarthost", OptionKind::kText, "", "", true}, {"auth_username", OptionKind::kText, "", ""},
    {"auth_password", OptionKind::kSecret, "", ""}, {"require_tls", OptionKind::kBool, "true", ""},
};
constexpr ChannelOption kSlackOptions[] = {{"api_url", OptionKind::kSecretUrl, "", "", true},
                                           {"channel", OptionKind::kTemplate, "", ""}};

const ChannelSpec kSpecs[] = {
    {"chat", "", kChatOptions, {20, std::chrono::seconds(60)}, false, true, CheckChat, nullptr},
    {"email", "", kEmailOptions, {}, false, false, nullptr, nullptr},
    {"slack", "", kSlackOptions, {}, false, true, nullptr, nullptr},
};

}  // namespace

std::span<const ChannelSpec> ChannelsForTests() { return kSpecs; }

}  // namespace ecsward::notify
