// OOM kills as the memory controllers count them: who lost a process, not which. For where the
// kernel's log may not be read.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/host_root.h"

namespace ecsward {

// source: https://docs.kernel.org/admin-guide/cgroup-v2.html memory.events, "oom_kill 3"
// False when there is no such line.
bool ParseOomKills(std::string_view text, std::uint64_t& out);

// "0::/system.slice/x.service" → "/system.slice/x.service": the path in the unified hierarchy;
// empty when there is none, or it could lead out of it.
std::string_view UnifiedPath(std::string_view cgroup_text);

// One thread.
class CgroupOom {
 public:
  static constexpr std::size_t kMaxGroups = 512;

  explicit CgroupOom(const HostRoot& root);

  // A cgroup with processes in it. The first kMaxGroups are watched; one that goes away makes room.
  void Watch(std::string_view path);
  // Reads all counters. `visit(path, kills)` for each that has grown since it was read last.
  void Look(const std::function<void(std::string_view, std::uint64_t)>& visit);
  std::size_t watched() const { return groups_.size(); }
  // There is a unified hierarchy.
  bool supported() const { return !mount_.empty(); }

 private:
  struct Group {
    std::uint64_t kills = 0;
    bool read = false;
  };
  const HostRoot& root_;  // outlives this
  std::string mount_;     // below /sys: "fs/cgroup", "fs/cgroup/unified"
  std::map<std::string, Group, std::less<>> groups_;
};

}  // namespace ecsward
