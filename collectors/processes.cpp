#include "collectors/processes.h"

#include <dirent.h>

#include <cerrno>
#include <memory>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kThreads{"node_processes_threads", "Threads of all processes.",
                          MetricType::kGauge};
constexpr Metric kMaxThreads{"node_processes_max_threads", "Threads that there may be at most.",
                             MetricType::kGauge};
constexpr Metric kState{"node_processes_state", "Processes in each state.", MetricType::kGauge,
                        "state"};
constexpr Metric kThreadState{"node_processes_threads_state", "Threads in each state.",
                              MetricType::kGauge, "thread_state"};
constexpr Metric kPids{"node_processes_pids", "Processes.", MetricType::kGauge};
constexpr Metric kMaxProcesses{"node_processes_max_processes", "Highest process number.",
                               MetricType::kGauge};

}  // namespace

Result<TaskStat> ParseTaskStat(std::string_view text) {
  TaskStat stat;
  const auto name_end = text.rfind(')');
  std::string_view field;
  if (name_end == std::string_view::npos) return Fail(ErrorCode::kParse, "want a name in ()");
  text.remove_prefix(name_end + 1);
  if (!NextField(text, field) || field.size() != 1 || static_cast<unsigned char>(field[0]) > 127) {
    return Fail(ErrorCode::kParse, "want a state in field 3");
  }
  stat.state = field[0];
  for (int i = 4; i < 20; ++i) {
    if (!NextField(text, field)) return Fail(ErrorCode::kParse, "want 20 fields");
  }
  if (!NextUint(text, stat.threads)) return Fail(ErrorCode::kParse, "want a number in field 20");
  return stat;
}

ProcessesCollector::ProcessesCollector(const CollectorEnv& env)
    : proc_(env.root.Path(Tree::kProc, "")),
      max_threads_(env.root.File(Tree::kProc, "sys/kernel/threads-max")),
      max_processes_(env.root.File(Tree::kProc, "sys/kernel/pid_max")) {}

template <class Visit>
int ProcessesCollector::EachNumber(const std::string& folder, Visit visit) {
  struct CloseDir {
    void operator()(DIR* dir) const { ::closedir(dir); }
  };
  const std::unique_ptr<DIR, CloseDir> dir(::opendir(folder.c_str()));
  if (!dir) return errno;
  // readdir is safe here: the stream is this call's own.
  while (const dirent* entry = ::readdir(dir.get())) {  // NOLINT(concurrency-mt-unsafe)
    if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') visit(entry->d_name);
  }
  return 0;
}

// False when the process has gone or may not be seen.
bool ProcessesCollector::ReadStat(const std::string& folder, TaskStat& out) {
  path_.assign(folder).append("/stat");
  HostFile file(path_);
  std::string_view text;
  if (file.TryRead(buffer_, text) != 0) return false;
  const auto stat = ParseTaskStat(text);
  if (!stat) return false;
  out = *stat;
  return true;
}

void ProcessesCollector::CountThreads(const std::string& process, const std::string& pid,
                                      StateCounts& states) {
  std::string folder;
  EachNumber(process + "/task", [&](const char* thread) {
    if (pid == thread) return;  // its process has been counted
    folder.assign(process).append("/task/").append(thread);
    TaskStat stat;
    if (ReadStat(folder, stat)) ++states[static_cast<unsigned char>(stat.state)];
  });
}

Result<void> ProcessesCollector::Collect(const Tick&, Recorder& out) {
  StateCounts processes{}, threads{};
  std::uint64_t pids = 0, thread_count = 0;
  std::string folder;
  const int error = EachNumber(proc_, [&](const char* pid) {
    folder.assign(proc_).append("/").append(pid);
    TaskStat stat;
    if (!ReadStat(folder, stat)) return;
    ++pids;
    ++processes[static_cast<unsigned char>(stat.state)];
    ++threads[static_cast<unsigned char>(stat.state)];
    thread_count += stat.threads;
    if (stat.threads > 1) CountThreads(folder, pid, threads);
  });
  if (error != 0) return ErrnoError(error, proc_);

  out.Set(kPids, static_cast<double>(pids));
  out.Set(kThreads, static_cast<double>(thread_count));
  for (std::size_t i = 0; i < processes.size(); ++i) {
    const char letter = static_cast<char>(i);
    const std::string_view state(&letter, 1);
    if (processes[i] > 0) out.Set(kState, {state}, static_cast<double>(processes[i]));
    if (threads[i] > 0) out.Set(kThreadState, {state}, static_cast<double>(threads[i]));
  }
  std::string_view text;
  double limit = 0;
  if (max_threads_.TryRead(buffer_, text) == 0 && ParseNumber(Trim(text), limit)) {
    out.Set(kMaxThreads, limit);
  }
  if (max_processes_.TryRead(buffer_, text) == 0 && ParseNumber(Trim(text), limit)) {
    out.Set(kMaxProcesses, limit);
  }
  return {};
}

}  // namespace ecsward
