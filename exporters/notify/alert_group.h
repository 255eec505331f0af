// Alerts and the groups they are told in, as the dispatcher holds them.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "exporters/notify/dispatcher.h"

namespace ecsward::notify {

struct AlertGroup;

struct KnownAlert {
  std::uint64_t fingerprint = 0;
  NotifiedAlert alert;
  std::int64_t named_at_ms = 0;     // when the source last said that it fires
  std::vector<AlertGroup*> groups;  // those it is in: a handful

  // Its end is never in the future here (Dispatcher::Update), so the clock is not asked.
  bool resolved() const { return alert.ends_at_ms != 0; }
};

struct AlertGroup {
  const Route* route = nullptr;
  const Receiver* receiver = nullptr;  // null: the configuration has none of that name
  std::string key;
  LabelPairs labels;
  std::vector<KnownAlert*> alerts;
  std::int64_t due_ms = 0;
  std::uint64_t number = 0;  // the order in which groups were made
  bool flushed = false;      // at least once: from then on it ticks
  bool listed = false;       // it is on the list of empty groups
};

// The groups by the time of their next flush; at the same moment, the one made first is first.
class FlushQueue {
 public:
  void Push(AlertGroup& group, std::int64_t due_ms);
  void Move(AlertGroup& group, std::int64_t due_ms);
  void Remove(AlertGroup& group) { queue_.erase(&group); }
  void Shift(std::int64_t delta_ms);
  void Clear() { queue_.clear(); }

  AlertGroup* front() const { return queue_.empty() ? nullptr : *queue_.begin(); }
  std::size_t size() const { return queue_.size(); }

 private:
  struct Sooner {
    bool operator()(const AlertGroup* a, const AlertGroup* b) const {
      return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->number < b->number;
    }
  };
  std::set<AlertGroup*, Sooner> queue_;
};

// The order of alerts in a notice: those that fire first; then Alertmanager's: by `job`, by
// `instance` (who has none is behind), by the number of labels, by the labels.
bool StandsBefore(const NotifiedAlert& a, const NotifiedAlert& b);

}  // namespace ecsward::notify
