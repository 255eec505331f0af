#include "rules/template/go_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>

namespace ecsward::templates {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

// Days since 1970 → year, month, day. Counts in eras of 400 years that begin on 1 March, so that
// the leap day is the last of its year.
// source: https://howardhinnant.github.io/date_algorithms.html#civil_from_days
void FillDate(std::int64_t days, CivilTime& out) {
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  out.day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  out.month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  out.year = year_of_era + era * 400 + (out.month <= 2 ? 1 : 0);
  const bool leap = (out.year % 4 == 0 && out.year % 100 != 0) || out.year % 400 == 0;
  // From 1 March back to 1 January.
  out.year_day =
      static_cast<int>(out.month > 2 ? day_of_year + 60 + (leap ? 1 : 0) : day_of_year - 305);
  out.weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);
}

std::string Year(std::int64_t year) {
  return year < 0 ? fmt::format("-{:04}", -year) : fmt::format("{:04}", year);
}

// ".999" without the zeros at its end; "" for none.
std::string Fraction(int millisecond, std::size_t digits, bool keep_zeros) {
  std::string text = fmt::format("{:03}", millisecond);
  text.resize(digits, '0');
  while (!keep_zeros && !text.empty() && text.back() == '0') text.pop_back();
  return text.empty() ? text : "." + text;
}

// One piece of a layout: the example and what stands in its place.
using Writer = std::string (*)(const CivilTime&);
struct Piece {
  std::string_view example;
  Writer write = nullptr;  // null: of the zone, see WriteZone
};
std::string Two(int value) { return fmt::format("{:02}", value); }
int Hour12(int hour) { return hour % 12 == 0 ? 12 : hour % 12; }

// The first that matches counts, so the longer stand before what they begin with.
const std::array kPieces = {
    Piece{"January", [](const CivilTime& t) { return std::string(MonthName(t.month)); }},
    Piece{"Jan", [](const CivilTime& t) { return std::string(MonthName(t.month).substr(0, 3)); }},
    Piece{"Monday", [](const CivilTime& t) { return std::string(WeekdayName(t.weekday)); }},
    Piece{"Mon",
          [](const CivilTime& t) { return std::string(WeekdayName(t.weekday).substr(0, 3)); }},
    Piece{"MST"},
    Piece{"01", [](const CivilTime& t) { return Two(t.month); }},
    Piece{"002", [](const CivilTime& t) { return fmt::format("{:03}", t.year_day); }},
    Piece{"02", [](const CivilTime& t) { return Two(t.day); }},
    Piece{"03", [](const CivilTime& t) { return Two(Hour12(t.hour)); }},
    Piece{"04", [](const CivilTime& t) { return Two(t.minute); }},
    Piece{"05", [](const CivilTime& t) { return Two(t.second); }},
    Piece{"06",
          [](const CivilTime& t) { return Two(static_cast<int>((t.year % 100 + 100) % 100)); }},
    Piece{"15", [](const CivilTime& t) { return Two(t.hour); }},
    Piece{"1", [](const CivilTime& t) { return std::to_string(t.month); }},
    Piece{"2006", [](const CivilTime& t) { return Year(t.year); }},
    Piece{"2", [](const CivilTime& t) { return std::to_string(t.day); }},
    Piece{"__2", [](const CivilTime& t) { return fmt::format("{:3}", t.year_day); }},
    Piece{"_2", [](const CivilTime& t) { return fmt::format("{:2}", t.day); }},
    Piece{"3", [](const CivilTime& t) { return std::to_string(Hour12(t.hour)); }},
    Piece{"4", [](const CivilTime& t) { return std::to_string(t.minute); }},
    Piece{"5", [](const CivilTime& t) { return std::to_string(t.second); }},
    Piece{"PM", [](const CivilTime& t) { return std::string(t.hour >= 12 ? "PM" : "AM"); }},
    Piece{"pm", [](const CivilTime& t) { return std::string(t.hour >= 12 ? "pm" : "am"); }},
    Piece{"-07:00:00"},
    Piece{"-07:00"},
    Piece{"-070000"},
    Piece{"-0700"},
    Piece{"-07"},
    Piece{"Z07:00:00"},
    Piece{"Z07:00"},
    Piece{"Z070000"},
    Piece{"Z0700"},
    Piece{"Z07"},
};

// "-07:00", "Z0700", "MST": the zone as the example has it.
std::string WriteZone(std::string_view example, const Moment& moment) {
  if (example == "MST") return moment.zone.data();
  if (example.front() == 'Z' && moment.offset_seconds == 0) return "Z";
  const bool colons = example.find(':') != std::string_view::npos;
  const auto digits =
      std::count_if(example.begin(), example.end(), [](char c) { return c >= '0' && c <= '9'; });
  const int offset = std::abs(moment.offset_seconds);
  std::string out = fmt::format("{}{:02}", moment.offset_seconds < 0 ? '-' : '+', offset / 3600);
  if (digits >= 4) out += fmt::format("{}{:02}", colons ? ":" : "", offset / 60 % 60);
  if (digits >= 6) out += fmt::format("{}{:02}", colons ? ":" : "", offset % 60);
  return out;
}

// ".000", ",999": how many characters of `layout` are a fraction of a second; 0: none.
std::size_t FractionLength(std::string_view layout) {
  if (layout.size() < 2 || (layout[0] != '.' && layout[0] != ',')) return 0;
  if (layout[1] != '0' && layout[1] != '9') return 0;
  const auto end = layout.find_first_not_of(layout[1], 1);
  const std::size_t length = end == std::string_view::npos ? layout.size() : end;
  const bool digit_follows =
      length < layout.size() && layout[length] >= '0' && layout[length] <= '9';
  return digit_follows || length > 10 ? 0 : length;
}

