#include "exporters/notify/posix_tz.h"

#include <chrono>
#include <optional>

namespace ecsward::notify {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::int64_t kDay = 86'400;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Takes the text apart from its front; every step is nothing where the text is something else.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  char front() const { return text_.empty() ? '\0' : text_.front(); }
  bool Take(char c) {
    if (front() != c || text_.empty()) return false;
    text_.remove_prefix(1);
    return true;
  }

  // "CST" or "<+0330>", of which nobody needs to know the text.
  bool SkipName() {
    if (Take('<')) {
      const std::size_t end = text_.find('>');
      if (end == std::string_view::npos || end == 0) return false;
      text_.remove_prefix(end + 1);
      return true;
    }
    std::size_t size = 0;
    while (size < text_.size() && IsAlpha(text_[size])) ++size;
    text_.remove_prefix(size);
    return size >= 3;
  }

  std::optional<int> Number(int min, int max) {
    int value = 0;
    std::size_t size = 0;
    while (size < text_.size() && size < 4 && IsDigit(text_[size])) {
      value = value * 10 + (text_[size++] - '0');
    }
    if (size == 0 || value < min || value > max) return std::nullopt;
    text_.remove_prefix(size);
    return value;
  }

  // [+-]hh[:mm[:ss]] in seconds.
  std::optional<std::int64_t> Time(int max_hours) {
    const bool negative = Take('-');
    if (!negative) Take('+');
    const auto hours = Number(0, max_hours);
    if (!hours) return std::nullopt;
    std::int64_t seconds = std::int64_t{3600} * *hours;
    for (const int unit : {60, 1}) {
      if (!Take(':')) break;
      const auto part = Number(0, 59);
      if (!part) return std::nullopt;
      seconds += std::int64_t{unit} * *part;
    }
    return negative ? -seconds : seconds;
  }

  // ",M3.5.0/2"
  bool ReadRule(PosixTz::Rule& rule) {
    if (!Take(',')) return false;
    std::optional<int> month, week, day;
    if (Take('M')) {
      rule.kind = PosixTz::Rule::Kind::kMonthWeekDay;
      month = Number(1, 12);
      week = Take('.') ? Number(1, 5) : std::nullopt;
      day = Take('.') ? Number(0, 6) : std::nullopt;
      if (!month || !week || !day) return false;
      rule.month = *month;
      rule.week = *week;
    } else {
      const bool julian = Take('J');
      rule.kind = julian ? PosixTz::Rule::Kind::kJulian : PosixTz::Rule::Kind::kZeroBased;
      day = Number(julian ? 1 : 0, 365);
      if (!day) return false;
    }
    rule.day = *day;
    rule.time = 7200;
    if (!Take('/')) return true;
    const auto time = Time(167);
    if (!time) return false;
    rule.time = *time;
    return true;
  }

 private:
  std::string_view text_;
};

// Midnight of the rule's day in that year, as if it were UTC.
std::int64_t DayOf(const PosixTz::Rule& rule, std::chrono::year year) {
  sys_days day;
  switch (rule.kind) {
    case PosixTz::Rule::Kind::kJulian:
      day = sys_days(year / 1 / 1) + days(rule.day - 1);
      if (year.is_leap() && rule.day >= 60) day += days(1);
      break;
    case PosixTz::Rule::Kind::kZeroBased:
      day = sys_days(year / 1 / 1) + days(rule.day);
      break;
    case PosixTz::Rule::Kind::kMonthWeekDay: {
      const std::chrono::month month(static_cast<unsigned>(rule.month));
      const std::chrono::weekday weekday(static_cast<unsigned>(rule.day));
      day = rule.week == 5 ? sys_days(year / month / weekday[std::chrono::last])
                           : sys_days(year / month / weekday[static_cast<unsigned>(rule.week)]);
      break;
    }
  }
  return day.time_since_epoch().count() * kDay;
}

}  // namespace

std::int32_t PosixTz::OffsetAt(std::int64_t unix_seconds) const {
  // std::chrono::year ends at 32767: such a moment is a bug's, but must not be undefined.
  constexpr std::int64_t kFarthest = std::int64_t{30'000} * 365 * kDay;
  if (!has_daylight || unix_seconds > kFarthest || unix_seconds < -kFarthest) return standard;
  const std::chrono::sys_seconds local{std::chrono::seconds(unix_seconds + standard)};
  const auto year = std::chrono::year_month_day(std::chrono::floor<days>(local)).year();
  const std::int64_t from = DayOf(begin, year) + begin.time - standard;
  const std::int64_t to = DayOf(end, year) + end.time - daylight;
  // South of the equator summer is what lies outside.
  const bool summer = from < to ? unix_seconds >= from && unix_seconds < to
                                : unix_seconds >= from || unix_seconds < to;
  return summer ? daylight : standard;
}

Result<PosixTz> ParsePosixTz(std::string_view text) {
  const auto bad = [&text] {
    return Fail(ErrorCode::kParse, "bad TZ rule \"" + std::string(text.substr(0, 80)) + "\"");
  };
  Reader reader(text);
  PosixTz tz;
  if (!reader.SkipName()) return bad();
  const auto standard = reader.Time(24);
  if (!standard) return bad();
  tz.standard = static_cast<std::int32_t>(-*standard);
  if (reader.done()) return tz;

  tz.has_daylight = true;
  tz.daylight = tz.standard + 3600;
  if (!reader.SkipName()) return bad();
  if (!reader.done() && reader.front() != ',') {
    const auto daylight = reader.Time(24);
    if (!daylight) return bad();
    tz.daylight = static_cast<std::int32_t>(-*daylight);
  }
  if (reader.done()) return tz;  // the rules of the United States, which are the defaults
  if (!reader.ReadRule(tz.begin) || !reader.ReadRule(tz.end) || !reader.done()) return bad();
  return tz;
}

}  // namespace ecsward::notify
