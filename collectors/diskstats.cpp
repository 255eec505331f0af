#include "collectors/diskstats.h"

#include <algorithm>
#include <utility>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

struct Column {
  Metric metric;
  double scale;
};

constexpr double kSector = 512;
constexpr double kMillisecond = 1.0 / 1000;
constexpr auto kCounter = MetricType::kCounter;

// In the order of the file.
constexpr Column kColumns[] = {
    {{"node_disk_reads_completed_total", "Reads completed.", kCounter, "device"}, 1},
    {{"node_disk_reads_merged_total", "Reads merged with one next to them.", kCounter, "device"},
     1},
    {{"node_disk_read_bytes_total", "Bytes read.", kCounter, "device"}, kSector},
    {{"node_disk_read_time_seconds_total", "Seconds that all reads took together.", kCounter,
      "device"},
     kMillisecond},
    {{"node_disk_writes_completed_total", "Writes completed.", kCounter, "device"}, 1},
    {{"node_disk_writes_merged_total", "Writes merged with one next to them.", kCounter, "device"},
     1},
    {{"node_disk_written_bytes_total", "Bytes written.", kCounter, "device"}, kSector},
    {{"node_disk_write_time_seconds_total", "Seconds that all writes took together.", kCounter,
      "device"},
     kMillisecond},
    {{"node_disk_io_now", "Requests in flight.", MetricType::kGauge, "device"}, 1},
    {{"node_disk_io_time_seconds_total", "Seconds with at least one request in flight.", kCounter,
      "device"},
     kMillisecond},
    {{"node_disk_io_time_weighted_seconds_total",
      "Seconds that all requests spent in flight together.", kCounter, "device"},
     kMillisecond},
    {{"node_disk_discards_completed_total", "Discards completed.", kCounter, "device"}, 1},
    {{"node_disk_discards_merged_total", "Discards merged with one next to them.", kCounter,
      "device"},
     1},
    {{"node_disk_discarded_sectors_total", "Sectors of 512 bytes discarded.", kCounter, "device"},
     1},
    {{"node_disk_discard_time_seconds_total", "Seconds that all discards took together.", kCounter,
      "device"},
     kMillisecond},
    {{"node_disk_flush_requests_total", "Flushes completed.", kCounter, "device"}, 1},
    {{"node_disk_flush_requests_time_seconds_total", "Seconds that all flushes took together.",
      kCounter, "device"},
     kMillisecond},
};
static_assert(std::size(kColumns) == DiskLine::kColumns);

constexpr Metric kBusy{
    "ecsward_disk_busy_ratio",
    "Part of the time with at least one request in flight, over the last seconds.",
    MetricType::kGauge, "device,window,stat"};

// udev's data of a disk changes when somebody makes a file system on it, hardly ever otherwise.
constexpr std::chrono::seconds kRefreshEvery{30};

}  // namespace

Result<void> ParseDiskstats(std::string_view text, std::vector<DiskLine>& out) {
  out.clear();
  std::string_view line;
  for (int number = 1; NextLine(text, line); ++number) {
    if (Trim(line).empty()) continue;
    DiskLine disk;
    const bool named =
        NextUint(line, disk.major) && NextUint(line, disk.minor) && NextField(line, disk.device);
    if (named) {
      while (disk.column_count < DiskLine::kColumns &&
             NextNumber(line, disk.columns[disk.column_count])) {
        ++disk.column_count;
      }
    }
    if (disk.column_count < DiskLine::kOldColumns) {
      return Fail(ErrorCode::kParse, "line " + std::to_string(number) +
                                         ": want major, minor, name and at least 11 numbers");
    }
    out.push_back(disk);
  }
  return {};
}

DiskstatsCollector::DiskstatsCollector(const CollectorEnv& env, const CollectorOptions& options)
    : root_(env.root),
      file_(env.root.File(Tree::kProc, "diskstats")),
      filter_(options.String("device_include"), options.String("device_exclude")) {}

Result<void> DiskstatsCollector::Collect(const Tick& tick, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  auto parsed = ParseDiskstats(*text, lines_);
  const bool refresh = tick.mono >= next_refresh_;
  if (refresh) next_refresh_ = tick.mono + kRefreshEvery;

  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const DiskLine& line = lines_[i];
    Device& device = Find(i, line);
    if (device.disk == nullptr) continue;
    Disk& disk = *device.disk;
    if (refresh) disk.identity.Refresh(udev_buffer_);
    disk.identity.Emit(out);
    for (std::size_t c = 0; c < line.column_count; ++c) {
      out.Set(kColumns[c].metric, {device.name}, line.columns[c] * kColumns[c].scale);
    }
    if (const auto busy =
            disk.io_time.Step(tick.mono, line.columns[DiskLine::kIoTime] * kMillisecond)) {
      disk.busy.Add(tick.mono, std::min(1.0, *busy));
    }
    disk.busy.Emit(kBusy, device.name, tick.mono, out);
  }
  if (!parsed) return std::move(parsed).error().Context(file_.path());
  devices_.resize(lines_.size());
  return {};
}

// Devices keep their order, so the one that stood here on the last run is nearly always the right
// one. A device that is gone moves to the end, where Collect cuts it off.
DiskstatsCollector::Device& DiskstatsCollector::Find(std::size_t position, const DiskLine& line) {
  const auto here = devices_.begin() + static_cast<std::ptrdiff_t>(position);
  const auto found = std::find_if(here, devices_.end(), [&line](const Device& d) {
    return d.name == line.device && d.major == line.major && d.minor == line.minor;
  });
  if (found != devices_.end()) {
    if (found != here) std::iter_swap(found, here);
    return *here;
  }
  Device device{std::string(line.device), line.major, line.minor, nullptr};
  if (filter_.Takes(line.device)) {
    device.disk = std::make_unique<Disk>(
        Disk{DiskIdentity(root_, line.device, line.major, line.minor), {}, {}});
    device.disk->identity.Refresh(udev_buffer_);
  }
  return *devices_.insert(here, std::move(device));
}

}  // namespace ecsward
