#include "collectors/process/group_book.h"

#include <algorithm>

namespace ecsward {
namespace {

constexpr std::uint32_t kNone = ~std::uint32_t{0};

}  // namespace

GroupBook::GroupBook(const std::vector<std::string>& configured, std::size_t max_groups)
    : max_groups_(max_groups) {
  const auto keep = [this](std::string_view name) {
    ProcessGroup group;
    group.name = name;
    group.kept = true;
    groups_.push_back(std::move(group));
  };
  for (const std::string& name : configured) {
    const bool known = std::any_of(groups_.begin(), groups_.end(),
                                   [&](const ProcessGroup& group) { return group.name == name; });
    if (!known) keep(name);
  }
  const auto other = std::find_if(groups_.begin(), groups_.end(),
                                  [](const ProcessGroup& group) { return group.name == kOther; });
  other_ = static_cast<std::uint32_t>(other - groups_.begin());
  if (other == groups_.end()) keep(kOther);
}

std::uint32_t GroupBook::Place(std::string_view name, MonoTime now) {
  std::uint32_t free = kNone;
  std::uint32_t longest_empty = kNone;
  for (std::uint32_t i = 0; i < groups_.size(); ++i) {
    const ProcessGroup& group = groups_[i];
    if (group.name == name) return i;
    if (group.kept) continue;
    if (group.name.empty()) {
      free = i;
    } else if (group.processes == 0 && now - group.last_seen >= kKeptWanted &&
               (longest_empty == kNone || group.last_seen < groups_[longest_empty].last_seen)) {
      longest_empty = i;
    }
  }
  if (taken_ < max_groups_) {
    ++taken_;
    if (free == kNone) {
      free = static_cast<std::uint32_t>(groups_.size());
      groups_.emplace_back();
    }
  } else if (longest_empty != kNone) {
    free = longest_empty;
  } else {
    return other_;
  }
  groups_[free] = {};
  groups_[free].name = name;
  groups_[free].last_seen = now;
  return free;
}

bool GroupBook::HasRoom(MonoTime now) const {
  return taken_ < max_groups_ ||
         std::any_of(groups_.begin(), groups_.end(), [&](const ProcessGroup& group) {
           return !group.kept && group.processes == 0 && now - group.last_seen >= kKeptWanted;
         });
}

void GroupBook::BeginLook() {
  before_.resize(groups_.size());
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    ProcessGroup& group = groups_[i];
    before_[i] = {group.newest_start, group.newest_start > 0};
    group.processes = group.threads = group.fds = 0;
    group.resident_bytes = group.proportional_bytes = 0;
    group.cores = group.io_rate = 0;
    group.has_fds = group.has_pss = false;
  }
}

void GroupBook::Count(std::uint32_t index, const GroupMember& member, MonoTime now) {
  ProcessGroup& group = groups_[index];
  const bool first = group.processes == 0;
  ++group.processes;
  group.threads += member.threads;
  group.fds += member.fds;
  group.resident_bytes += member.resident_bytes;
  group.proportional_bytes += member.proportional_bytes;
  group.cores += member.cores;
  group.io_rate += member.io_rate;
  group.has_fds = group.has_fds || member.has_fds;
  group.has_pss = group.has_pss || member.has_pss;
  group.oldest_start =
      first ? member.start_ticks : std::min(group.oldest_start, member.start_ticks);
  group.newest_start =
      first ? member.start_ticks : std::max(group.newest_start, member.start_ticks);
  group.last_seen = now;
}

void GroupBook::EndLook(MonoTime now) {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    ProcessGroup& group = groups_[i];
    if (group.name.empty()) continue;
    // Each of the processes of the look before began at `newest_start` at the latest: when the
    // oldest of today began later, none of them is left.
    if (group.processes > 0 && i < before_.size() && before_[i].any &&
        group.oldest_start > before_[i].newest_start) {
      ++group.restarts;
    }
    if (!group.kept && group.processes == 0 && now - group.last_seen >= kKeptEmpty) {
      group = {};
      --taken_;
    }
  }
}

}  // namespace ecsward
