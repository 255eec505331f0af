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

std::optional<std::chrono::sys_seconds> ParseHttpDate(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  if (text.size() > kLongest) return std::nullopt;
  const std::string line(Trimmed(text));
  // The daemon's locale is "C": names of days and months are English.
  for (const char* form :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    tm parts{};
    const char* end = strptime(line.c_str(), form, &parts);
    if (end == nullptr || end != line.c_str() + line.size()) continue;
    return std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts)));
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
    std::int64_t count = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
    const bool too_long = read.ec != std::errc() || count > kMost / std::chrono::seconds(1);
    return too_long ? kMost : milliseconds(std::chrono::seconds(count));
  }
  const auto then = ParseHttpDate(text);
  if (!then) return std::nullopt;
  // Seconds, because nanoseconds end in 2262.
  using std::chrono::seconds;
  const seconds left = *then - ParseHttpDate(date).value_or(std::chrono::floor<seconds>(now));
  return std::clamp<seconds>(left, seconds(0), kLongestRetryAfter);
}

}  // namespace ecsward::notify
