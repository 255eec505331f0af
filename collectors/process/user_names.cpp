#include "collectors/process/user_names.h"

#include <sys/stat.h>

#include <limits>

#include "collectors/offender_name.h"
#include "collectors/text_scan.h"

namespace ecsward {

void ParsePasswd(std::string_view text, UserTable& out) {
  out.clear();
  std::string_view line;
  while (NextLine(text, line)) {
    // "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin"
    const auto first = line.find(':');
    if (first == std::string_view::npos || first == 0) continue;
    const auto second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view rest = line.substr(second + 1);
    std::uint64_t uid = 0;
    if (!ParseUint(rest.substr(0, rest.find(':')), uid)) continue;
    if (uid > std::numeric_limits<std::uint32_t>::max()) continue;
    out.try_emplace(static_cast<std::uint32_t>(uid), OffenderName(line.substr(0, first), false));
  }
}

UserNames::UserNames(const HostRoot& root) : path_(root.Path(Tree::kRoot, "etc/passwd")) {}

bool UserNames::Refresh() {
  struct stat now {};
  if (::stat(path_.c_str(), &now) != 0) {
    if (size_ == -1) return false;
    size_ = -1;
    users_.clear();
    return true;
  }
  if (now.st_size == size_ && now.st_ino == inode_ && now.st_mtim.tv_sec == changed_.tv_sec &&
      now.st_mtim.tv_nsec == changed_.tv_nsec) {
    return false;
  }
  size_ = now.st_size;
  inode_ = now.st_ino;
  changed_ = now.st_mtim;
  HostFile file(path_);
  ReadBuffer buffer;
  std::string_view text;
  if (file.TryRead(buffer, text) != 0) text = {};
  ParsePasswd(text, users_);
  return true;
}

std::string UserNames::Name(std::uint32_t uid) const {
  const auto it = users_.find(uid);
  return it == users_.end() ? std::to_string(uid) : it->second;
}

}  // namespace ecsward
