// A rule group at work: when it is due, and its rules one after the other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rules/live_rule.h"

namespace ecsward {

// When something that runs every `interval` is due. Runs stand on a grid that begins somewhere in
// the interval, so that groups do not all run in the same tick. The caller looks in now and then
// (each tick) and never at exactly the right moment: a run may be a little early, and is missed
// only when a whole interval has gone by.
class Schedule {
 public:
  // `key` decides where in the interval the runs are. The first comes with the next slot.
  Schedule(std::int64_t interval_ms, std::string_view key, std::int64_t now_ms);

  bool Due(std::int64_t now_ms) const { return now_ms + early_ms_ >= next_ms_; }
  // Gives how many runs were missed before this one.
  std::uint64_t Ran(std::int64_t now_ms);
  std::int64_t last_slot_ms() const { return next_ms_ - interval_ms_; }  // of the last run
  void Shift(std::int64_t delta_ms) { next_ms_ += delta_ms; }
  std::int64_t interval_ms() const { return interval_ms_; }

 private:
  std::int64_t interval_ms_, early_ms_, next_ms_;
};

class LiveGroup {
 public:
  // Takes over from `before` (may be null), the group of the same file and name, what is still the
  // same: rules with all they remember, the schedule.
  LiveGroup(RuleGroup group, LiveGroup* before, std::int64_t now_ms, RuleSurroundings& world);

  static std::string KeyOf(const RuleGroup& group) { return group.file + ";" + group.name; }

  void Evaluate(std::int64_t now_ms, std::int64_t slot_ms, RuleEngineFigures& figures);
  void Shift(std::int64_t delta_ms);

  // Rules that nobody took over: they resolve their alerts (given back) and leave their series to
  // be ended.
  std::vector<RuleAlert> Retire(std::int64_t now_ms);
  // Ends those series at once: the group itself is gone.
  void EndSeries(std::int64_t now_ms);
  // They get their end after this group's next evaluation, unless a new rule writes them.
  void AdoptEnding(LiveGroup& before);

  const std::string& key() const { return key_; }
  const std::string& file() const { return file_; }
  const std::string& name() const { return name_; }
  std::int64_t query_offset_ms() const { return query_offset_ms_; }
  Schedule& schedule() { return schedule_; }
  const std::vector<std::unique_ptr<LiveRule>>& rules() const { return rules_; }

 private:
  std::unique_ptr<LiveRule> TakeRule(const std::string& text);

  std::string key_, file_, name_;
  std::int64_t limit_, query_offset_ms_;
  Schedule schedule_;
  RuleSurroundings& world_;
  std::vector<std::unique_ptr<LiveRule>> rules_;  // null where the next group has taken one over
  std::vector<RuleSeries> ending_;
};

}  // namespace ecsward
