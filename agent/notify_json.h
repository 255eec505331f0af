// The notifier on the control socket: what it has sent, what waits, what it had to give up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exporters/notify/notifier.h"

namespace ecsward {

// A letter without its alerts' texts: what people look for is where it hangs, and why.
struct LetterSummary {
  std::string id, channel, kind;  // kind: "alerts", "drill", "budget"
  std::string group;              // `{alertname="DiskFull"}`
  bool firing = false;
  std::size_t alerts = 0;
  std::int64_t committed_at_ms = 0, next_try_at_ms = 0;
  int attempts = 0;
  std::string problem;
  std::int64_t died_at_ms = 0;  // of dead letters
  std::string why;
};

struct NotificationsPicture {
  notify::NotifierFigures figures;
  std::vector<LetterSummary> queue, dead;  // the oldest first, the latest first
};

LetterSummary SummaryOf(const notify::Letter& letter);
LetterSummary SummaryOf(const notify::DeadLetter& letter);

std::string ToText(const NotificationsPicture& picture);
// What is missing keeps its default. errors: kParse
Result<NotificationsPicture> ParseNotifications(std::string_view text);

// As Alertmanager's API v2 lists them. errors: kParse
std::string ToText(const std::vector<notify::Silence>& silences);
Result<std::vector<notify::Silence>> ParseSilences(std::string_view text);

}  // namespace ecsward
