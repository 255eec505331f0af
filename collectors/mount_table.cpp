#include "collectors/mount_table.h"

#include <algorithm>
#include <iterator>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

// File systems whose statfs method answers from what the kernel has in memory. Sorted.
constexpr std::string_view kLocal[] = {
    "bcachefs", "bdev",    "binfmt_misc", "bpf",        "btrfs",     "cgroup",   "cgroup2",
    "configfs", "cpuset",  "cramfs",      "debugfs",    "devpts",    "devtmpfs", "efivarfs",
    "erofs",    "exfat",   "ext2",        "ext3",       "ext4",      "f2fs",     "fusectl",
    "hfs",      "hfsplus", "hugetlbfs",   "iso9660",    "jfs",       "mqueue",   "msdos",
    "nilfs2",   "nsfs",    "ntfs3",       "overlay",    "proc",      "pstore",   "ramfs",
    "reiserfs", "resctrl", "rootfs",      "securityfs", "selinuxfs", "squashfs", "sysfs",
    "tmpfs",    "tracefs", "udf",         "vfat",       "xfs"};

bool IsLocal(std::string_view fs_type) {
  return std::binary_search(std::begin(kLocal), std::end(kLocal), fs_type);
}

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

// The kernel writes blank, tab, newline, backslash and '#' as three octal digits.
std::string Unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && IsOctal(text[i + 1]) && IsOctal(text[i + 2]) &&
        IsOctal(text[i + 3])) {
      const int code = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
      out += static_cast<char>(code & 0xff);
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Unlike NextField: two blanks in a row have an empty field between them, as the device of a mount
// can be.
std::string_view NextWord(std::string_view& line) {
  const auto blank = line.find(' ');
  const std::string_view word = line.substr(0, blank);
  line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
  return word;
}

bool HasOption(std::string_view options, std::string_view wanted) {
  while (!options.empty()) {
    const auto comma = options.find(',');
    if (options.substr(0, comma) == wanted) return true;
    options.remove_prefix(comma == std::string_view::npos ? options.size() : comma + 1);
  }
  return false;
}

bool ParseMount(std::string_view line, Mount& mount) {
  constexpr std::string_view kSeparator = " - ";
  const auto separator = line.find(kSeparator);
  if (separator == std::string_view::npos) return false;
  std::string_view left = line.substr(0, separator);
  std::string_view right = line.substr(separator + kSeparator.size());
  if (!ParseUint(NextWord(left), mount.id)) return false;
  for (int i = 0; i < 3; ++i) NextWord(left);  // parent, major:minor, root
  mount.mount_point = Unescape(NextWord(left));
  const std::string_view options = NextWord(left);
  mount.fs_type = NextWord(right);
  mount.device = NextWord(right);
  // emergency_ro: ext4 after an error, since Linux 6.15
  mount.readonly =
      HasOption(options, "ro") || HasOption(right, "ro") || HasOption(right, "emergency_ro");
  return mount.mount_point.starts_with('/') && !mount.fs_type.empty();
}

// Whether the way to `path` leads over `point`: the same or a folder above it.
bool LeadsOver(std::string_view path, std::string_view point) {
  if (point == "/" || path == point) return true;
  return path.size() > point.size() && path.starts_with(point) && path[point.size()] == '/';
}

}  // namespace

Result<std::vector<Mount>> ParseMounts(std::string_view text) {
  std::vector<Mount> mounts;
  std::string_view line;
  for (int number = 1; NextLine(text, line); ++number) {
    if (line.empty()) continue;
    Mount mount;
    if (!ParseMount(line, mount)) {
      return Fail(ErrorCode::kParse, "line " + std::to_string(number) + ": not a mount");
    }
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

std::vector<bool> MayWait(const std::vector<Mount>& mounts) {
  std::vector<std::string_view> points;
  for (const Mount& mount : mounts) {
    if (!IsLocal(mount.fs_type)) points.push_back(mount.mount_point);
  }
  std::vector<bool> may_wait;
  may_wait.reserve(mounts.size());
  for (const Mount& mount : mounts) {
    may_wait.push_back(std::any_of(points.begin(), points.end(), [&](std::string_view point) {
      return LeadsOver(mount.mount_point, point);
    }));
  }
  return may_wait;
}

std::string_view WithoutRoot(std::string_view path, std::string_view root) {
  while (root.ends_with('/')) root.remove_suffix(1);
  if (root.empty() || !path.starts_with(root)) return path;
  const std::string_view rest = path.substr(root.size());
  if (rest.empty()) return "/";
  return rest.front() == '/' ? rest : path;
}

}  // namespace ecsward
