// What is to be said about listeners: is one there that should not be, is one away that should be
// there, since when, and how did it end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "collectors/collector.h"
#include "collectors/ports/port_board.h"
#include "collectors/ports/port_rule.h"
#include "collectors/process/exit_log.h"

namespace ecsward {

class PortJudge {
 public:
  // An end is asked for as long as this after a port went away: the kernel's log, systemd and
  // others are read by collectors that may come later.
  static constexpr std::chrono::seconds kAskFor{60};

  struct Expected {
    ExpectRule rule;
    std::string port_text;
    bool judged = false;  // there has been a tick
    bool up = false;
    std::int64_t since_ms = 0;  // up or down
    double last_outage_seconds = 0;
    // Who listens, or listened last.
    std::int64_t pid = 0;
    std::string process, unit;
    std::string how;  // it ended; empty: not known, or up

    // For the judge alone.
    bool seen = false;  // in this tick
    MonoTime since{};
    std::int64_t seen_ms = 0;
    double OutageSeconds(MonoTime now) const;
  };

  // `exits` outlives it.
  PortJudge(std::vector<ExpectRule> expect, std::vector<AllowRule> allow, const ExitLog& exits);

  // The learned list in force; while `learning` nothing is unexpected.
  void SetLearned(std::vector<AllowRule> learned, bool learning);
  // There is a list of what is allowed.
  bool in_force() const { return !learning_ && (!allow_.empty() || !learned_.empty()); }
  // Grows when verdicts may have changed.
  std::uint64_t version() const { return version_; }

  PortVerdict Judge(const ListenerFacts& listener, bool loopback) const;
  // Which of `expect` the listener satisfies, by index.
  std::vector<std::size_t> Satisfies(const ListenerFacts& listener) const;

  // A tick: Seen for what listens, then EndTick. `process` empty: the owner is not known.
  void Seen(std::size_t index, std::int64_t pid, std::string_view process, std::string_view unit);
  // True when something changed that people are told.
  bool EndTick(const Tick& tick);
  const std::vector<Expected>& expected() const { return expected_; }

 private:
  bool AskHow(Expected& expected) const;

  std::vector<Expected> expected_;
  std::vector<AllowRule> allow_, learned_;
  bool learning_ = false;
  std::uint64_t version_ = 1;
  const ExitLog& exits_;
};

}  // namespace ecsward
