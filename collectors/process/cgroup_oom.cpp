#include "collectors/process/cgroup_oom.h"

#include "collectors/text_scan.h"

namespace ecsward {

bool ParseOomKills(std::string_view text, std::uint64_t& out) {
  std::string_view line;
  std::string_view name;
  while (NextLine(text, line)) {
    if (NextField(line, name) && name == "oom_kill") return NextUint(line, out);
  }
  return false;
}

std::string_view UnifiedPath(std::string_view cgroup_text) {
  std::string_view line;
  while (NextLine(cgroup_text, line)) {
    if (!line.starts_with("0::/")) continue;
    line.remove_prefix(3);
    return line.find("/..") == std::string_view::npos ? line : std::string_view();
  }
  return {};
}

CgroupOom::CgroupOom(const HostRoot& root) : root_(root) {
  for (const char* mount : {"fs/cgroup", "fs/cgroup/unified"}) {
    if (!root.Exists(Tree::kSys, std::string(mount) + "/cgroup.controllers")) continue;
    mount_ = mount;
    return;
  }
}

void CgroupOom::Watch(std::string_view path) {
  if (mount_.empty() || path.size() <= 1 || groups_.size() >= kMaxGroups) return;
  if (groups_.find(path) == groups_.end()) groups_.emplace(path, Group{});
}

void CgroupOom::Look(const std::function<void(std::string_view, std::uint64_t)>& visit) {
  for (auto group = groups_.begin(); group != groups_.end();) {
    const auto text = root_.ReadFile(Tree::kSys, mount_ + group->first + "/memory.events");
    std::uint64_t kills = 0;
    if (!text || !ParseOomKills(*text, kills)) {
      group = groups_.erase(group);
      continue;
    }
    // The first reading is what was before us.
    if (group->second.read && kills > group->second.kills) {
      visit(group->first, kills - group->second.kills);
    }
    group->second = {kills, true};
    ++group;
  }
}

}  // namespace ecsward
