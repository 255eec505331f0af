#include "collectors/filesystem.h"

#include <poll.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace ecsward {
namespace {

constexpr auto kGauge = MetricType::kGauge;
constexpr std::string_view kLabels = "device,mountpoint,fstype";
constexpr Metric kSize{"node_filesystem_size_bytes", "Size of the file system.", kGauge, kLabels};
constexpr Metric kFree{"node_filesystem_free_bytes", "Free space, the part kept for root included.",
                       kGauge, kLabels};
constexpr Metric kAvail{"node_filesystem_avail_bytes",
                        "Free space for users other than root, in bytes.", kGauge, kLabels};
constexpr Metric kFiles{"node_filesystem_files", "Inodes there are room for.", kGauge, kLabels};
constexpr Metric kFilesFree{"node_filesystem_files_free", "Inodes not in use.", kGauge, kLabels};
constexpr Metric kReadonly{"node_filesystem_readonly", "Whether it is mounted read-only.", kGauge,
                           kLabels};
constexpr Metric kDeviceError{"node_filesystem_device_error",
                              "Whether the file system failed to tell its size, or to tell it in "
                              "time.",
                              kGauge, kLabels};

// A question to a file server costs it a call, from every host it serves.
constexpr std::chrono::seconds kAskEvery{5};
// A file system that makes itself read-only after an error wakes nobody.
constexpr std::chrono::seconds kReadEvery{5};
// So that the first scrape has the network mounts too.
constexpr std::chrono::milliseconds kFirstWait{20};

}  // namespace

FilesystemCollector::FilesystemCollector(const CollectorEnv& env, const CollectorOptions& options)
    : root_(env.root),
      kernel_(env.kernel),
      mount_points_(options.String("mount_points_include"), options.String("mount_points_exclude")),
      fs_types_(options.String("fs_types_include"), options.String("fs_types_exclude")),
      timeout_(options.Duration("mount_timeout")),
      table_(env.root.File(Tree::kProc, "1/mountinfo")) {}

Result<void> FilesystemCollector::Collect(const Tick& tick, Recorder& out) {
  auto refreshed =
      RefreshTable(tick.mono);  // where it fails, the mounts known so far are still worth asking
  AskGuards(tick.mono);
  for (Entry& entry : entries_) Emit(entry, tick.mono, out);
  return refreshed;
}

Result<void> FilesystemCollector::RefreshTable(MonoTime now) {
  if (TableUnchanged(now)) return {};
  next_read_ = now + kReadEvery;
  auto text = ReadTable();
  if (!text) return std::move(text).error();
  if (*text == text_) return {};
  auto mounts = ParseMounts(*text);
  if (!mounts) {
    text_.clear();
    return std::move(mounts).error().Context(table_.path());
  }
  text_ = *text;
  Use(std::move(*mounts));
  return {};
}

// The kernel's mount tables wake poll(2) when a mount has come or gone since the poll before (or
// since the file was opened). A copy of one, as in a test, does not.
bool FilesystemCollector::TableUnchanged(MonoTime now) const {
  if (now >= next_read_ || !root_.live() || table_.fd() < 0 || text_.empty()) return false;
  pollfd changed{.fd = table_.fd(), .events = POLLPRI, .revents = 0};
  return ::poll(&changed, 1, 0) == 0;
}

Result<std::string_view> FilesystemCollector::ReadTable() {
  auto text = table_.Read(buffer_);
  if (text || own_table_) return text;
  HostFile own = root_.File(Tree::kProc, "self/mountinfo");  // hidepid, or a container's process 1
  auto own_text = own.Read(buffer_);
  if (!own_text) return text;
  table_ = std::move(own);
  own_table_ = true;
  return own_text;
}

void FilesystemCollector::Use(std::vector<Mount> mounts) {
  const std::vector<bool> may_wait = MayWait(mounts);
  std::vector<Entry> old = std::exchange(entries_, {});
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> places;
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    Mount& mount = mounts[i];
    mount.mount_point = WithoutRoot(mount.mount_point, root_.paths().rootfs);
    if (!mount_points_.Takes(mount.mount_point) || !fs_types_.Takes(mount.fs_type)) continue;

    Entry entry;
    entry.path = root_.Path(Tree::kRoot, mount.mount_point);
    if (may_wait[i]) {
      // A mount that is still there keeps its guard: its answer, and its thread should that hang.
      const auto same = std::find_if(old.begin(), old.end(), [&](const Entry& e) {
        return e.guard != nullptr && e.mount.id == mount.id && e.path == entry.path;
      });
      if (same != old.end()) {
        entry.guard = std::move(same->guard);
        entry.next_ask = same->next_ask;
      } else {
        entry.guard =
            std::make_unique<MountGuard>(kernel_.DetachedStatFs(), entry.path, timeout_, threads_);
      }
    }
    const auto [place, fresh] =
        places.try_emplace({mount.device, mount.mount_point, mount.fs_type}, entries_.size());
    entry.mount = std::move(mount);
    if (fresh) {
      entries_.push_back(std::move(entry));
    } else {
      entries_[place->second] = std::move(entry);  // mounted over itself: the later one is seen
    }
  }
}

void FilesystemCollector::AskGuards(MonoTime now) {
  for (Entry& entry : entries_) {
    if (entry.guard == nullptr || now < entry.next_ask) continue;
    entry.guard->Ask(now);
    entry.next_ask = now + kAskEvery;
  }
  if (!std::exchange(first_, false)) return;
  const auto until = std::chrono::steady_clock::now() + kFirstWait;
  for (const Entry& entry : entries_) {
    if (entry.guard != nullptr) entry.guard->WaitUntil(until);
  }
}

// False when there is no answer yet. Sets `failed`.
bool FilesystemCollector::Answer(Entry& entry, MonoTime now, FsUsage& usage) const {
  if (entry.guard != nullptr) {
    const MountGuard::State state = entry.guard->Look(now, usage);
    entry.failed = state == MountGuard::State::kFailed;
    return state != MountGuard::State::kNoAnswer;
  }
  if (entry.failed && now < entry.next_ask) return true;  // most likely we may not look there
  const auto answer = kernel_.StatFs(entry.path);
  entry.failed = !answer;
  entry.next_ask = now + kAskEvery;
  if (answer) usage = *answer;
  return true;
}

void FilesystemCollector::Emit(Entry& entry, MonoTime now, Recorder& out) const {
  FsUsage usage;
  if (!Answer(entry, now, usage)) return;
  const std::string_view labels[] = {entry.mount.device, entry.mount.mount_point,
                                     entry.mount.fs_type};
  out.Set(kDeviceError, labels, entry.failed ? 1 : 0);
  if (entry.failed) return;
  out.Set(kSize, labels, usage.size_bytes);
  out.Set(kFree, labels, usage.free_bytes);
  out.Set(kAvail, labels, usage.avail_bytes);
  out.Set(kFiles, labels, usage.files);
  out.Set(kFilesFree, labels, usage.files_free);
  // As the table says: our own view may be read-only (ProtectSystem=) where the host's is not.
  out.Set(kReadonly, labels, entry.mount.readonly ? 1 : 0);
}

}  // namespace ecsward
