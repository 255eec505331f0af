// A thread that does steps as long as there are any: of a lane, of the notifier itself.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace ecsward::notify {

// Thread-safe.
class Worker {
 public:
  // Does one thing. How long to wait for the next; nothing: until Wake.
  using Step = std::function<std::optional<std::chrono::milliseconds>()>;

  // Without anything to do for `linger` the thread ends; the next Wake starts another.
  Worker(Step step, std::chrono::milliseconds linger) : step_(std::move(step)), linger_(linger) {}
  ~Worker();  // it has ended, or was left behind
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // There is something to do. False: the system gives no thread.
  bool Wake();
  // No further step begins, and no thread.
  void AskToStop();
  // Whether it has ended by then.
  bool WaitUntil(std::chrono::steady_clock::time_point deadline);
  bool running() const;
  // It did not end in time: this, and what the step uses, must stay alive.
  void LeaveBehind();

 private:
  void Loop();

  const Step step_;
  const std::chrono::milliseconds linger_;
  mutable std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  std::thread thread_;
  bool running_ = false, woken_ = false, stop_ = false;
};

}  // namespace ecsward::notify
