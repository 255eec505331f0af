#include "collectors/btrfs.h"

#include <algorithm>

#include "collectors/mount_table.h"
#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr auto kGauge = MetricType::kGauge;
constexpr auto kCounter = MetricType::kCounter;

constexpr Metric kInfo{"node_btrfs_info", "The file system's label; always 1.", kGauge,
                       "uuid,label"};
constexpr Metric kGlobalReserve{"node_btrfs_global_rsv_size_bytes",
                                "Space kept back so that files can be removed when all is full.",
                                kGauge, "uuid"};
constexpr Metric kCommits{"node_btrfs_commits_total", "Commits.", kCounter, "uuid"};
constexpr Metric kLastCommit{"node_btrfs_last_commit_seconds", "How long the last commit took.",
                             kGauge, "uuid"};
constexpr Metric kMaxCommit{"node_btrfs_max_commit_seconds", "How long the slowest commit took.",
                            kGauge, "uuid"};
constexpr Metric kCommitTime{"node_btrfs_commit_seconds_total", "Time spent in commits.", kCounter,
                             "uuid"};
constexpr Metric kReserved{"node_btrfs_reserved_bytes",
                           "Space promised to writes that are under way, by kind of block.", kGauge,
                           "uuid,block_group_type"};
constexpr std::string_view kLayout = "uuid,block_group_type,mode";
constexpr Metric kUsed{"node_btrfs_used_bytes", "Bytes in use in blocks of this kind and profile.",
                       kGauge, kLayout};
constexpr Metric kSize{"node_btrfs_size_bytes",
                       "Bytes given out to blocks of this kind and profile.", kGauge, kLayout};
constexpr Metric kRatio{"node_btrfs_allocation_ratio", "Bytes of disk that a byte of data takes.",
                        kGauge, kLayout};

constexpr std::string_view kDeviceHelp = "Size of a device of the file system.";
// Without ioctl(2) there is no telling a device's uuid.
constexpr Metric kSysfsDeviceSize{"node_btrfs_device_size_bytes", kDeviceHelp, kGauge,
                                  "uuid,device"};
constexpr Metric kDeviceSize{"node_btrfs_device_size_bytes", kDeviceHelp, kGauge,
                             "uuid,device,btrfs_dev_uuid"};
constexpr Metric kDeviceUnused{"node_btrfs_device_unused_bytes",
                               "Bytes of a device that are not given out to any kind of block.",
                               kGauge, "uuid,device,btrfs_dev_uuid"};
constexpr Metric kDeviceErrors{"node_btrfs_device_errors_total",
                               "Errors of a device, by kind, since they were reset.", kCounter,
                               "uuid,type,device,btrfs_dev_uuid"};
constexpr std::string_view kErrorTypes[] = {"write", "read", "flush", "corruption", "generation"};

constexpr std::string_view kKinds[] = {"data", "metadata", "system"};
constexpr std::string_view kFolder = "fs/btrfs";
constexpr double kSectorBytes = 512;

std::string_view BaseName(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace

Result<void> ParseBtrfsCommits(std::string_view text, BtrfsCommits& out) {
  out = {};
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    std::string_view name;
    if (!NextField(line, name)) continue;
    double* place = name == "commits"           ? &out.commits
                    : name == "last_commit_ms"  ? &out.last_seconds
                    : name == "max_commit_ms"   ? &out.max_seconds
                    : name == "total_commit_ms" ? &out.total_seconds
                                                : nullptr;
    if (place == nullptr) continue;
    if (!NextNumber(line, *place)) return LineError(number, "want a number");
    if (place != &out.commits) *place /= 1000;
  }
  return {};
}

double BtrfsRatio(std::string_view profile, std::size_t devices) {
  const auto n = static_cast<double>(devices);
  if (profile == "single" || profile == "raid0") return 1;
  if (profile == "dup" || profile == "raid1" || profile == "raid10") return 2;
  if (profile == "raid1c3") return 3;
  if (profile == "raid1c4") return 4;
  if (profile == "raid5" && devices > 1) return n / (n - 1);
  if (profile == "raid6" && devices > 2) return n / (n - 2);
  return 0;
}

void BtrfsCollector::Scan() {
  readings_.Clear();
  file_systems_.clear();
  const auto names = root_.List(Tree::kSys, kFolder);
  if (!names) return;
  for (const std::string& name : *names) {
    if (name.find('-') == std::string::npos) continue;  // "features"
    const std::string path = std::string(kFolder).append("/").append(name).append("/");
    FileSystem fs;
    fs.folder = name;
    fs.uuid = root_.ReadWord(Tree::kSys, path + "metadata_uuid");
    if (fs.uuid.empty()) fs.uuid = name;
    fs.commits = root_.File(Tree::kSys, path + "commit_stats");
    if (const auto devices = root_.List(Tree::kSys, path + "devices")) {
      for (const std::string& device : *devices) {
        std::string size = path;
        size.append("devices/").append(device).append("/size");
        fs.devices.push_back({device, root_.File(Tree::kSys, size)});
      }
    }
    std::vector<HostFile> label;
    label.push_back(root_.File(Tree::kSys, path + "label"));
    readings_.AddInfo(kInfo, {fs.uuid}, std::move(label));
    readings_.AddNumber(root_.File(Tree::kSys, path + "allocation/global_rsv_size"), kGlobalReserve,
                        1, {fs.uuid});
    ScanSpace(path + "allocation/", fs);
    file_systems_.push_back(std::move(fs));
  }
  if (!file_systems_.empty()) ScanMounts();
}

