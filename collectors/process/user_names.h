// Names of users, from the host's own /etc/passwd: the agent may run in a container whose libc
// knows other users, and asking libc may ask a directory server that does not answer.
#pragma once

#include <cstdint>
#include <ctime>
#include <map>
#include <string>
#include <string_view>

#include "base/host_root.h"

namespace ecsward {

// Safe for terminals and labels, by number. The first line of a number counts, as for libc.
using UserTable = std::map<std::uint32_t, std::string>;

// Pure: the text of passwd(5). Lines that are none ("+::::::", comments) are passed over.
void ParsePasswd(std::string_view text, UserTable& out);  // cleared first

// One thread.
class UserNames {
 public:
  explicit UserNames(const HostRoot& root);

  // Reads the file if it is another one than at the last call (one stat otherwise). True when it
  // was: names may differ. Where it cannot be read there are only numbers.
  bool Refresh();

  // "www-data"; the number where it has no name. Allocates nothing for names of up to 15 letters.
  std::string Name(std::uint32_t uid) const;

 private:
  const std::string path_;
  UserTable users_;
  // What tells one state of the file from another.
  std::uint64_t inode_ = 0;
  std::int64_t size_ = -1;
  std::timespec changed_{};
};

}  // namespace ecsward
