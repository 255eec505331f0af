#include "exporters/notify/told_log.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace ecsward::notify {
namespace {

bool IsSubset(const std::vector<std::uint64_t>& part, const std::vector<std::uint64_t>& of) {
  return std::includes(of.begin(), of.end(), part.begin(), part.end());
}

}  // namespace

bool NeedsTelling(const ToldEntry* entry, const ToldEntry& now, bool send_resolved,
                  std::chrono::milliseconds repeat_interval) {
  // Who was never told of a problem need not hear that it is over.
  if (entry == nullptr) return !now.firing.empty();
  if (!IsSubset(now.firing, entry->firing)) return true;
  // All is well: also where nobody wants to hear of it, so that what fired is no longer in the log.
  if (now.firing.empty()) return !entry->firing.empty();
  if (send_resolved && !IsSubset(now.resolved, entry->resolved)) return true;
  return entry->at_ms < now.at_ms - repeat_interval.count();
}

// A group that ticks more seldom than it repeats is told again with its next tick only.
std::chrono::milliseconds KeepTold(const Route& route) {
  return 2 * std::max(route.repeat_interval, route.group_interval);
}

std::string ToldLog::Key(std::string_view channel, std::string_view group_key) {
  std::string key;
  key.reserve(channel.size() + 1 + group_key.size());
  return key.append(channel).append(1, '\n').append(group_key);
}

const ToldEntry* ToldLog::Find(const std::string& key) const {
  const auto it = lines_.find(key);
  return it == lines_.end() ? nullptr : &it->second.entry;
}

void ToldLog::Put(std::string key, ToldEntry entry, std::chrono::milliseconds keep) {
  const std::int64_t forget_at_ms = entry.at_ms + keep.count();
  lines_.insert_or_assign(std::move(key), Line{std::move(entry), forget_at_ms});
}

void ToldLog::ForgetOld(std::int64_t now_ms) {
  std::erase_if(lines_, [now_ms](const auto& line) { return line.second.forget_at_ms <= now_ms; });
}

void ToldLog::Shift(std::int64_t delta_ms) {
  for (auto& [key, line] : lines_) {
    line.entry.at_ms += delta_ms;
    line.forget_at_ms += delta_ms;
  }
}

}  // namespace ecsward::notify
