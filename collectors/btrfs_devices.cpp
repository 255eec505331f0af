#include "collectors/btrfs_devices.h"

#include <fcntl.h>
#include <linux/btrfs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace ecsward {
namespace {

// Open only for as long as it takes: an open folder would keep the file system from being
// unmounted.
class OpenFolder {
 public:
  explicit OpenFolder(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFolder() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFolder(const OpenFolder&) = delete;
  OpenFolder& operator=(const OpenFolder&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

// Ids are given in turn and never again, so a file system that had many devices has gaps.
constexpr std::uint64_t kMaxId = 4096;

void ReadErrors(int fd, std::uint64_t id, BtrfsDevice& device) {
  btrfs_ioctl_get_dev_stats stats;
  std::memset(&stats, 0, sizeof stats);
  stats.devid = id;
  stats.nr_items = BTRFS_DEV_STAT_VALUES_MAX;
  if (::ioctl(fd, BTRFS_IOC_GET_DEV_STATS, &stats) != 0) return;  // a missing device has none
  device.has_errors = true;
  for (std::size_t i = 0; i < device.errors.size(); ++i) {
    device.errors[i] = static_cast<double>(stats.values[i]);
  }
}

}  // namespace

std::string FormatBtrfsUuid(const std::uint8_t (&bytes)[16]) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

Result<BtrfsDevices> ReadBtrfsDevices(const std::string& mount_point) {
  const OpenFolder folder(mount_point);
  if (folder.fd() < 0) return ErrnoError(errno, mount_point);
  btrfs_ioctl_fs_info_args fs;
  std::memset(&fs, 0, sizeof fs);
  if (::ioctl(folder.fd(), BTRFS_IOC_FS_INFO, &fs) != 0) return ErrnoError(errno, mount_point);

  BtrfsDevices found{.uuid = FormatBtrfsUuid(fs.fsid), .devices = {}};
  const std::uint64_t last = std::min<std::uint64_t>(fs.max_id, kMaxId);
  for (std::uint64_t id = 0; id <= last && found.devices.size() < fs.num_devices; ++id) {
    btrfs_ioctl_dev_info_args info;
    std::memset(&info, 0, sizeof info);
    info.devid = id;
    if (::ioctl(folder.fd(), BTRFS_IOC_DEV_INFO, &info) != 0) {
      if (errno == ENODEV) continue;  // no device of that id
      return ErrnoError(errno, mount_point);
    }
    BtrfsDevice device;
    const auto* path = reinterpret_cast<const char*>(info.path);
    device.path.assign(path, ::strnlen(path, sizeof info.path));
    device.uuid = FormatBtrfsUuid(info.uuid);
    device.size_bytes = static_cast<double>(info.total_bytes);
    device.used_bytes = static_cast<double>(info.bytes_used);
    ReadErrors(folder.fd(), id, device);
    found.devices.push_back(std::move(device));
  }
  return found;
}

}  // namespace ecsward
