#include "exporters/notify/alert_group.h"

#include <string_view>

namespace ecsward::notify {
namespace {

bool LabelsBefore(const LabelPairs& a, const LabelPairs& b) {
  if (a.size() != b.size()) return a.size() < b.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    // Of all names that either has, in their order, the first one that both do not share decides;
    // and who has not got it is the first.
    if (a[i].name != b[i].name) return a[i].name > b[i].name;
    if (a[i].value != b[i].value) return a[i].value < b[i].value;
  }
  return false;
}

}  // namespace

void FlushQueue::Push(AlertGroup& group, std::int64_t due_ms) {
  group.due_ms = due_ms;
  queue_.insert(&group);
}

void FlushQueue::Move(AlertGroup& group, std::int64_t due_ms) {
  if (group.due_ms == due_ms) return;
  queue_.erase(&group);
  Push(group, due_ms);
}

void FlushQueue::Shift(std::int64_t delta_ms) {
  for (AlertGroup* group : queue_) group->due_ms += delta_ms;  // all of them: their order stays
}

bool StandsBefore(const NotifiedAlert& a, const NotifiedAlert& b) {
  const bool a_resolved = a.ends_at_ms != 0, b_resolved = b.ends_at_ms != 0;
  if (a_resolved != b_resolved) return b_resolved;
  for (const std::string_view name : {"job", "instance"}) {
    const std::string_view mine = Get(a.labels, name), theirs = Get(b.labels, name);
    if (mine == theirs) continue;
    if (mine.empty() || theirs.empty()) return theirs.empty();
    return mine < theirs;
  }
  return LabelsBefore(a.labels, b.labels);
}

}  // namespace ecsward::notify
