// The limits are bytes of the content: 4096 of markdown, 2048 of text, in which a Chinese character
// is three.
// source: WeCom's documentation of group robots, developer.work.weixin.qq.com/document/path/91770
#include "exporters/notify/channels/wecom.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "exporters/notify/channels/http_channel.h"
#include "exporters/notify/channels/http_options.h"
#include "exporters/notify/channels/message_text.h"
#include "exporters/notify/channels/robot_url.h"
#include "exporters/notify/content.h"

namespace ecsward::notify {
namespace {

using nlohmann::ordered_json;
using Kind = VendorCode::Kind;

constexpr std::size_t kTitleCharacters = 100;
constexpr std::size_t kMarkdownBytes = 4096, kTextBytes = 2048;

Result<void> CheckMessageType(std::string_view type) {
  if (type == "markdown" || type == "text") return {};
  return Fail(ErrorCode::kInvalidArgument, "want \"markdown\" or \"text\"");
}

// "" and 0 are the kind's own limit.
Result<void> CheckBytes(std::string_view bytes) {
  return bytes == "0" ? Result<void>() : CheckMessageBytes(bytes);
}

Result<void> CheckMobileOrAll(std::string_view number) {
  return number == "@all" ? Result<void>() : CheckMobile(number);
}

constexpr std::array<ChannelOption, 10> kOwnOptions{{
    {"url", OptionKind::kSecretUrl, "", "the robot's webhook, as the group shows it", false,
     CheckHttpUrl},
    {"key", OptionKind::kSecret, "", "of the webhook, in place of the whole url"},
    {"api_url", OptionKind::kUrl, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
     "where a key is sent to", false, CheckHttpUrl},
    {"msg_type", OptionKind::kText, "markdown", "\"markdown\", or \"text\" for WeChat users", false,
     CheckMessageType},
    {"title", OptionKind::kTemplate, "", "the first line; empty: the default title"},
    {"text", OptionKind::kTemplate, "", "all of the message; empty: the default text"},
    {"mentioned_list", OptionKind::kList, "",
     "whom to mention when alerts fire, by user id, or \"@all\""},
    {"mentioned_mobile_list", OptionKind::kList, "", "the same by mobile number; only of a text",
     false, CheckMobileOrAll},
    {"max_bytes", OptionKind::kInteger, "0", "of the content; 0: 4096 of markdown, 2048 of text",
     false, CheckBytes},
    {"rate_limit_wait", OptionKind::kDuration, "1m",
     "how long to leave the robot alone when it says that messages come too fast"},
}};
constexpr auto kOptions = JoinOptions(kOwnOptions, kHttpOptions);

constexpr VendorFields kFields[] = {{"errcode", "errmsg"}};
constexpr VendorCode kCodes[] = {
    {-1, Kind::kBusy, ""},
    {45009, Kind::kTooFast, "more than 20 messages a minute"},
    {45033, Kind::kTooFast, "too many at once"},
    {93000, Kind::kPermanent, "no such robot: the key is wrong, or the robot was removed"},
    {40058, Kind::kPermanent, "a parameter is wrong, or the text too long: lower max_bytes"},
    {45002, Kind::kPermanent, "too long: lower max_bytes"},
    {40008, Kind::kPermanent, "the kind of message"},
    {44004, Kind::kPermanent, "an empty text"},
    {93004, Kind::kPermanent, "the robot is switched off"},
    {93008, Kind::kPermanent, "the robot is not in the group"},
};
constexpr VendorTraits kVendor{"WeCom", kFields, kCodes};

std::vector<std::string> Check(const ChannelSettings& settings) {
  std::vector<std::string> problems = WantOneOf(settings, "url", "key");
  if (settings.Text("msg_type") != "text" && !settings.List("mentioned_mobile_list").empty()) {
    problems.emplace_back("mentioned_mobile_list: works only with msg_type: text");
  }
  return problems;
}

class WecomChannel final : public Channel {
 public:
  WecomChannel(const ChannelSettings& settings, const ChannelWorld& world)
      : content_(*world.content),
        settings_(settings),
        sender_(settings, world),
        url_(RobotUrl(settings, "key", "key=")),
        markdown_(settings.Text("msg_type") == "markdown") {
    sender_.hidden().HideUrl(url_.Reveal());
  }

  Delivery Send(const Notification& notification, const Attempt&) override {
    const std::string mentions = markdown_ ? Mentions(notification) : "";
    const MessageShape shape{.style = markdown_ ? TextStyle::kWecom : TextStyle::kPlain,
                             .title = {.bytes = 0, .characters = kTitleCharacters},
                             .heading = true,
                             .heading_mark = markdown_ ? "### " : ""};
    const MessageText made =
        MakeMessageText(content_, settings_, notification, shape, RoomBefore(Bytes(), mentions));
    const std::string text = WithEnding(made.text, mentions);
    const std::string body = DumpJson(Message(notification, text));
    const HttpOutcome outcome = sender_.Perform(sender_.NewRequest(url_.Reveal(), body));
    return WithTemplateProblem(
        sender_.Judge(outcome, kVendor, settings_.Duration("rate_limit_wait")), made.problem);
  }

 private:
  std::size_t Bytes() const {
    const auto bytes = static_cast<std::size_t>(settings_.Integer("max_bytes"));
    if (bytes != 0) return bytes;
    return markdown_ ? kMarkdownBytes : kTextBytes;
  }

  // In markdown they are part of the text.
  std::string Mentions(const Notification& notification) const {
    std::string mentions;
    if (!notification.firing()) return mentions;
    for (const std::string& user : settings_.List("mentioned_list")) {
      mentions += fmt::format("<@{}>", user.starts_with('@') ? user.substr(1) : user);
    }
    return mentions;
  }

  ordered_json Message(const Notification& notification, const std::string& text) const {
    if (markdown_) return {{"msgtype", "markdown"}, {"markdown", {{"content", text}}}};
    ordered_json content = {{"content", text}};
    if (notification.firing()) {
      for (const char* list : {"mentioned_list", "mentioned_mobile_list"}) {
        if (!settings_.List(list).empty()) content[list] = settings_.List(list);
      }
    }
    return {{"msgtype", "text"}, {"text", std::move(content)}};
  }

  const Content& content_;
  const ChannelSettings settings_;
  HttpSender sender_;
  const Secret url_;
  const bool markdown_;
};

}  // namespace

constinit const ChannelSpec kWecomChannel{
    .kind = "wecom",
    .help = "a robot in a WeCom (企业微信) group",
    .options = kOptions,
    .limits = {.messages = 20, .window = std::chrono::milliseconds(60'000)},
    .check = Check,
    .make = [](const ChannelSettings& settings, const ChannelWorld& world)
        -> std::unique_ptr<Channel> { return std::make_unique<WecomChannel>(settings, world); },
};

}  // namespace ecsward::notify
