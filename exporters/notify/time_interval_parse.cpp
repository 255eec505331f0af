#include "exporters/notify/time_interval_parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string>

#include "base/suggest.h"

namespace ecsward::notify {
namespace {

using Range = TimeInterval::Range;

// So many days every month has: what is never right in the shortest one is a mistake.
constexpr int kShortestMonth = 28;
constexpr int kMinutesOfDay = 24 * 60;

constexpr std::string_view kWeekdays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                          "thursday", "friday", "saturday"};
constexpr std::string_view kMonths[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};

Error Wrong(std::string message) { return Fail(ErrorCode::kInvalidArgument, std::move(message)); }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::optional<int> Number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<int> IndexOf(std::string_view word, std::span<const std::string_view> words) {
  const auto it = std::find(words.begin(), words.end(), word);
  if (it == words.end()) return std::nullopt;
  return static_cast<int>(it - words.begin());
}

std::string Quoted(std::string_view text) {
  return fmt::format("\"{}\"{}", text.substr(0, 40), text.size() > 40 ? "…" : "");
}

// `member` makes a number of what stands at either end of a colon.
template <class Member>
Result<Range> ParseRange(std::string_view text, const Member& member) {
  const std::string lower = Lower(text);
  const std::string_view whole = lower;
  const auto colon = whole.find(':');
  if (colon != std::string_view::npos && whole.find(':', colon + 1) != std::string_view::npos) {
    return Wrong(fmt::format("want one value or BEGIN:END, got {}", Quoted(text)));
  }
  const Result<int> begin = member(whole.substr(0, colon));
  if (!begin) return Error(begin.error());
  const Result<int> end = colon == std::string_view::npos ? begin : member(whole.substr(colon + 1));
  if (!end) return Error(end.error());
  return Range{*begin, *end};
}

Error EndsBeforeItBegins(std::string_view text) {
  return Wrong(fmt::format("{} ends before it begins", Quoted(text)));
}

Result<Range> InOrder(Result<Range> range, std::string_view text) {
  if (range && range->begin > range->end) return EndsBeforeItBegins(text);
  return range;
}

}  // namespace

Result<int> ParseMinuteOfDay(std::string_view text) {
  const auto digit = [text](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() == 5 && digit(0) && digit(1) && text[2] == ':' && digit(3) && digit(4)) {
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    const int sum = hour * 60 + minute;
    if (minute < 60 && sum <= kMinutesOfDay) return sum;
  }
  return Wrong(
      fmt::format("want a time from 00:00 to 24:00 such as \"09:00\", got {}", Quoted(text)));
}

Result<Range> ParseWeekdays(std::string_view text) {
  const auto member = [](std::string_view word) -> Result<int> {
    if (const auto index = IndexOf(word, kWeekdays)) return *index;
    return Wrong(fmt::format("{} is not a weekday{}", Quoted(word), DidYouMean(word, kWeekdays)));
  };
  auto range = ParseRange(text, member);
  if (range && range->begin > range->end) {
    return Wrong(fmt::format("{} ends before it begins: a week begins on sunday", Quoted(text)));
  }
  return range;
}

Result<Range> ParseDaysOfMonth(std::string_view text) {
  const auto member = [](std::string_view word) -> Result<int> {
    const auto day = Number(word);
    if (day && *day != 0 && *day >= -31 && *day <= 31) return *day;
    return Wrong(
        fmt::format("want a day from 1 to 31, or from -31 to -1 counted from the month's "
                    "end, got {}",
                    Quoted(word)));
  };
  auto range = ParseRange(text, member);
  if (!range) return range;
  if (range->begin < 0 && range->end > 0) {
    return Wrong(fmt::format("{}: what begins at a negative day must end at one", Quoted(text)));
  }
  const auto in_shortest = [](int day) { return day < 0 ? kShortestMonth + day : day; };
  if (in_shortest(range->begin) > in_shortest(range->end)) return EndsBeforeItBegins(text);
  return range;
}

Result<Range> ParseMonths(std::string_view text) {
  const auto member = [](std::string_view word) -> Result<int> {
    if (const auto index = IndexOf(word, kMonths)) return *index + 1;
    const auto month = Number(word);
    if (month && *month >= 1 && *month <= 12) return *month;
    return Wrong(fmt::format("want a month, by name or from 1 to 12, got {}{}", Quoted(word),
                             DidYouMean(word, kMonths)));
  };
  return InOrder(ParseRange(text, member), text);
}

Result<Range> ParseYears(std::string_view text) {
  const auto member = [](std::string_view word) -> Result<int> {
    const auto year = Number(word);
    if (year && *year >= 1) return *year;
    return Wrong(fmt::format("want a year, got {}", Quoted(word)));
  };
  return InOrder(ParseRange(text, member), text);
}

bool IsZoneName(std::string_view text) {
  return !text.empty() && text.size() < 200 && text.find("..") == std::string_view::npos &&
         !text.starts_with('/') && !text.starts_with('\\') &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

}  // namespace ecsward::notify
