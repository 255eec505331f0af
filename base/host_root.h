// Where the host's files are. Everything that reads the host does so through a HostRoot, so a test
// (or a container with the host mounted at /host) can put another tree in its place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/host_file.h"
#include "base/result.h"

namespace ecsward {

enum class Tree { kProc, kSys, kRoot, kUdev };

// node_exporter's --path.* flags.
struct HostPaths {
  std::string procfs = "/proc";
  std::string sysfs = "/sys";
  std::string rootfs = "/";
  std::string udev_data = "/run/udev/data";
  bool operator==(const HostPaths&) const = default;
};

class HostRoot {
 public:
  explicit HostRoot(HostPaths paths = {});

  // The real path of `relative` in `tree`: Path(Tree::kProc, "net/dev") → "/proc/net/dev".
  std::string Path(Tree tree, std::string_view relative) const;

  // A file to be read on every tick.
  HostFile File(Tree tree, std::string_view relative) const {
    return HostFile(Path(tree, relative));
  }

  // One read of a file that is not kept open. Errors as HostFile::Read.
  Result<std::string> ReadFile(Tree tree, std::string_view relative) const;

  // ReadFile without the surrounding white space; empty when the file cannot be read. For sysfs
  // attributes that a device may or may not have.
  std::string ReadWord(Tree tree, std::string_view relative) const;

  // The names in a folder, sorted, without "." and "..". Errors as ErrnoError.
  Result<std::vector<std::string>> List(Tree tree, std::string_view relative) const;

  // The last component of a symbolic link's target; empty when it is none.
  std::string LinkName(Tree tree, std::string_view relative) const;

  bool Exists(Tree tree, std::string_view relative) const;

  // True when the trees are the running kernel's own: only then do netlink and other system calls
  // speak of the same host as the files do.
  bool live() const { return live_; }
  const HostPaths& paths() const { return paths_; }

 private:
  HostPaths paths_;
  bool live_;
};

}  // namespace ecsward
