#include "exporters/notify/channels/retry_after.h"

#include <time.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>

namespace ecsward::notify {
namespace {

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const std::size_t end = text.find_last_not_of(" \t");
  return end == std::string_view::npos ? std::string_view() : text.substr(begin, end + 1 - begin);
}

}  // namespace

std::optional<WallTime> ParseHttpDate(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  if (text.size() > kLongest) return std::nullopt;
  const std::string line(Trimmed(text));
  // The daemon's locale is "C": names of days and months are English.
  for (const char* form :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    tm parts{};
    const char* end = strptime(line.c_str(), form, &parts);
    if (end == nullptr || end != line.c_str() + line.size()) continue;
    return WallTime(std::chrono::seconds(timegm(&parts)));
  }
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> ParseRetryAfter(std::string_view text,
                                                         std::string_view date, WallTime now) {
  using std::chrono::milliseconds;
  constexpr milliseconds kMost = kLongestRetryAfter;
  text = Trimmed(text);
  if (text.empty()) return std::nullopt;
  if (text.find_first_not_of("0123456789") == std::string_view::npos) {
    std::int64_t seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool too_long = read.ec != std::errc() || seconds > kMost / std::chrono::seconds(1);
    return too_long ? kMost : milliseconds(std::chrono::seconds(seconds));
  }
  const auto then = ParseHttpDate(text);
  if (!then) return std::nullopt;
  const auto left = *then - ParseHttpDate(date).value_or(now);
  return std::clamp(std::chrono::duration_cast<milliseconds>(left), milliseconds(0), kMost);
}

}  // namespace ecsward::notify
