// The kernel's table of mounts, and which of them statvfs(3) may hang on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecsward {

// source: proc(5) /proc/<pid>/mountinfo,
//         "36 35 98:0 /root /mnt rw,noatime shared:1 - ext4 /dev/vda1 rw,errors=continue"
struct Mount {
  std::uint64_t id = 0;     // the kernel's: mounted anew is another one
  std::string mount_point;  // "\040" and the like undone
  std::string fs_type;
  std::string device;     // as the table writes it, escapes and all: node_exporter's label
  bool readonly = false;  // the mount or the whole file system
};

// In the order of the table: of two mounts at one place the later one is seen.
// errors: kParse naming the line
Result<std::vector<Mount>> ParseMounts(std::string_view mountinfo);

// Whether statvfs of mounts[i] may wait for somebody else: a server, or a process behind FUSE. Also
// true for a local file system whose path leads through such a mount.
//
// Of kinds that are not known to answer from memory, true.
std::vector<bool> MayWait(const std::vector<Mount>& mounts);

// A mount point as the host sees it, when the table has the names that a container sees: without
// `root`, where the host's file systems are mounted.
std::string_view WithoutRoot(std::string_view path, std::string_view root);

}  // namespace ecsward
