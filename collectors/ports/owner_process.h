// A process that has listening sockets open: held on to by a descriptor of its /proc/PID, so that a
// later process with its number is never taken for it, and with its names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/host_file.h"
#include "collectors/ports/process_files.h"
#include "collectors/process/user_names.h"

namespace ecsward {

// All texts are safe for terminals and labels.
struct OwnerNames {
  std::string process, executable, user, unit, container;
  bool operator==(const OwnerNames&) const = default;
};

class OwnerProcess {
 public:
  // `open_folders` counts descriptors of all of them and outlives them; where it has reached
  // `max_folders` this one goes by path and start time. Null when there is no such process.
  static std::shared_ptr<OwnerProcess> Open(ProcessFiles& files, const std::string& proc,
                                            std::int64_t pid, std::size_t& open_folders,
                                            std::size_t max_folders);
  ~OwnerProcess();
  OwnerProcess(const OwnerProcess&) = delete;
  OwnerProcess& operator=(const OwnerProcess&) = delete;

  // Whether it has the socket open as file `fd`: one readlink.
  bool Holds(int fd, std::uint64_t inode);
  // Reads its names anew: exec changes them. `socket_uid` stands where its own is not known.
  // True when they differ from before. `scratch` is memory to be used again.
  bool ReadNames(const UserNames& users, std::uint32_t socket_uid, std::string& scratch);

  std::int64_t pid() const { return pid_; }
  std::int64_t parent() const { return parent_; }
  std::uint64_t start_ticks() const { return start_ticks_; }
  std::uint32_t uid() const { return uid_; }
  bool is_systemd() const { return pid_ == 1 || names_.process == "systemd"; }
  const OwnerNames& names() const { return names_; }
  std::uint64_t version() const { return version_; }  // of the names
  MonoTime names_due{};                               // its keeper's

 private:
  OwnerProcess(ProcessFiles& files, std::string path, std::int64_t pid, std::size_t& open_folders)
      : files_(files), path_(std::move(path)), pid_(pid), open_folders_(open_folders) {}
  // The beginning of one of its files; empty when it cannot be read.
  std::string_view Read(const char* name);
  std::ptrdiff_t ReadLink(const char* name, char* buffer, std::size_t size);
  bool ReadStat(std::uint64_t& start, std::int64_t& parent);

  ProcessFiles& files_;
  const std::string path_;  // "/proc/42"
  const std::int64_t pid_;
  std::size_t& open_folders_;
  int folder_ = -1;  // O_PATH
  bool stat_read_ = false;
  std::int64_t parent_ = 0;
  std::uint64_t start_ticks_ = 0;
  std::uint32_t uid_ = 0;
  OwnerNames names_;
  std::string raw_;  // what names_ were made from
  std::uint64_t version_ = 0;
  std::string name_;  // of the file being read, its memory reused
  std::unique_ptr<char[]> text_;
};

// Pure: the effective user of /proc/PID/status. False when it is not there.
bool ParseStatusUser(std::string_view status_text, std::uint32_t& uid);

}  // namespace ecsward
