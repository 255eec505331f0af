#include "exporters/notify/channels/robot_url.h"

#include <fmt/format.h>

namespace ecsward::notify {
namespace {

std::string Base64Of(const Sha256Digest& digest) {
  return Base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

Secret RobotUrl(const ChannelSettings& settings, std::string_view token,
                std::string_view parameter) {
  if (const Secret& url = settings.SecretOf("url"); !url.empty()) return url;
  std::string url = settings.Text("api_url");
  if (parameter.empty()) {
    if (!url.ends_with('/')) url += '/';
  } else {
    url += url.find('?') == std::string::npos ? '?' : '&';
    url += parameter;
  }
  return Secret(url + PercentEncode(settings.SecretOf(token).Reveal()));
}

std::string DingtalkSign(const Digests& digests, std::string_view secret, std::int64_t unix_ms) {
  return PercentEncode(
      Base64Of(digests.HmacSha256(secret, fmt::format("{}\n{}", unix_ms, secret))));
}

std::string FeishuSign(const Digests& digests, std::string_view secret, std::int64_t unix_seconds) {
  return Base64Of(digests.HmacSha256(fmt::format("{}\n{}", unix_seconds, secret), ""));
}

TextLimit RoomBefore(std::size_t bytes, std::string_view ending) {
  constexpr std::size_t kLeast = 64;  // however many are mentioned
  if (ending.empty()) return {.bytes = bytes, .characters = 0};
  const std::size_t used = ending.size() + 2;  // and an empty line
  return {.bytes = bytes > used + kLeast ? bytes - used : kLeast, .characters = 0};
}

}  // namespace ecsward::notify
