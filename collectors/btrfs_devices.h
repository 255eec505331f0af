// The devices of a mounted Btrfs file system: sizes and errors, by ioctl(2).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace ecsward {

struct BtrfsDevice {
  std::string path;  // as the kernel knows it, "/dev/vdb"; empty while the device is missing
  std::string uuid;
  double size_bytes = 0, used_bytes = 0;
  bool has_errors = false;         // whether the kernel told `errors`
  std::array<double, 5> errors{};  // write, read, flush, corruption, generation
};

struct BtrfsDevices {
  std::string uuid;  // the file system's, as the folder in /sys/fs/btrfs is called
  std::vector<BtrfsDevice> devices;
};

// 16 bytes → "7e1fbe35-4d49-4e0a-9c3b-8b5bb1f0a2d4".
std::string FormatBtrfsUuid(const std::uint8_t (&bytes)[16]);

// source: include/uapi/linux/btrfs.h: FS_INFO, DEV_INFO, GET_DEV_STATS
// May wait for the file system's locks. Kernels before 5.7 want CAP_SYS_ADMIN.
// errors: as ErrnoError, with the path
Result<BtrfsDevices> ReadBtrfsDevices(const std::string& mount_point);

}  // namespace ecsward
