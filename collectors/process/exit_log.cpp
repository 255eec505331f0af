#include "collectors/process/exit_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace ecsward {
namespace {

constexpr std::int64_t kSameMs = 10'000;  // two reports of one end are not further apart

}  // namespace

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

template <class T>
T* ExitLog::Ring<T>::Newest(std::int64_t pid) {
  const auto found = newest.find(pid);
  return found == newest.end() ? nullptr : &entries[found->second - first];
}

template <class T>
void ExitLog::Ring<T>::Add(T entry, std::size_t most) {
  if (entries.size() >= most) {
    const auto found = newest.find(entries.front().pid);
    if (found != newest.end() && found->second == first) newest.erase(found);
    entries.pop_front();
    ++first;
  }
  newest[entry.pid] = first + entries.size();
  entries.push_back(std::move(entry));
}

void ExitLog::Add(const ProcessEnd& end) {
  const std::lock_guard lock(mutex_);
  const auto same = [&end](const auto* known) {
    return known != nullptr && std::abs(known->time_ms - end.time_ms) <= kSameMs;
  };
  const auto improve = [&end](auto& known) {
    if (end.how <= known.how) return;
    known.how = end.how;
    known.number = end.number;
    known.dumped = end.dumped;
  };
  if (ProcessEnd* known = named_.Newest(end.pid); same(known)) {
    improve(*known);
    if (known->process.empty()) known->process = end.process;
    if (known->unit.empty()) known->unit = end.unit;
    return;
  }
  Brief* const brief = nameless_.Newest(end.pid);
  if (!end.process.empty() || !end.unit.empty()) {
    ProcessEnd entry = end;
    if (same(brief) && brief->how > entry.how) {
      entry.how = brief->how;
      entry.number = brief->number;
      entry.dumped = brief->dumped;
    }
    named_.Add(std::move(entry), kKept);
  } else if (same(brief)) {
    improve(*brief);
  } else {
    nameless_.Add({end.time_ms, end.pid, end.number, end.how, end.dumped}, kNameless);
  }
}

std::optional<ProcessEnd> ExitLog::Find(std::int64_t pid, std::int64_t since_ms) const {
  const std::lock_guard lock(mutex_);
  const ProcessEnd* const named = named_.Newest(pid);
  const Brief* const brief = nameless_.Newest(pid);
  const bool has_named = named != nullptr && named->time_ms >= since_ms;
  const bool has_brief = brief != nullptr && brief->time_ms >= since_ms;
  // Of two ends of one process the named one knows more; later ones are another process's.
  if (has_named && (!has_brief || brief->time_ms - named->time_ms <= kSameMs)) return *named;
  if (!has_brief) return std::nullopt;
  ProcessEnd end;
  end.pid = brief->pid;
  end.time_ms = brief->time_ms;
  end.how = brief->how;
  end.number = brief->number;
  end.dumped = brief->dumped;
  return end;
}

std::optional<ProcessEnd> ExitLog::FindUnit(std::string_view unit, std::int64_t since_ms) const {
  const std::lock_guard lock(mutex_);
  for (auto end = named_.entries.rbegin(); end != named_.entries.rend(); ++end) {
    if (end->unit == unit && end->time_ms >= since_ms) return *end;
  }
  return std::nullopt;
}

}  // namespace ecsward
