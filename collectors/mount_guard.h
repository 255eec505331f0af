// statvfs(3) of a mount that may hang: on a thread of its own, so that only that mount has to wait.
//
// The collector asks, and looks at some later tick whether there is an answer. The thread is
// started with the first question and answers one at a time; while it hangs, no other is started
// for that mount. A thread that hangs in the kernel can neither be stopped nor waited for: it
// shares its state with the guard, and ends by itself when the kernel lets it go and the guard is
// no more.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/kernel.h"

namespace ecsward {

// How many guard threads there are, hanging ones of unmounted file systems included: a server that
// hangs, is unmounted by force and mounted again, over and over, must not eat the host's threads.
struct GuardThreads {
  static constexpr int kMost = 256;
  std::atomic<int> count{0};
};

// For one thread, the collector's.
class MountGuard {
 public:
  enum class State {
    kNoAnswer,  // not yet, and the deadline has not passed either
    kAnswered,
    kFailed,  // statvfs failed, or hangs for longer than the deadline
  };

  // Starts nothing yet.
  MountGuard(Kernel::StatFsCall stat_fs, std::string path, std::chrono::nanoseconds deadline,
             std::shared_ptr<GuardThreads> threads);
  // Never waits.
  ~MountGuard();
  MountGuard(const MountGuard&) = delete;
  MountGuard& operator=(const MountGuard&) = delete;

  // Begins a call, unless one is still on its way.
  void Ask(MonoTime now);
  // The latest answer. One that comes after its deadline counts from then on.
  State Look(MonoTime now, FsUsage& out) const;
  // Waits until no call is on its way, at most until `until` (real time).
  void WaitUntil(std::chrono::steady_clock::time_point until) const;

 private:
  struct Shared;
  static void Run(const std::shared_ptr<Shared>& shared);
  bool StartThread();

  std::shared_ptr<Shared> shared_;
  std::chrono::nanoseconds deadline_;
  MonoTime asked_at_;
  bool started_ = false;
  bool refused_ = false;  // no thread could be had
};

}  // namespace ecsward
