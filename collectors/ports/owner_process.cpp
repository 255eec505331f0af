#include "collectors/ports/owner_process.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "collectors/offender_name.h"
#include "collectors/process/cgroup_unit.h"
#include "collectors/process/stat_line.h"
#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr std::size_t kTextBytes = 4096;  // cgroup with all v1 trees is a few hundred

std::string Safe(std::string_view text) { return OffenderName(text, false); }

// A path keeps its end, where its name is: OffenderName would cut that off.
std::string SafePath(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    // Piece by piece, each short enough to be kept whole; not through the middle of a letter.
    std::size_t length = std::min<std::size_t>(path.size(), 48);
    while (length < path.size() && length > 1 &&
           (static_cast<unsigned char>(path[length]) & 0xC0U) == 0x80U) {
      --length;
    }
    out += Safe(path.substr(0, length));
    path.remove_prefix(length);
  }
  constexpr std::size_t kMost = 256;
  return out.size() <= kMost ? out : Safe(out.substr(out.size() - 48));
}

}  // namespace

bool ParseStatusUser(std::string_view status_text, std::uint32_t& uid) {
  std::string_view line;
  while (NextLine(status_text, line)) {
    // "Uid:	1000	1000	1000	1000": real, effective, …
    if (!line.starts_with("Uid:")) continue;
    line.remove_prefix(4);
    std::uint64_t real = 0;
    std::uint64_t effective = 0;
    if (!NextUint(line, real) || !NextUint(line, effective)) return false;
    uid = static_cast<std::uint32_t>(effective);
    return true;
  }
  return false;
}

std::shared_ptr<OwnerProcess> OwnerProcess::Open(ProcessFiles& files, const std::string& proc,
                                                 std::int64_t pid, std::size_t& open_folders,
                                                 std::size_t max_folders) {
  std::string path = proc + "/" + std::to_string(pid);
  std::shared_ptr<OwnerProcess> out(new OwnerProcess(files, std::move(path), pid, open_folders));
  if (open_folders < max_folders) {
    const int fd = files.OpenAt(AT_FDCWD, out->path_.c_str(), O_PATH | O_DIRECTORY);
    if (fd >= 0) {
      out->folder_ = fd;
      ++open_folders;
    } else if (fd != -EMFILE && fd != -ENFILE) {
      return nullptr;
    }
  }
  out->stat_read_ = out->ReadStat(out->start_ticks_, out->parent_);
  if (out->folder_ < 0 && !out->stat_read_) return nullptr;  // nothing would tell it from another
  return out;
}

OwnerProcess::~OwnerProcess() {
  if (folder_ < 0) return;
  ::close(folder_);
  --open_folders_;
}

std::string_view OwnerProcess::Read(const char* name) {
  int fd = -1;
  if (folder_ >= 0) {
    fd = files_.OpenAt(folder_, name, O_RDONLY);
  } else {
    name_.assign(path_).append("/").append(name);
    fd = files_.OpenAt(AT_FDCWD, name_.c_str(), O_RDONLY);
  }
  if (fd < 0) return {};
  if (!text_) text_ = std::make_unique_for_overwrite<char[]>(kTextBytes);
  const ssize_t n = ::read(fd, text_.get(), kTextBytes);
  ::close(fd);
  return {text_.get(), n > 0 ? static_cast<std::size_t>(n) : 0};
}

bool OwnerProcess::ReadStat(std::uint64_t& start, std::int64_t& parent) {
  StatLine stat;
  if (!ParseStatLine(Read("stat"), stat)) return false;
  start = stat.start_ticks;
  parent = stat.parent;
  return true;
}

bool OwnerProcess::Holds(int fd, std::uint64_t inode) {
  std::array<char, 32> name;
  std::snprintf(name.data(), name.size(), "fd/%d", fd);
  int error = 0;
  if (folder_ >= 0) return ReadSocketLink(files_, folder_, name.data(), error) == inode;
  name_.assign(path_).append("/").append(name.data());
  if (ReadSocketLink(files_, AT_FDCWD, name_.c_str(), error) != inode) return false;
  std::uint64_t start = 0;
  std::int64_t parent = 0;
  return ReadStat(start, parent) && start == start_ticks_;
}

std::ptrdiff_t OwnerProcess::ReadLink(const char* name, char* buffer, std::size_t size) {
  if (folder_ >= 0) return files_.ReadLinkAt(folder_, name, buffer, size);
  name_.assign(path_).append("/").append(name);
  return files_.ReadLinkAt(AT_FDCWD, name_.c_str(), buffer, size);
}

bool OwnerProcess::ReadNames(const UserNames& users, std::uint32_t socket_uid,
                             std::string& scratch) {
  // Side by side, so that a look that finds nothing new makes no strings.
  scratch.assign(Trim(Read("comm")));
  if (scratch.empty() && version_ > 0) return false;  // it has ended: what we know stands
  const std::size_t comm_end = scratch.size();
  std::array<char, 512> link;
  const std::ptrdiff_t length = ReadLink("exe", link.data(), link.size());
  if (length > 0) scratch.append(link.data(), static_cast<std::size_t>(length));
  const std::size_t exe_end = scratch.size();
  scratch.append(Read("cgroup"));
  const std::size_t cgroup_end = scratch.size();
  std::uint32_t uid = socket_uid;
  (void)ParseStatusUser(Read("status"), uid);
  scratch.append(users.Name(uid));
  if (version_ > 0 && scratch == raw_) return false;

  raw_ = scratch;
  uid_ = uid;
  const std::string_view raw = raw_;
  names_ = {};
  if (comm_end > 0) names_.process = Safe(raw.substr(0, comm_end));
  names_.executable = SafePath(raw.substr(comm_end, exe_end - comm_end));
  names_.user = raw.substr(cgroup_end);
  const CgroupUnit group = ParseCgroupUnit(raw.substr(exe_end, cgroup_end - exe_end));
  if (!group.unit.empty()) names_.unit = Safe(group.unit);
  if (!group.container.empty()) names_.container = Safe(group.container);
  ++version_;
  return true;
}

}  // namespace ecsward
