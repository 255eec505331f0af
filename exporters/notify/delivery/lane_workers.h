// A thread for each lane that has letters, as long as it has them.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/log.h"
#include "exporters/notify/delivery/lane.h"
#include "exporters/notify/delivery/worker.h"

namespace ecsward::notify {

// Thread-safe.
class LaneWorkers {
 public:
  // How long a thread waits for another letter before it ends.
  static constexpr std::chrono::milliseconds kLinger{10'000};

  explicit LaneWorkers(const Logger& log) : log_(log) {}

  void Wake(const std::shared_ptr<Lane>& lane);
  // A lane was left without a thread since this was last asked: it is to be woken again.
  bool TakeStarved();

  // Threads end after what they are doing, and none begins any more.
  void Close();
  bool WaitUntil(std::chrono::steady_clock::time_point deadline);
  void LeaveBehind();

 private:
  struct Seat {
    std::shared_ptr<Lane> lane;
    std::unique_ptr<Worker> worker;
  };
  void Reap();
  std::vector<Worker*> All();

  const Logger& log_;
  std::mutex mutex_;  // guards the rest
  std::map<const Lane*, Seat> seats_;
  bool closed_ = false, starved_ = false, said_ = false;
};

}  // namespace ecsward::notify
