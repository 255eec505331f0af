#include "exporters/notify/delivery/lane_workers.h"

#include <algorithm>
#include <utility>

namespace ecsward::notify {

void LaneWorkers::Wake(const std::shared_ptr<Lane>& lane) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  Reap();
  Seat& seat = seats_[lane.get()];
  if (seat.worker == nullptr) {
    seat.lane = lane;
    seat.worker = std::make_unique<Worker>([lane = lane.get()] { return lane->Step(); }, kLinger);
  }
  if (seat.worker->Wake()) return;
  starved_ = true;
  if (!std::exchange(said_, true)) log_.LogError("the system gives no thread; notifications wait");
}

bool LaneWorkers::TakeStarved() {
  const std::lock_guard lock(mutex_);
  return std::exchange(starved_, false);
}

// Threads that have ended, of lanes without letters: such a lane may be gone for good.
void LaneWorkers::Reap() {
  std::erase_if(seats_, [](const auto& of) {
    return !of.second.worker->running() && of.second.lane->empty();
  });
}

void LaneWorkers::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& [lane, seat] : seats_) seat.worker->AskToStop();
}

std::vector<Worker*> LaneWorkers::All() {
  const std::lock_guard lock(mutex_);
  std::vector<Worker*> all;
  for (const auto& [lane, seat] : seats_) all.push_back(seat.worker.get());
  return all;
}

bool LaneWorkers::WaitUntil(std::chrono::steady_clock::time_point deadline) {
  const auto all = All();
  return std::all_of(all.begin(), all.end(),
                     [&](Worker* worker) { return worker->WaitUntil(deadline); });
}

void LaneWorkers::LeaveBehind() {
  for (Worker* worker : All()) worker->LeaveBehind();
}

}  // namespace ecsward::notify