const Piece* PieceAt(std::string_view layout) {
  for (const Piece& piece : kPieces) {
    if (!layout.starts_with(piece.example)) continue;
    const bool lower_follows = layout.size() > 3 && layout[3] >= 'a' && layout[3] <= 'z';
    // "Janet" is no month; "Month" no day.
    if ((piece.example == "Jan" || piece.example == "Mon") && lower_follows) continue;
    return &piece;
  }
  return nullptr;
}

}  // namespace

CivilTime ToCivil(std::int64_t unix_ms) {
  CivilTime out;
  std::int64_t days = unix_ms / kDayMs;
  std::int64_t rest = unix_ms % kDayMs;
  if (rest < 0) {
    rest += kDayMs;
    --days;
  }
  FillDate(days, out);
  out.millisecond = static_cast<int>(rest % 1000);
  out.second = static_cast<int>(rest / 1000 % 60);
  out.minute = static_cast<int>(rest / 60'000 % 60);
  out.hour = static_cast<int>(rest / 3'600'000);
  return out;
}

std::string_view MonthName(std::int64_t month) {
  return month >= 1 && month <= 12 ? kMonths[static_cast<std::size_t>(month - 1)] : "%!Month";
}

std::string_view WeekdayName(std::int64_t weekday) {
  return weekday >= 0 && weekday < 7 ? kWeekdays[static_cast<std::size_t>(weekday)] : "%!Weekday";
}

CivilTime ToCivil(const Moment& moment) {
  return ToCivil(moment.unix_ms + std::int64_t{moment.offset_seconds} * 1000);
}

Moment InHostZone(std::int64_t unix_ms) {
  Moment out{unix_ms};
  const auto seconds = static_cast<std::time_t>(unix_ms / 1000 - (unix_ms % 1000 < 0 ? 1 : 0));
  std::tm time{};
  if (::localtime_r(&seconds, &time) == nullptr) return out;
  out.offset_seconds = static_cast<std::int32_t>(time.tm_gmtoff);
  out.zone = {};
  const std::string_view name = time.tm_zone == nullptr ? "" : time.tm_zone;
  name.copy(out.zone.data(), out.zone.size() - 1);
  return out;
}

std::optional<Moment> InZone(std::int64_t unix_ms, std::string_view zone) {
  if (zone == "Local") return InHostZone(unix_ms);
  if (zone.empty() || zone == "UTC") return Moment{unix_ms};
  constexpr std::int64_t kSince1992 = 694'224'000'000;
  const bool china = zone == "Asia/Shanghai" || zone == "PRC";
  if (china && unix_ms >= kSince1992) return Moment{unix_ms, 8 * 3600, {"CST"}};
  return std::nullopt;
}

Moment InZone(std::int64_t unix_ms, std::int32_t offset_seconds) {
  Moment out{unix_ms, offset_seconds, {}};
  const int minutes = std::abs(offset_seconds) / 60 % 10'000;
  std::string name = fmt::format("{}{:02}", offset_seconds < 0 ? '-' : '+', minutes / 60);
  if (minutes % 60 != 0) name += fmt::format("{:02}", minutes % 60);
  name.copy(out.zone.data(), out.zone.size() - 1);
  return out;
}

std::string FormatTime(const Moment& moment) {
  return FormatTime(moment, "2006-01-02 15:04:05.999999999 -0700 MST");
}

std::string FormatTime(const Moment& moment, std::string_view layout) {
  const CivilTime time = ToCivil(moment);
  std::string out;
  while (!layout.empty()) {
    if (const std::size_t length = FractionLength(layout); length > 0) {
      std::string fraction = Fraction(time.millisecond, length - 1, layout[1] == '0');
      if (!fraction.empty()) fraction[0] = layout[0];
      out += fraction;
      layout.remove_prefix(length);
    } else if (const Piece* piece = PieceAt(layout)) {
      out += piece->write != nullptr ? piece->write(time) : WriteZone(piece->example, moment);
      layout.remove_prefix(piece->example.size());
    } else {
      out += layout.front();
      layout.remove_prefix(1);
    }
  }
  return out;
}

std::string FormatGoDuration(std::int64_t nanoseconds) {
  if (nanoseconds == 0) return "0s";
  std::string out = nanoseconds < 0 ? "-" : "";
  // Not -nanoseconds: the least of all has no positive counterpart.
  const std::uint64_t size = nanoseconds < 0 ? 0 - static_cast<std::uint64_t>(nanoseconds)
                                             : static_cast<std::uint64_t>(nanoseconds);
  // A number with up to nine digits behind the point, none of them a zero at the end.
  const auto with_fraction = [](std::uint64_t value, std::uint64_t unit) {
    std::string text = std::to_string(value / unit);
    std::string rest = std::to_string(unit + value % unit).substr(1);
    while (!rest.empty() && rest.back() == '0') rest.pop_back();
    return rest.empty() ? text : text + "." + rest;
  };
  constexpr std::uint64_t kSecond = 1'000'000'000;
  if (size < 1'000) return out + std::to_string(size) + "ns";
  if (size < 1'000'000) return out + with_fraction(size, 1'000) + "µs";
  if (size < kSecond) return out + with_fraction(size, 1'000'000) + "ms";
  const std::uint64_t minutes = size / (60 * kSecond);
  if (minutes >= 60) out += std::to_string(minutes / 60) + "h";
  if (minutes > 0) out += std::to_string(minutes % 60) + "m";
  return out + with_fraction(size % (60 * kSecond), kSecond) + "s";
}

}  // namespace ecsward::templates
