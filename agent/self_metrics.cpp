#include "agent/self_metrics.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "agent/version.h"
#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr auto kGauge = MetricType::kGauge;
constexpr auto kCounter = MetricType::kCounter;

constexpr Metric kBuildInfo{"ecsward_build_info", "What this build is; always 1.", kGauge,
                            "version,compiler"};
constexpr Metric kCpu{"ecsward_self_cpu_seconds_total", "CPU seconds the agent has used.",
                      kCounter};
constexpr Metric kResident{"ecsward_self_resident_memory_bytes", "Memory the agent holds.", kGauge};
constexpr Metric kThreads{"ecsward_self_threads", "Threads of the agent.", kGauge};
constexpr Metric kOpenFds{"ecsward_self_open_fds", "File descriptors the agent holds.", kGauge};
constexpr Metric kLevel{"ecsward_self_governor_level",
                        "How far the agent has cut its own work: 0 not at all, 1 to 3 slow "
                        "collectors run less often, 4 to 6 the tick is longer too.",
                        kGauge};
constexpr Metric kTicks{"ecsward_self_ticks_total", "Ticks that were measured.", kCounter};
constexpr Metric kMissed{"ecsward_self_ticks_missed_total",
                         "Ticks that were left out because the one before was not done.", kCounter};
constexpr Metric kTick{"ecsward_self_tick_duration_seconds", "How long the last tick took.",
                       kGauge};
constexpr Metric kTickMax{"ecsward_self_tick_duration_max_seconds",
                          "How long the longest tick of the window took.", kGauge, "window"};
constexpr Metric kReloadOk{"ecsward_config_last_reload_successful",
                           "Whether the last attempt to load the configuration worked.", kGauge};
constexpr Metric kReloadTime{"ecsward_config_last_reload_success_timestamp_seconds",
                             "When the configuration in force was loaded.", kGauge};

// The names that Prometheus's client libraries give every process; dashboards know them.
constexpr Metric kProcessCpu{"process_cpu_seconds_total", "CPU seconds this process has used.",
                             kCounter};
constexpr Metric kProcessResident{"process_resident_memory_bytes", "Resident memory.", kGauge};
constexpr Metric kProcessVirtual{"process_virtual_memory_bytes", "Virtual memory.", kGauge};
constexpr Metric kProcessStart{"process_start_time_seconds", "When this process began.", kGauge};
constexpr Metric kProcessFds{"process_open_fds", "Open file descriptors.", kGauge};
constexpr Metric kProcessMaxFds{"process_max_fds", "Most file descriptors that may be open.",
                                kGauge};

#if defined(__clang__)
constexpr std::string_view kCompiler = "clang " __clang_version__;
#else
constexpr std::string_view kCompiler = "gcc " __VERSION__;
#endif

}  // namespace

SelfMetrics::Folder::Folder(const char* path)
    : fd_(::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

SelfMetrics::Folder::~Folder() {
  if (fd_ >= 0) ::close(fd_);
}

// getdents64(2) itself: readdir(3) wants a stream, which is allocated.
std::uint64_t SelfMetrics::Folder::CountEntries() const {
  if (fd_ < 0 || ::lseek(fd_, 0, SEEK_SET) < 0) return 0;
  alignas(dirent64) std::array<char, 4096> block;
  std::uint64_t count = 0;
  for (ssize_t size = 0; (size = ::getdents64(fd_, block.data(), block.size())) > 0;) {
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      std::uint16_t length = 0;
      std::memcpy(&length, &block.at(at + offsetof(dirent64, d_reclen)), sizeof length);
      const char* const name = &block.at(at + offsetof(dirent64, d_name));
      if (*name != '.') ++count;  // numbers all; "." and ".." are not counted
      at += length;
    }
  }
  return count;
}

SelfMetrics::SelfMetrics(WallTime started, const ReloadStatus& reload)
    : started_unix_seconds_(UnixSeconds(started)), reload_(reload) {}

void SelfMetrics::Measure(MonoTime now) {
  timespec cpu = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  cpu_seconds_ = static_cast<double>(cpu.tv_sec) + static_cast<double>(cpu.tv_nsec) / 1e9;

  // source: proc(5) /proc/self/statm: size and resident, in pages
  std::string_view text;
  std::uint64_t size = 0, resident = 0;
  if (statm_.TryRead(buffer_, text) == 0 && NextUint(text, size) && NextUint(text, resident)) {
    static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    virtual_bytes_ = size * page;
    resident_bytes_ = resident * page;
  }
  if (now >= slow_due_) {
    slow_due_ = now + kSlowEvery;
    MeasureSlow();
  }
}

void SelfMetrics::MeasureSlow() {
  threads_ = tasks_.CountEntries();
  open_fds_ = fds_.CountEntries();
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) max_fds_ = limit.rlim_cur;
}

void SelfMetrics::Report(MonoTime now, const TickCounts& counts, SeriesSet& set) {
  set.BeginRun();
  Recorder out(set);
  const auto resident = static_cast<double>(resident_bytes_);
  out.Set(kBuildInfo, {kVersion, kCompiler}, 1);
  out.Set(kCpu, cpu_seconds_);
  out.Set(kResident, resident);
  out.Set(kThreads, static_cast<double>(threads_));
  out.Set(kOpenFds, static_cast<double>(open_fds_));
  out.Set(kLevel, counts.governor_level);
  out.Set(kTicks, static_cast<double>(counts.ticks));
  out.Set(kMissed, static_cast<double>(counts.missed));
  if (counts.ticks > 0) {
    const double seconds = std::chrono::duration<double>(counts.last_duration).count();
    durations_.Add(now, seconds);
    out.Set(kTick, seconds);
    WindowStats stats;
    if (durations_.Stats(now, std::chrono::seconds(60), stats)) {
      out.Set(kTickMax, {"60s"}, stats.max);
    }
  }
  out.Set(kReloadOk, reload_.successful ? 1 : 0);
  out.Set(kReloadTime, reload_.success_unix_seconds);
  out.Set(kProcessCpu, cpu_seconds_);
  out.Set(kProcessResident, resident);
  out.Set(kProcessVirtual, static_cast<double>(virtual_bytes_));
  out.Set(kProcessStart, started_unix_seconds_);
  out.Set(kProcessFds, static_cast<double>(open_fds_));
  out.Set(kProcessMaxFds, static_cast<double>(max_fds_));
  set.EndRun();
}

}  // namespace ecsward
