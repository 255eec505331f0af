// What a moment, a duration, a month and a day of the week know of themselves, as in Go.
#include <algorithm>
#include <array>

#include "rules/template/fields.h"

namespace ecsward::templates {
namespace {

using In = const Value&;

constexpr std::int64_t kNanosecondsOfMs = 1'000'000;
constexpr std::int64_t kLongest = INT64_MAX;

// Go's Sub stops at the longest duration.
std::int64_t Nanoseconds(std::int64_t ms) {
  if (ms > kLongest / kNanosecondsOfMs) return kLongest;
  if (ms < -(kLongest / kNanosecondsOfMs)) return INT64_MIN;
  return ms * kNanosecondsOfMs;
}

Value Civil(const Value& moment, int CivilTime::*part) {
  return Value::Int(ToCivil(moment.moment()).*part);
}

Value Added(const Value& moment, std::int64_t nanoseconds) {
  constexpr std::int64_t kFarthest = 4'000'000'000'000'000'000;  // far from where sums overflow
  Moment out = moment.moment();
  out.unix_ms = std::clamp(out.unix_ms + nanoseconds / kNanosecondsOfMs, -kFarthest, kFarthest);
  return Value::Time(out);
}

// To a multiple of `unit`; halves away from zero, as Go rounds.
std::int64_t Multiple(std::int64_t nanoseconds, std::int64_t unit, bool round) {
  if (unit <= 0) return nanoseconds;
  const std::int64_t rest = nanoseconds % unit;
  const std::int64_t down = nanoseconds - rest;
  const std::int64_t size = rest < 0 ? -rest : rest;
  if (!round || size < unit - size) return down;
  const std::int64_t step = rest < 0 ? -unit : unit;
  std::int64_t out = 0;
  return __builtin_add_overflow(down, step, &out) ? (step > 0 ? kLongest : INT64_MIN) : out;
}

template <std::int64_t kUnit>
Value Count(In v, In) {
  return Value::Float(static_cast<double>(v.integer()) / static_cast<double>(kUnit));
}

constexpr auto kNone = Parameter::kNone;
constexpr auto kString = Parameter::kString;
constexpr auto kTime = Parameter::kTime;
constexpr auto kDuration = Parameter::kDuration;

constexpr std::array kMomentMethods = {
    Method{"Add", kDuration, [](In v, In a) { return Added(v, a.integer()); }},
    Method{"After", kTime,
           [](In v, In a) { return Value::Bool(v.moment().unix_ms > a.moment().unix_ms); }},
    Method{"Before", kTime,
           [](In v, In a) { return Value::Bool(v.moment().unix_ms < a.moment().unix_ms); }},
    Method{"Day", kNone, [](In v, In) { return Civil(v, &CivilTime::day); }},
    Method{"Equal", kTime,
           [](In v, In a) { return Value::Bool(v.moment().unix_ms == a.moment().unix_ms); }},
    Method{"Format", kString,
           [](In v, In a) { return Value::String(FormatTime(v.moment(), a.text())); }},
    Method{"Hour", kNone, [](In v, In) { return Civil(v, &CivilTime::hour); }},
    Method{"IsZero", kNone,
           [](In v, In) { return Value::Bool(v.moment().unix_ms == kZeroTimeMs); }},
    Method{"Local", kNone, [](In v, In) { return Value::Time(InHostZone(v.moment().unix_ms)); }},
    Method{"Minute", kNone, [](In v, In) { return Civil(v, &CivilTime::minute); }},
    Method{"Month", kNone,
           [](In v, In) { return Value::Number(Kind::kMonth, ToCivil(v.moment()).month); }},
    Method{"Second", kNone, [](In v, In) { return Civil(v, &CivilTime::second); }},
    Method{"String", kNone, [](In v, In) { return Value::String(FormatTime(v.moment())); }},
    Method{"Sub", kTime,
           [](In v, In a) {
             return Value::Duration(Nanoseconds(v.moment().unix_ms - a.moment().unix_ms));
           }},
    Method{"UTC", kNone, [](In v, In) { return Value::Time(v.moment().unix_ms); }},
    Method{"Unix", kNone,
           [](In v, In) {
             const std::int64_t ms = v.moment().unix_ms;
             return Value::Int(ms / 1000 - (ms % 1000 < 0 ? 1 : 0));
           }},
    Method{"UnixMilli", kNone, [](In v, In) { return Value::Int(v.moment().unix_ms); }},
    Method{"Weekday", kNone,
           [](In v, In) { return Value::Number(Kind::kWeekday, ToCivil(v.moment()).weekday); }},
    Method{"Year", kNone, [](In v, In) { return Value::Int(ToCivil(v.moment()).year); }},
    Method{"YearDay", kNone, [](In v, In) { return Civil(v, &CivilTime::year_day); }},
};

constexpr std::array kDurationMethods = {
    Method{"Hours", kNone, Count<3'600'000'000'000>},
    Method{"Milliseconds", kNone,
           [](In v, In) { return Value::Int(v.integer() / kNanosecondsOfMs); }},
    Method{"Minutes", kNone, Count<60'000'000'000>},
    Method{"Round", kDuration,
           [](In v, In a) { return Value::Duration(Multiple(v.integer(), a.integer(), true)); }},
    Method{"Seconds", kNone, Count<1'000'000'000>},
    Method{"String", kNone, [](In v, In) { return Value::String(FormatGoDuration(v.integer())); }},
    Method{"Truncate", kDuration,
           [](In v, In a) { return Value::Duration(Multiple(v.integer(), a.integer(), false)); }},
};

constexpr std::array kMonthMethods = {
    Method{"String", kNone,
           [](In v, In) { return Value::String(std::string(MonthName(v.integer()))); }},
};
constexpr std::array kWeekdayMethods = {
    Method{"String", kNone,
           [](In v, In) { return Value::String(std::string(WeekdayName(v.integer()))); }},
};

}  // namespace

std::span<const Method> TimeMethods(Kind kind) {
  switch (kind) {
    case Kind::kTime:
      return kMomentMethods;
    case Kind::kDuration:
      return kDurationMethods;
    case Kind::kMonth:
      return kMonthMethods;
    case Kind::kWeekday:
      return kWeekdayMethods;
    default:
      return {};
  }
}

}  // namespace ecsward::templates
