#include "collectors/ports/port_judge.h"

#include <algorithm>

namespace ecsward {
namespace {

// The end may have been noted by a clock read a little before ours.
constexpr std::int64_t kSlackMs = 3000;

bool AnyMatches(const std::vector<AllowRule>& rules, const ListenerFacts& listener) {
  return std::any_of(rules.begin(), rules.end(),
                     [&](const AllowRule& rule) { return Matches(rule, listener); });
}

}  // namespace

double PortJudge::Expected::OutageSeconds(MonoTime now) const {
  return up ? last_outage_seconds : std::chrono::duration<double>(now - since).count();
}

PortJudge::PortJudge(std::vector<ExpectRule> expect, std::vector<AllowRule> allow,
                     const ExitLog& exits)
    : allow_(std::move(allow)), exits_(exits) {
  for (ExpectRule& rule : expect) {
    Expected expected;
    expected.port_text = std::to_string(rule.port);
    expected.rule = std::move(rule);
    expected_.push_back(std::move(expected));
  }
}

void PortJudge::SetLearned(std::vector<AllowRule> learned, bool learning) {
  learned_ = std::move(learned);
  learning_ = learning;
  ++version_;
}

PortVerdict PortJudge::Judge(const ListenerFacts& listener, bool loopback) const {
  for (const Expected& expected : expected_) {
    if (Matches(expected.rule, listener)) return PortVerdict::kExpected;
  }
  if (loopback) return PortVerdict::kLoopback;
  if (AnyMatches(allow_, listener)) return PortVerdict::kAllowed;
  if (learning_ || AnyMatches(learned_, listener)) return PortVerdict::kLearned;
  return in_force() ? PortVerdict::kUnexpected : PortVerdict::kNotJudged;
}

std::vector<std::size_t> PortJudge::Satisfies(const ListenerFacts& listener) const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < expected_.size(); ++i) {
    if (Matches(expected_[i].rule, listener)) out.push_back(i);
  }
  return out;
}

void PortJudge::Seen(std::size_t index, std::int64_t pid, std::string_view process,
                     std::string_view unit) {
  Expected& expected = expected_[index];
  expected.seen = true;
  if (process.empty()) return;
  if (expected.pid == pid && expected.process == process && expected.unit == unit) return;
  expected.pid = pid;
  expected.process = process;
  expected.unit = unit;
}

bool PortJudge::AskHow(Expected& expected) const {
  std::optional<ProcessEnd> end;
  const std::int64_t since_ms = expected.seen_ms - kSlackMs;
  if (expected.pid > 0) end = exits_.Find(expected.pid, since_ms);
  if ((!end || end->how == ProcessEnd::How::kUnknown) && !expected.unit.empty()) {
    end = exits_.FindUnit(expected.unit, since_ms);
  }
  if (!end) return false;
  // What is known better replaces what is known: an OOM kill first looks like any SIGKILL.
  std::string how = Describe(*end);
  if (how.empty() || how == expected.how) return false;
  expected.how = std::move(how);
  return true;
}

bool PortJudge::EndTick(const Tick& tick) {
  bool changed = false;
  const std::int64_t now_ms = UnixMilliseconds(tick.wall);
  for (Expected& expected : expected_) {
    const bool up = expected.seen;
    expected.seen = false;
    if (!expected.judged || up != expected.up) {
      if (expected.judged && up) expected.last_outage_seconds = expected.OutageSeconds(tick.mono);
      if (up) expected.how.clear();
      expected.judged = true;
      expected.up = up;
      expected.since = tick.mono;
      expected.since_ms = now_ms;
      changed = true;
    }
    if (up) {
      expected.seen_ms = now_ms;
    } else if (expected.seen_ms > 0 && tick.mono - expected.since <= kAskFor) {
      changed |= AskHow(expected);
    }
  }
  return changed;
}

}  // namespace ecsward
