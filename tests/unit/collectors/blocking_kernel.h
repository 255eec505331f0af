// A kernel whose StatFs hangs where the test says, as on a file server that is gone.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {

class BlockingKernel final : public FakeKernel {
 public:
  void Block(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    state_->blocked.insert(path);
  }
  void Release(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    state_->blocked.erase(path);
    state_->changed.notify_all();
  }
  // Waits until StatFs(path) has been entered `calls` times; false when that does not come.
  [[nodiscard]] bool WaitForCalls(const std::string& path, int calls) const {
    std::unique_lock lock(state_->mutex);
    return state_->changed.wait_for(lock, kPatience, [&] { return state_->calls[path] >= calls; });
  }
  int Calls(const std::string& path) const {
    const std::lock_guard lock(state_->mutex);
    return state_->calls[path];
  }

  Result<FsUsage> StatFs(const std::string& path) const override { return Call(*state_, path); }
  StatFsCall DetachedStatFs() const override {
    return [state = state_](const std::string& path) { return Call(*state, path); };
  }

 private:
  static constexpr std::chrono::seconds kPatience{60};  // a busy machine's threads start late

  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::set<std::string> blocked;
    std::map<std::string, int> calls;
  };
  static Result<FsUsage> Call(State& state, const std::string& path) {
    std::unique_lock lock(state.mutex);
    ++state.calls[path];
    state.changed.notify_all();
    state.changed.wait(lock, [&] { return !state.blocked.contains(path); });
    return FsUsage{
        .size_bytes = 1000, .free_bytes = 400, .avail_bytes = 300, .files = 10, .files_free = 5};
  }

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace ecsward
