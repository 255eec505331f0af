#include "collectors/mount_guard.h"

#include <pthread.h>

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace ecsward {

struct MountGuard::Shared {
  Shared(Kernel::StatFsCall call, std::string where, std::shared_ptr<GuardThreads> all)
      : stat_fs(std::move(call)), path(std::move(where)), threads(std::move(all)) {}

  const Kernel::StatFsCall stat_fs;
  const std::string path;
  const std::shared_ptr<GuardThreads> threads;

  std::mutex mutex;  // guards what follows; never held during the call
  std::condition_variable changed;
  bool asked = false;  // a call is wanted or on its way
  bool stop = false;   // the guard is no more
  State state = State::kNoAnswer;
  FsUsage usage;
};

MountGuard::MountGuard(Kernel::StatFsCall stat_fs, std::string path,
                       std::chrono::nanoseconds deadline, std::shared_ptr<GuardThreads> threads)
    : shared_(std::make_shared<Shared>(std::move(stat_fs), std::move(path), std::move(threads))),
      deadline_(deadline) {}

MountGuard::~MountGuard() {
  const std::lock_guard lock(shared_->mutex);
  shared_->stop = true;
  shared_->changed.notify_all();
}

void MountGuard::Ask(MonoTime now) {
  if (!started_) started_ = StartThread();
  refused_ = !started_;
  if (refused_) return;
  const std::lock_guard lock(shared_->mutex);
  if (shared_->asked) return;
  shared_->asked = true;
  asked_at_ = now;
  shared_->changed.notify_all();
}

MountGuard::State MountGuard::Look(MonoTime now, FsUsage& out) const {
  if (refused_) return State::kFailed;
  const std::lock_guard lock(shared_->mutex);
  if (shared_->asked && now - asked_at_ >= deadline_) return State::kFailed;
  if (shared_->state == State::kAnswered) out = shared_->usage;
  return shared_->state;
}

void MountGuard::WaitUntil(std::chrono::steady_clock::time_point until) const {
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait_until(lock, until, [this] { return !shared_->asked; });
}

bool MountGuard::StartThread() {
  GuardThreads& threads = *shared_->threads;
  if (threads.count.fetch_add(1) >= GuardThreads::kMost) {
    threads.count.fetch_sub(1);
    return false;
  }
  // Signals are for the program's main thread, which waits for them.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = true;
  try {
    std::thread(Run, shared_).detach();  // see the top of the header: nobody can wait for it
  } catch (const std::system_error&) {
    threads.count.fetch_sub(1);
    started = false;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started;
}

void MountGuard::Run(const std::shared_ptr<Shared>& shared) {
  pthread_setname_np(pthread_self(), "ecsward-statvfs");
  Shared& s = *shared;
  std::unique_lock lock(s.mutex);
  while (true) {
    s.changed.wait(lock, [&s] { return s.asked || s.stop; });
    if (s.stop) break;
    lock.unlock();
    const Result<FsUsage> usage = s.stat_fs(s.path);
    lock.lock();
    s.state = usage ? State::kAnswered : State::kFailed;
    if (usage) s.usage = *usage;
    s.asked = false;
    s.changed.notify_all();
  }
  s.threads->count.fetch_sub(1);
}

}  // namespace ecsward