void BtrfsCollector::ScanSpace(const std::string& path, FileSystem& fs) {
  for (const std::string_view kind : kKinds) {
    const std::string folder = path + std::string(kind) + "/";
    readings_.AddNumber(root_.File(Tree::kSys, folder + "bytes_reserved"), kReserved, 1,
                        {fs.uuid, kind});
    const auto names = root_.List(Tree::kSys, folder);
    if (!names) continue;
    for (const std::string& name : *names) {
      // Folders are profiles, files are numbers of them all.
      const std::string total = folder + name + "/total_bytes";
      if (!root_.Exists(Tree::kSys, total)) continue;
      readings_.AddNumber(root_.File(Tree::kSys, folder + name + "/used_bytes"), kUsed, 1,
                          {fs.uuid, kind, name});
      readings_.AddNumber(root_.File(Tree::kSys, total), kSize, 1, {fs.uuid, kind, name});
      fs.ratios.push_back({std::string(kind), name, BtrfsRatio(name, fs.devices.size())});
    }
  }
}

// Which file system a mount belongs to is for the kernel to say: a file system of many devices is
// mounted by any of their names.
void BtrfsCollector::ScanMounts() {
  auto text = root_.ReadFile(Tree::kProc, "1/mountinfo");
  if (!text) text = root_.ReadFile(Tree::kProc, "self/mountinfo");
  if (!text) return;
  const auto mounts = ParseMounts(*text);
  if (!mounts) return;
  for (const Mount& mount : *mounts) {
    if (mount.fs_type != "btrfs") continue;
    const std::string path =
        root_.Path(Tree::kRoot, WithoutRoot(mount.mount_point, root_.paths().rootfs));
    const auto found = read_devices_(path);
    if (!found) continue;  // not ours to open; another mount of it may be
    for (FileSystem& fs : file_systems_) {
      if (fs.folder == found->uuid) fs.mount_points.push_back(path);
    }
  }
}

Result<void> BtrfsCollector::ReportCommits(FileSystem& fs, Recorder& out) {
  std::string_view text;
  if (fs.commits.TryRead(buffer_, text) != 0) return {};
  BtrfsCommits commits;
  auto parsed = ParseBtrfsCommits(text, commits);
  if (!parsed) return std::move(parsed).error().Context(fs.commits.path());
  out.Set(kCommits, {fs.uuid}, commits.commits);
  out.Set(kLastCommit, {fs.uuid}, commits.last_seconds);
  out.Set(kMaxCommit, {fs.uuid}, commits.max_seconds);
  out.Set(kCommitTime, {fs.uuid}, commits.total_seconds);
  return {};
}

void BtrfsCollector::ReportDevices(FileSystem& fs, Recorder& out) {
  for (const std::string& path : fs.mount_points) {
    const auto found = read_devices_(path);
    if (!found || found->uuid != fs.folder) continue;  // unmounted; something else may be there now
    for (const BtrfsDevice& device : found->devices) {
      const std::string_view name = BaseName(device.path);
      out.Set(kDeviceSize, {fs.uuid, name, device.uuid}, device.size_bytes);
      out.Set(kDeviceUnused, {fs.uuid, name, device.uuid}, device.size_bytes - device.used_bytes);
      for (std::size_t i = 0; device.has_errors && i < device.errors.size(); ++i) {
        out.Set(kDeviceErrors, {fs.uuid, kErrorTypes[i], name, device.uuid}, device.errors[i]);
      }
    }
    return;
  }
  for (SysfsDevice& device : fs.devices) {
    std::string_view text;
    double sectors = 0;
    if (device.size.TryRead(buffer_, text) == 0 && ParseNumber(Trim(text), sectors)) {
      out.Set(kSysfsDeviceSize, {fs.uuid, device.name}, sectors * kSectorBytes);
    }
  }
}

Result<void> BtrfsCollector::Collect(const Tick& tick, Recorder& out) {
  if (readings_.ScanIsDue(tick)) Scan();
  if (file_systems_.empty()) return Fail(ErrorCode::kNotSupported, "no Btrfs file system");
  readings_.Report(out);
  Result<void> result;
  for (FileSystem& fs : file_systems_) {
    for (const Ratio& ratio : fs.ratios) {
      out.Set(kRatio, {fs.uuid, ratio.kind, ratio.profile}, ratio.value);
    }
    if (auto ok = ReportCommits(fs, out); !ok) result = std::move(ok);
    ReportDevices(fs, out);
  }
  return result;
}

}  // namespace ecsward
