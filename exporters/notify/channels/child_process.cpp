// Input is a file in memory: there is no pipe that could fill up or break, and so neither a wait
// nor a SIGPIPE. The end of the process is seen through a pidfd, not through the end of its output,
// which a grandchild may hold open for ever. The group is signalled only while its leader has not
// been reaped: until then nobody else can have its number.
#include "exporters/notify/channels/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace ecsward::notify {
namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

// posix_spawn's two objects, which have to be given back.
struct SpawnPlan {
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

Result<Descriptor> FileInMemory(std::string_view content) {
  Descriptor file(::memfd_create("notification", MFD_CLOEXEC));
  if (!file) return ErrnoError(errno, "memfd_create");
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return ErrnoError(errno, "memfd");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

Result<pid_t> Spawn(const ChildCommand& command, int input, int output) {
  SpawnPlan plan;
  ::posix_spawn_file_actions_adddup2(&plan.actions, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&plan.actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&plan.actions, output, STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&plan.actions, STDERR_FILENO + 1);
  ::posix_spawn_file_actions_addchdir_np(&plan.actions, "/");
  sigset_t signals;
  ::sigfillset(&signals);
  ::posix_spawnattr_setsigdefault(&plan.attributes, &signals);
  ::sigemptyset(&signals);
  ::posix_spawnattr_setsigmask(&plan.attributes, &signals);
  ::posix_spawnattr_setpgroup(&plan.attributes, 0);
  ::posix_spawnattr_setflags(
      &plan.attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  // What the daemon may do for its collectors is not for somebody's script. Fails on old kernels,
  // which have none.
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, command.argv.front().c_str(), &plan.actions, &plan.attributes,
                    Pointers(command.argv).data(), Pointers(command.environment).data());
  if (error != 0) return ErrnoError(error, command.argv.front());
  return pid;
}

// A started process, which is reaped when this ends.
class Child {
 public:
  Child(pid_t pid, Descriptor output, std::size_t most_output)
      : pid_(pid),
        // source: pidfd_open(2), Linux 5.3; glibc has no wrapper before 2.36
        pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
        output_(std::move(output)),
        most_output_(most_output) {}

  // Whether it has ended by then. Reads what it writes meanwhile.
  bool EndsBy(Clock::time_point deadline) {
    constexpr std::chrono::milliseconds kWithoutPidfd{20};
    for (;;) {
      if (HasEnded()) {
        ReadWhatIsThere();
        return true;
      }
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
      if (left <= 0) return false;
      // poll(2) looks past negative descriptors.
      std::array<pollfd, 2> waits{{{pidfd_.get(), POLLIN, 0}, {output_.get(), POLLIN, 0}}};
      const auto wait = pidfd_ ? left : std::min<std::int64_t>(left, kWithoutPidfd.count());
      if (::poll(waits.data(), waits.size(),
                 static_cast<int>(std::min<std::int64_t>(wait, 60'000))) > 0 &&
          waits[1].revents != 0) {
        ReadWhatIsThere();
      }
    }
  }

  void SignalGroup(int signal) const { ::kill(-pid_, signal); }

  // Not before it has ended.
  ChildEnd Reap() && {
    ChildEnd end;
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    end.output = std::move(text_);
    return end;
  }

 private:
  bool HasEnded() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid_;
  }

  // Not more than a pipe holds at a time: a writer that never stops must not keep us here.
  void ReadWhatIsThere() {
    constexpr int kMostReads = 16;
    std::array<char, 4096> buffer;
    for (int i = 0; i < kMostReads && output_; ++i) {
      const ssize_t count = ::read(output_.get(), buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count == 0) output_ = Descriptor();
      if (count <= 0) return;
      const std::size_t room = most_output_ - std::min(most_output_, text_.size());
      text_.append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
    }
  }

  const pid_t pid_;
  Descriptor pidfd_, output_;
  const std::size_t most_output_;
  std::string text_;
};

}  // namespace

Result<ChildEnd> RunChild(const ChildCommand& command) {
  auto input = FileInMemory(command.input);
  if (!input) return std::move(input).error();
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return ErrnoError(errno, "pipe");
  Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  ::fcntl(reading.get(), F_SETFL, O_NONBLOCK);  // ours alone: the writer's may wait
  const auto pid = Spawn(command, input->get(), writing.get());
  if (!pid) return pid.error();
  writing = Descriptor();

  Child child(*pid, std::move(reading), command.most_output);
  if (child.EndsBy(Clock::now() + command.timeout)) return std::move(child).Reap();
  child.SignalGroup(SIGTERM);
  (void)child.EndsBy(Clock::now() + command.grace);
  child.SignalGroup(SIGKILL);  // also those that their leader left behind
  if (!child.EndsBy(Clock::now() + command.grace)) {
    // It waits in the kernel, for a dead file server perhaps. It is init's when the daemon ends.
    return Fail(ErrorCode::kTimeout, command.argv.front() + ": does not end, even when killed");
  }
  ChildEnd end = std::move(child).Reap();
  end.timed_out = true;
  return end;
}

}  // namespace ecsward::notify
