// Space and inodes of the mounted file systems.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "collectors/all.h"
#include "collectors/mount_guard.h"
#include "collectors/mount_table.h"
#include "collectors/name_filter.h"

namespace ecsward {

inline constexpr OptionSpec kFilesystemOptions[] = {
    {"mount_points_exclude", OptionKind::kRegex,
     "^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)",
     "Mount points to leave out."},
    {"mount_points_include", OptionKind::kRegex, "",
     "Mount points to take; mount_points_exclude still applies to them."},
    {"fs_types_exclude", OptionKind::kRegex,
     "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|"
     "mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|"
     "tracefs)$",
     "Kinds of file system to leave out."},
    {"fs_types_include", OptionKind::kRegex, "",
     "Kinds of file system to take; fs_types_exclude still applies to them."},
    {"mount_timeout", OptionKind::kDuration, "5s",
     "How long a mount may take to answer before it counts as failed."},
};

// source: /proc/1/mountinfo (the host's mounts, also when the agent has a mount namespace of its
//         own), else /proc/self/mountinfo; statvfs(3) of each mount point
// note:   file systems that answer from memory are asked on every tick in the sampler's thread, the
//         others (network, FUSE, unknown) every kAskEvery on threads of their own
class FilesystemCollector final : public Collector {
 public:
  FilesystemCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Entry {
    Mount mount;
    std::string path;                   // the mount point below the root
    std::unique_ptr<MountGuard> guard;  // null: it never waits
    bool failed = false;                // the last answer of one without a guard
    MonoTime next_ask;
  };
  Result<void> RefreshTable(MonoTime now);
  bool TableUnchanged(MonoTime now) const;
  Result<std::string_view> ReadTable();
  void Use(std::vector<Mount> mounts);
  void AskGuards(MonoTime now);
  bool Answer(Entry& entry, MonoTime now, FsUsage& usage) const;
  void Emit(Entry& entry, MonoTime now, Recorder& out) const;

  const HostRoot& root_;  // the sampler's, as is
  const Kernel& kernel_;  // this; both outlive the collector
  NameFilter mount_points_, fs_types_;
  std::chrono::nanoseconds timeout_;
  std::shared_ptr<GuardThreads> threads_ = std::make_shared<GuardThreads>();
  HostFile table_;
  bool own_table_ = false;  // pid 1's cannot be read: `table_` is our own
  ReadBuffer buffer_;
  std::string text_;  // the table that `entries_` was made from
  MonoTime next_read_;
  std::vector<Entry> entries_;
  bool first_ = true;
};

}  // namespace ecsward
