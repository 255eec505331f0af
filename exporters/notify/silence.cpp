#include "exporters/notify/silence.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/json_fields.h"

namespace ecsward::notify {
namespace {

using nlohmann::json;

// More than anybody writes by hand; each one costs time with every alert.
constexpr std::size_t kMaxMatchers = 100;

// "2026-11-28T09:00:00.000Z"
std::string ToTimeText(std::int64_t time_ms) {
  const auto time =
      std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(time_ms));
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(time - midnight);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

// Of digits, exactly as many; nothing else.
std::optional<int> TakeNumber(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool Take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// "Z", "+08:00": in minutes.
std::optional<int> TakeZone(std::string_view& text) {
  if (Take(text, 'Z') || Take(text, 'z')) return 0;
  const int sign = text.starts_with('-') ? -1 : 1;
  if (!Take(text, '+') && !Take(text, '-')) return std::nullopt;
  const auto hours = TakeNumber(text, 2);
  if (!hours || !Take(text, ':')) return std::nullopt;
  const auto minutes = TakeNumber(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

// RFC 3339, with or without a fraction of the second; what is finer than a millisecond is cut off.
std::optional<std::int64_t> ParseTimeText(std::string_view text) {
  int parts[6] = {};
  constexpr std::string_view kBehind = "--T::";  // what stands behind each but the last
  for (std::size_t i = 0; i < 6; ++i) {
    const auto part = TakeNumber(text, i == 0 ? 4 : 2);
    if (!part || (i < kBehind.size() && !Take(text, kBehind[i]))) return std::nullopt;
    parts[i] = *part;
  }
  int milliseconds = 0;
  if (Take(text, '.')) {
    int unit = 100;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
      milliseconds += unit * (text[digits] - '0');
      unit /= 10;
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
  }
  const auto zone = TakeZone(text);
  const std::chrono::year_month_day date{std::chrono::year(parts[0]),
                                         std::chrono::month(static_cast<unsigned>(parts[1])),
                                         std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (!zone || !text.empty() || !date.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60) {
    return std::nullopt;
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t minutes = (days * 24 + parts[3]) * 60 + parts[4] - *zone;
  return (minutes * 60 + parts[5]) * 1000 + milliseconds;
}

Error Bad(std::string what) { return Fail(ErrorCode::kParse, "silence: " + std::move(what)); }

Result<LabelMatcher> ParseMatcher(const json& object) {
  if (!object.is_object()) return Bad("a matcher must be an object");
  const auto equal = object.find("isEqual");  // absent: true, from before there were others
  const bool negative = equal != object.end() && equal->is_boolean() && !equal->get<bool>();
  const bool regexp = FlagAt(object, "isRegex");
  const MatchType type = regexp ? (negative ? MatchType::kNotRegexp : MatchType::kRegexp)
                                : (negative ? MatchType::kNotEqual : MatchType::kEqual);
  auto matcher = LabelMatcher::Make(type, TextAt(object, "name"), TextAt(object, "value"));
  if (!matcher) return Bad(std::move(matcher).error().message);
  return matcher;
}

}  // namespace

std::string_view StateAt(const Silence& silence, std::int64_t now_ms) {
  if (now_ms < silence.starts_at_ms) return "pending";
  return now_ms < silence.ends_at_ms ? "active" : "expired";
}

Result<void> CheckSilence(const Silence& silence) {
  const auto wrong = [](const char* what) { return Fail(ErrorCode::kInvalidArgument, what); };
  if (silence.matchers.empty()) return wrong("a silence needs at least one matcher");
  if (silence.matchers.size() > kMaxMatchers) return wrong("a silence has at most 100 matchers");
  for (const LabelMatcher& matcher : silence.matchers) {
    if (!IsLabelName(matcher.name())) {
      return Fail(ErrorCode::kInvalidArgument, "no name of a label: \"" + matcher.name() + "\"");
    }
  }
  // One that matches what is not there would silence everything.
  if (std::all_of(silence.matchers.begin(), silence.matchers.end(),
                  [](const LabelMatcher& matcher) { return matcher.Matches(""); })) {
    return wrong("at least one matcher must not match the empty text");
  }
  if (silence.starts_at_ms <= 0) return wrong("a silence needs a start");
  if (silence.ends_at_ms <= silence.starts_at_ms) return wrong("it must end after its start");
  if (silence.created_by.empty()) return wrong("a silence needs an author");
  if (silence.comment.empty()) return wrong("a silence needs a comment");
  return {};
}

std::string ToJsonText(const Silence& silence) {
  json matchers = json::array();
  for (const LabelMatcher& matcher : silence.matchers) {
    const MatchType type = matcher.type();
    matchers.push_back({{"name", matcher.name()},
                        {"value", matcher.value()},
                        {"isRegex", type == MatchType::kRegexp || type == MatchType::kNotRegexp},
                        {"isEqual", type == MatchType::kEqual || type == MatchType::kRegexp}});
  }
  const json object = {{"id", silence.id},
                       {"matchers", std::move(matchers)},
                       {"startsAt", ToTimeText(silence.starts_at_ms)},
                       {"endsAt", ToTimeText(silence.ends_at_ms)},
                       {"updatedAt", ToTimeText(silence.updated_at_ms)},
                       {"createdBy", silence.created_by},
                       {"comment", silence.comment}};
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Silence> ParseSilence(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) return Bad("want a JSON object");
  Silence silence;
  silence.id = TextAt(object, "id");
  silence.created_by = TextAt(object, "createdBy");
  silence.comment = TextAt(object, "comment");
  for (const json& one : ListAt(object, "matchers")) {
    auto matcher = ParseMatcher(one);
    if (!matcher) return std::move(matcher).error();
    silence.matchers.push_back(*std::move(matcher));
    if (silence.matchers.size() > kMaxMatchers) return Bad("too many matchers");
  }
  const std::pair<const char*, std::int64_t*> times[] = {{"startsAt", &silence.starts_at_ms},
                                                         {"endsAt", &silence.ends_at_ms},
                                                         {"updatedAt", &silence.updated_at_ms}};
  for (const auto& [key, to] : times) {
    const std::string written = TextAt(object, key);
    if (written.empty() && to == &silence.updated_at_ms) continue;
    const auto time = ParseTimeText(written);
    if (!time) return Bad(std::string(key) + ": want a time such as 2026-11-28T09:00:00Z");
    *to = *time;
  }
  return silence;
}

}  // namespace ecsward::notify
