// Block devices: what they did, what they are, and how busy they were.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/disk_identity.h"
#include "collectors/name_filter.h"
#include "collectors/peak_gauge.h"

namespace ecsward {

inline constexpr OptionSpec kDiskstatsOptions[] = {
    {"device_exclude", OptionKind::kRegex, "^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$",
     "Devices to leave out."},
    {"device_include", OptionKind::kRegex, "",
     "Devices to take; device_exclude still applies to them."},
};

// One line of /proc/diskstats.
// source: https://docs.kernel.org/admin-guide/iostats.html
// unit:   sectors of 512 bytes, milliseconds; as in the file
// note:   the kernel counts in unsigned int or long, so columns wrap; 11 columns are there always,
//         15 since Linux 4.18 (discards), 17 since 5.5 (flushes)
struct DiskLine {
  static constexpr std::size_t kColumns = 17;
  static constexpr std::size_t kOldColumns = 11;
  static constexpr std::size_t kIoTime = 9;  // ms with at least one request in flight

  std::uint64_t major = 0, minor = 0;
  std::string_view device;  // a view of the text
  std::array<double, kColumns> columns{};
  std::size_t column_count = 0;
};

// errors: kParse naming the line that has fewer than 11 columns; the lines before it are in `out`
Result<void> ParseDiskstats(std::string_view text, std::vector<DiskLine>& out);  // refilled

class DiskstatsCollector final : public Collector {
 public:
  DiskstatsCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Disk {
    DiskIdentity identity;
    CounterRate io_time;
    PeakGauge busy;
  };
  struct Device {
    std::string name;
    std::uint64_t major = 0, minor = 0;
    std::unique_ptr<Disk> disk;  // null: left out
  };
  Device& Find(std::size_t position, const DiskLine& line);

  const HostRoot& root_;  // the sampler's, outlives the collector
  HostFile file_;
  ReadBuffer buffer_, udev_buffer_;
  NameFilter filter_;
  std::vector<DiskLine> lines_;
  std::vector<Device> devices_;  // in the order of the file
  MonoTime next_refresh_;
};

}  // namespace ecsward
