#include "collectors/process/exit_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace ecsward {

std::string Describe(const ProcessEnd& end) {
  switch (end.how) {
    case ProcessEnd::How::kExit:
      return fmt::format("exit status {}", end.number);
    case ProcessEnd::How::kSignal: {
      const char* name = ::sigabbrev_np(end.number);
      return fmt::format("killed by {}{} ({}){}", name == nullptr ? "" : "SIG",
                         name == nullptr ? "signal" : name, end.number,
                         end.dumped ? ", core dumped" : "");
    }
    case ProcessEnd::How::kOutOfMemory:
      return "killed for lack of memory (OOM)";
    case ProcessEnd::How::kUnknown:
      break;
  }
  return "";
}

void ExitLog::Add(const ProcessEnd& end) {
  constexpr std::int64_t kSameMs = 10'000;  // two reports of one end are not further apart
  const std::lock_guard lock(mutex_);
  for (ProcessEnd& known : ends_) {
    if (known.pid != end.pid || std::abs(known.time_ms - end.time_ms) > kSameMs) continue;
    if (end.how > known.how) {
      known.how = end.how;
      known.number = end.number;
      known.dumped = end.dumped;
    }
    if (known.process.empty()) known.process = end.process;
    if (known.unit.empty()) known.unit = end.unit;
    return;
  }
  if (ends_.size() >= kKept) ends_.pop_front();
  ends_.push_back(end);
}

std::optional<ProcessEnd> ExitLog::Find(std::int64_t pid, std::int64_t since_ms) const {
  const std::lock_guard lock(mutex_);
  for (auto end = ends_.rbegin(); end != ends_.rend(); ++end) {
    if (end->pid == pid && end->time_ms >= since_ms) return *end;
  }
  return std::nullopt;
}

std::optional<ProcessEnd> ExitLog::FindUnit(std::string_view unit, std::int64_t since_ms) const {
  const std::lock_guard lock(mutex_);
  for (auto end = ends_.rbegin(); end != ends_.rend(); ++end) {
    if (end->unit == unit && end->time_ms >= since_ms) return *end;
  }
  return std::nullopt;
}

}  // namespace ecsward
