#include "collectors/process/process_details.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "collectors/offender_name.h"
#include "collectors/process/owned_fd.h"
#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr std::size_t kSmall = 4096;
constexpr std::size_t kMaxCmdline = std::size_t{16} << 10;

// Since Linux 6.2 the size of such a folder is the number of its entries.
bool KernelCountsFds(const HostRoot& root) {
  struct stat info = {};
  return root.live() && ::stat(root.Path(Tree::kProc, "self/fd").c_str(), &info) == 0 &&
         info.st_size > 0;
}

}  // namespace

bool ParseProcessIoLines(std::string_view text, ProcessIo& out) {
  std::uint64_t written = 0;
  std::uint64_t cancelled = 0;
  bool has_read = false;
  bool has_written = false;
  std::string_view line;
  while (NextLine(text, line)) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = Trim(line.substr(colon + 1));
    if (name == "read_bytes") has_read = ParseUint(value, out.read_bytes);
    if (name == "write_bytes") has_written = ParseUint(value, written);
    if (name == "cancelled_write_bytes" && !ParseUint(value, cancelled)) cancelled = 0;
  }
  out.written_bytes = written > cancelled ? written - cancelled : 0;
  return has_read && has_written;
}

bool ParsePss(std::string_view text, std::uint64_t& out) {
  std::string_view line;
  while (NextLine(text, line)) {
    if (!line.starts_with("Pss:")) continue;
    line.remove_prefix(4);
    std::uint64_t kilobytes = 0;
    if (!NextUint(line, kilobytes)) return false;
    out = std::min(kilobytes, ~std::uint64_t{0} / 1024) * 1024;
    return true;
  }
  return false;
}

ProcessDetails::ProcessDetails(const HostRoot& root, std::size_t max_entries)
    : proc_(root.Path(Tree::kProc, "")),
      max_entries_(max_entries),
      counted_by_kernel_(KernelCountsFds(root)) {}

const char* ProcessDetails::Path(std::int64_t pid, std::string_view file) {
  path_.clear();
  fmt::format_to(std::back_inserter(path_), "{}/{}/{}", proc_, pid, file);
  return path_.c_str();
}

int ProcessDetails::Read(std::int64_t pid, std::string_view file, std::size_t limit,
                         std::string_view& out) {
  const OwnedFd fd(::open(Path(pid, file), O_RDONLY | O_CLOEXEC));
  if (!fd.open()) return errno;
  if (buffer_.size() < limit) buffer_.resize(limit);
  const ssize_t n = ::read(fd.get(), buffer_.data(), limit);
  if (n < 0) return errno;
  out = std::string_view(buffer_).substr(0, static_cast<std::size_t>(n));
  return 0;
}

int ProcessDetails::ReadIo(std::int64_t pid, ProcessIo& out) {
  std::string_view text;
  if (const int error = Read(pid, "io", kSmall, text); error != 0) return error;
  return ParseProcessIoLines(text, out) ? 0 : EPROTO;
}

int ProcessDetails::ReadPss(std::int64_t pid, std::uint64_t& out) {
  std::string_view text;
  if (const int error = Read(pid, "smaps_rollup", kSmall, text); error != 0) return error;
  return ParsePss(text, out) ? 0 : EPROTO;
}

int ProcessDetails::CountFds(std::int64_t pid, std::size_t& budget, std::uint64_t& out) {
  if (counted_by_kernel_) {
    struct stat info = {};
    if (::stat(Path(pid, "fd"), &info) != 0) return errno;
    out = static_cast<std::uint64_t>(std::max<off_t>(info.st_size, 0));
    return 0;
  }
  const OwnedFd folder(::open(Path(pid, "fd"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open()) return errno;
  alignas(dirent64) std::array<char, 8192> entries;
  std::uint64_t count = 0;
  for (;;) {
    const ssize_t n = ::getdents64(folder.get(), entries.data(), entries.size());
    if (n < 0) return errno;
    if (n == 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(n);) {
      unsigned short length = 0;
      std::memcpy(&length, entries.data() + at + offsetof(dirent64, d_reclen), sizeof length);
      if (entries[at + offsetof(dirent64, d_name)] != '.') ++count;
      at += length;
    }
    if (count >= budget) {
      out = budget;
      budget = 0;
      return ENOBUFS;
    }
  }
  budget -= static_cast<std::size_t>(count);
  out = count;
  return 0;
}

std::string ProcessDetails::WaitChannel(std::int64_t pid) {
  std::string_view text;
  if (Read(pid, "wchan", kSmall, text) != 0) return "unknown";
  text = Trim(text);
  // Without permission the kernel says "0", as for one that does not sleep.
  return text.empty() || text == "0" ? "unknown" : OffenderName(text, false);
}

ProcessIdentity ProcessDetails::Identify(std::int64_t pid, bool cmdline) {
  ProcessIdentity out;
  std::array<char, 4096> target;
  const ssize_t length = ::readlink(Path(pid, "exe"), target.data(), target.size());
  if (length > 0) {
    out.executable.assign(target.data(), static_cast<std::size_t>(length));
    // Replaced by an upgrade, or by itself: it is still what it was.
    constexpr std::string_view kDeleted = " (deleted)";
    if (out.executable.ends_with(kDeleted)) {
      out.executable.resize(out.executable.size() - kDeleted.size());
    }
  }
  struct stat info = {};
  out.has_uid = ::stat(Path(pid, ""), &info) == 0;
  out.uid = info.st_uid;
  std::string_view text;
  if (Read(pid, "cgroup", kSmall, text) == 0) out.cgroup = text;
  if (cmdline && Read(pid, "cmdline", kMaxCmdline, text) == 0) {
    out.cmdline = text;
    while (!out.cmdline.empty() && out.cmdline.back() == '\0') out.cmdline.pop_back();
    std::replace(out.cmdline.begin(), out.cmdline.end(), '\0', ' ');
  }
  return out;
}

}  // namespace ecsward
