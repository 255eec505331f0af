// The words of the default texts, in each language.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace ecsward::notify {

struct Phrases {
  std::string_view firing, resolved, drill, budget;  // the marks: "[告警]"
  std::string_view colon, pause;                     // "：", "，"

  std::string_view severity, where, labels, since, lasted, value, value_at_end;
  std::string_view evidence, description, action, runbook, link;
  std::string_view drill_note;  // the first line of a drill's text

  std::string (*alerts)(std::size_t count) = nullptr;  // "3 条告警"
  // "汇总 2 组，共 5 条", "共 5 条"; and how many of them are what: "告警 3，恢复 2".
  std::string (*digest)(std::size_t groups, std::size_t alerts) = nullptr;
  std::string_view all_firing, all_resolved;  // or that they all are: "共 5 条" + "告警"
  std::string (*split)(std::size_t firing, std::size_t resolved) = nullptr;
  std::string (*more)(std::size_t count) = nullptr;         // "… 还有 7 条"
  std::string (*ago)(std::string_view duration) = nullptr;  // "（已持续 12 分钟）"
  std::string (*span)(std::string_view duration, std::string_view from,
                      std::string_view to) = nullptr;
  std::string_view days, hours, minutes, seconds;  // behind a number
};

// "zh", or English for all others.
const Phrases& PhrasesOf(std::string_view language);
// "critical" → "严重"; others as they are.
std::string SeverityText(std::string_view severity, std::string_view language);

// The two greatest units of it: "1 天 2 小时", "12 分钟", "3m 4s".
std::string DurationText(std::int64_t ms, const Phrases& phrases);
// In the host's zone: "2025-03-01 20:00:00 UTC+8".
std::string TimeText(std::int64_t unix_ms);
// "2025-03-01 20:00:00", "20:15:00 UTC+8": the day is said once where it is the same.
std::pair<std::string, std::string> SpanText(std::int64_t from_ms, std::int64_t to_ms);
// `unit`: "ratio" → "97.2%", "bytes" → "1.5GiB", "seconds" → "1m 30s", any other stands behind the
// number; "" for none.
std::string ValueText(double value, std::string_view unit);

}  // namespace ecsward::notify
