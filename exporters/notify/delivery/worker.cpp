#include "exporters/notify/delivery/worker.h"

#include <system_error>

namespace ecsward::notify {

Worker::~Worker() {
  if (thread_.joinable()) thread_.join();
}

bool Worker::Wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  if (stop_) return true;
  if (running_) {
    changed_.notify_all();
    return true;
  }
  if (thread_.joinable()) thread_.join();  // it has ended
  try {
    thread_ = std::thread([this] { Loop(); });
  } catch (const std::system_error&) {
    return false;
  }
  running_ = true;
  return true;
}

void Worker::AskToStop() {
  const std::lock_guard lock(mutex_);
  stop_ = true;
  changed_.notify_all();
}

bool Worker::WaitUntil(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [this] { return !running_; });
}

bool Worker::running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

void Worker::LeaveBehind() {
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) thread_.detach();
}

void Worker::Loop() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    woken_ = false;
    lock.unlock();
    const auto wait = step_();
    lock.lock();
    const bool called =
        changed_.wait_for(lock, wait.value_or(linger_), [this] { return woken_ || stop_; });
    if (!called && !wait) break;  // nothing to do, for long enough
  }
  running_ = false;
  changed_.notify_all();
}

}  // namespace ecsward::notify
