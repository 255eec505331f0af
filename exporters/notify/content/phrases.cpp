#include "exporters/notify/content/phrases.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>

#include "rules/template/go_time.h"
#include "rules/template/humanize.h"
#include "rules/template/numbers.h"

namespace ecsward::notify {
namespace {

using Text = std::string_view;

std::string Plural(std::size_t count, Text one, Text many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

const Phrases kChinese = {
    .firing = "[告警]",
    .resolved = "[恢复]",
    .drill = "[演练]",
    .budget = "[预算]",
    .colon = "：",
    .pause = "，",
    .severity = "级别",
    .where = "位置",
    .labels = "标签",
    .since = "开始",
    .lasted = "持续",
    .value = "当前值",
    .value_at_end = "恢复时的值",
    .evidence = "证据",
    .description = "说明",
    .action = "处理",
    .runbook = "手册",
    .link = "详情",
    .drill_note = "[演练] 这是一次通知演练，并没有发生故障，无需处理。",
    .alerts = [](std::size_t count) { return fmt::format("{} 条告警", count); },
    .digest =
        [](std::size_t groups, std::size_t alerts) {
          return groups > 1 ? fmt::format("汇总 {} 组，共 {} 条", groups, alerts)
                            : fmt::format("共 {} 条", alerts);
        },
    .all_firing = "告警",
    .all_resolved = "恢复",
    .split = [](std::size_t firing,
                std::size_t resolved) { return fmt::format("告警 {}，恢复 {}", firing, resolved); },
    .more = [](std::size_t count) { return fmt::format("… 还有 {} 条", count); },
    .ago = [](Text duration) { return fmt::format("（已持续 {}）", duration); },
    .span = [](Text duration, Text from,
               Text to) { return fmt::format("{}（{} 至 {}）", duration, from, to); },
    .days = " 天",
    .hours = " 小时",
    .minutes = " 分钟",
    .seconds = " 秒",
};

const Phrases kEnglish = {
    .firing = "[FIRING]",
    .resolved = "[RESOLVED]",
    .drill = "[DRILL]",
    .budget = "[BUDGET]",
    .colon = ": ",
    .pause = ", ",
    .severity = "Severity",
    .where = "Where",
    .labels = "Labels",
    .since = "Since",
    .lasted = "Lasted",
    .value = "Value now",
    .value_at_end = "Value when resolved",
    .evidence = "Evidence",
    .description = "Details",
    .action = "What to do",
    .runbook = "Runbook",
    .link = "More",
    .drill_note =
        "[DRILL] This is a drill of the notifications. Nothing is wrong, and nothing needs to "
        "be done.",
    .alerts = [](std::size_t count) { return Plural(count, "alert", "alerts"); },
    .digest =
        [](std::size_t groups, std::size_t alerts) {
          std::string all = Plural(alerts, "alert", "alerts");
          return groups > 1 ? fmt::format("Digest of {} groups, {}", groups, all) : all;
        },
    .all_firing = " firing",
    .all_resolved = " resolved",
    .split =
        [](std::size_t firing, std::size_t resolved) {
          return fmt::format("{} firing, {} resolved", firing, resolved);
        },
    .more = [](std::size_t count) { return fmt::format("… and {} more", count); },
    .ago = [](Text duration) { return fmt::format(" (for {})", duration); },
    .span = [](Text duration, Text from,
               Text to) { return fmt::format("{} ({} to {})", duration, from, to); },
    .days = "d",
    .hours = "h",
    .minutes = "m",
    .seconds = "s",
};

constexpr std::string_view kDayAndTime = "2006-01-02 15:04:05";

// " UTC+8", " UTC-3:30": an abbreviation as CST is several zones' own.
std::string ZoneText(const templates::Moment& moment) {
  if (moment.offset_seconds == 0) return " UTC";
  const int minutes = std::abs(moment.offset_seconds) / 60;
  std::string out = fmt::format(" UTC{}{}", moment.offset_seconds < 0 ? '-' : '+', minutes / 60);
  return minutes % 60 == 0 ? out : out + fmt::format(":{:02}", minutes % 60);
}

}  // namespace

const Phrases& PhrasesOf(std::string_view language) {
  return language == "zh" ? kChinese : kEnglish;
}

std::string SeverityText(std::string_view severity, std::string_view language) {
  struct Word {
    Text severity, chinese;
  };
  constexpr std::array kWords = {Word{"critical", "严重"}, Word{"error", "错误"},
                                 Word{"warning", "警告"}, Word{"info", "提示"}};
  for (const Word& word : kWords) {
    if (language == "zh" && word.severity == severity) return std::string(word.chinese);
  }
  return std::string(severity);
}

std::string DurationText(std::int64_t ms, const Phrases& phrases) {
  const std::int64_t seconds = ms <= 0 ? 0 : ms / 1000;
  const std::array<std::pair<std::int64_t, Text>, 4> parts = {{
      {seconds / 86'400, phrases.days},
      {seconds / 3'600 % 24, phrases.hours},
      {seconds / 60 % 60, phrases.minutes},
      {seconds % 60, phrases.seconds},
  }};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].first == 0 && i + 1 < parts.size()) continue;
    std::string out = fmt::format("{}{}", parts[i].first, parts[i].second);
    if (i + 1 < parts.size() && parts[i + 1].first > 0) {
      out += fmt::format(" {}{}", parts[i + 1].first, parts[i + 1].second);
    }
    return out;
  }
  return {};  // not reached: the last part is always there
}

std::string TimeText(std::int64_t unix_ms) {
  const templates::Moment moment = templates::InHostZone(unix_ms);
  return templates::FormatTime(moment, kDayAndTime) + ZoneText(moment);
}

std::pair<std::string, std::string> SpanText(std::int64_t from_ms, std::int64_t to_ms) {
  const templates::Moment from = templates::InHostZone(from_ms), to = templates::InHostZone(to_ms);
  constexpr std::string_view kDay = "2006-01-02";
  const bool same = from.offset_seconds == to.offset_seconds &&
                    templates::FormatTime(from, kDay) == templates::FormatTime(to, kDay);
  if (!same) return {TimeText(from_ms), TimeText(to_ms)};
  return {templates::FormatTime(from, kDayAndTime),
          templates::FormatTime(to, "15:04:05") + ZoneText(to)};
}
std::string ValueText(double value, std::string_view unit) {
  if (!std::isfinite(value)) return templates::FormatShortest(value);
  if (unit == "ratio") return templates::HumanizePercentage(value);
  if (unit == "seconds") return templates::HumanizeDuration(value);
  if (unit == "bytes" || unit == "bytes/s") {
    return templates::Humanize1024(value) + (unit == "bytes" ? "B" : "B/s");
  }
  // 0.9712, 42, 12345, 1.235M: small ones as they are, where "971.2m" would be read as a million.
  const double size = std::abs(value);
  const bool whole = value == std::trunc(value);
  std::string out = size >= 1e6               ? templates::Humanize(value)
                    : whole || size >= 10'000 ? fmt::format("{:.0f}", value)
                                              : fmt::format("{:.4g}", value);
  if (!unit.empty()) out.append(" ").append(unit);
  return out;
}

}  // namespace ecsward::notify
