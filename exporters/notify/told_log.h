// What was told to whom, and whether there is something new to tell: Alertmanager's notification
// log and its deduplication.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "exporters/notify/dispatcher.h"

namespace ecsward::notify {

// `firing` and `resolved` of both are sorted. `entry`: what was told before; null: nothing.
bool NeedsTelling(const ToldEntry* entry, const ToldEntry& now, bool send_resolved,
                  std::chrono::milliseconds repeat_interval);

// For how long: twice the time after which it is told again. What is older is of a group that is
// gone, or muted.
std::chrono::milliseconds KeepTold(const Route& route);

class ToldLog {
 public:
  // What the log is asked by: the channel and the group.
  static std::string Key(std::string_view channel, std::string_view group_key);

  const ToldEntry* Find(const std::string& key) const;
  // Forgotten some time after `keep` has passed since it was told.
  void Put(std::string key, ToldEntry entry, std::chrono::milliseconds keep);
  void ForgetOld(std::int64_t now_ms);
  void Shift(std::int64_t delta_ms);

 private:
  struct Line {
    ToldEntry entry;
    std::int64_t forget_at_ms = 0;
  };
  std::unordered_map<std::string, Line> lines_;
};

}  // namespace ecsward::notify
