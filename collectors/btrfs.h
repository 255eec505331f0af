// Btrfs file systems: how their space is given out, their commits, their devices' errors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/btrfs_devices.h"
#include "collectors/sysfs_readings.h"

namespace ecsward {

// source: /sys/fs/btrfs/<uuid>/commit_stats, since Linux 6.0
//
//   commits 5021
//   last_commit_ms 18
struct BtrfsCommits {
  double commits = 0, last_seconds = 0, max_seconds = 0, total_seconds = 0;
};
// errors: kParse naming the line, when a number that we show is none
Result<void> ParseBtrfsCommits(std::string_view text, BtrfsCommits& out);

// Pure: bytes of disk for a byte of data in blocks of this profile, on so many devices: "raid1"
// → 2. 0 for a profile that we do not know.
double BtrfsRatio(std::string_view profile, std::size_t devices);

// source: https://btrfs.readthedocs.io/en/latest/ch-sysfs.html, /sys/fs/btrfs/<uuid>/
//
// A slow collector: the devices' errors are behind a lock that a commit holds while it writes.
class BtrfsCollector final : public Collector {
 public:
  using ReadDevices = Result<BtrfsDevices> (*)(const std::string& mount_point);

  explicit BtrfsCollector(const CollectorEnv& env, ReadDevices read_devices = ReadBtrfsDevices)
      : root_(env.root), read_devices_(read_devices) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Ratio {
    std::string kind, profile;
    double value;
  };
  struct SysfsDevice {
    std::string name;
    HostFile size;  // in sectors
  };
  struct FileSystem {
    std::string folder;  // its name in /sys/fs/btrfs
    std::string uuid;    // as it calls itself: another one after btrfstune -m
    std::vector<Ratio> ratios;
    HostFile commits;
    std::vector<SysfsDevice> devices;
    std::vector<std::string> mount_points;  // real paths
  };

  void Scan();
  void ScanSpace(const std::string& path, FileSystem& fs);
  void ScanMounts();
  Result<void> ReportCommits(FileSystem& fs, Recorder& out);
  void ReportDevices(FileSystem& fs, Recorder& out);

  const HostRoot& root_;  // outlives the collector
  const ReadDevices read_devices_;
  std::vector<FileSystem> file_systems_;
  SysfsReadings readings_;
  ReadBuffer buffer_;
};

}  // namespace ecsward
