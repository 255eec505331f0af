#include "collectors/process/host_use.h"

#include <unistd.h>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr double kSectorBytes = 512;
constexpr std::size_t kSectorsRead = 2;
constexpr std::size_t kSectorsWritten = 6;
constexpr std::size_t kMaxKnown = 4096;  // device names come and go

double BootTime(std::string_view stat_text) {
  constexpr std::string_view kLine = "\nbtime ";
  double seconds = 0;
  const auto begin = stat_text.rfind(kLine);
  if (begin == std::string_view::npos) return 0;
  stat_text.remove_prefix(begin + kLine.size());
  return ParseNumber(stat_text.substr(0, stat_text.find('\n')), seconds) ? seconds : 0;
}

}  // namespace

HostUse::HostUse(const HostRoot& root)
    : root_(root),
      stat_(root.File(Tree::kProc, "stat")),
      meminfo_(root.File(Tree::kProc, "meminfo")),
      diskstats_(root.File(Tree::kProc, "diskstats")) {}

bool HostUse::ReadCpu(Cpu& out) {
  std::string_view text;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (stat_.TryRead(buffer_, text) != 0 || !ParseCpuStat(text, ticks, cpus_)) return false;
  const auto& seconds = cpus_.all.seconds;
  out.task_seconds = seconds[kUser] + seconds[kNice] + seconds[kSystem];
  out.busy_seconds = out.task_seconds + seconds[kIrq] + seconds[kSoftirq];
  out.boot_time = BootTime(text);
  return true;
}

bool HostUse::ReadMemory(double& used_bytes) {
  std::string_view text;
  if (meminfo_.TryRead(buffer_, text) != 0 || !ParseMeminfo(text, fields_)) return false;
  double total = -1;
  double available = -1;
  for (const MemoryField& field : fields_) {
    if (field.name == "MemTotal") total = field.value;
    if (field.name == "MemAvailable") available = field.value;
  }
  used_bytes = total - available;
  return available >= 0 && used_bytes >= 0;
}

bool HostUse::IsDisk(std::string_view device) {
  const auto found = disks_.find(device);
  if (found != disks_.end()) return found->second;
  if (disks_.size() >= kMaxKnown) disks_.clear();
  // Disks made of disks, and partitions, have none: what goes through them is counted once.
  const bool disk = root_.Exists(Tree::kSys, "block/" + std::string(device) + "/device");
  disks_.emplace(device, disk);
  return disk;
}

bool HostUse::ReadDisks(double& moved_bytes) {
  std::string_view text;
  if (diskstats_.TryRead(buffer_, text) != 0 || !ParseDiskstats(text, lines_)) return false;
  moved_bytes = 0;
  for (const DiskLine& line : lines_) {
    if (!IsDisk(line.device)) continue;
    moved_bytes += (line.columns[kSectorsRead] + line.columns[kSectorsWritten]) * kSectorBytes;
  }
  return true;
}

}  // namespace ecsward
