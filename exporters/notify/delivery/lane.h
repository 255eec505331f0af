// One channel at work: takes from its queue, sends, and writes down what became of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "exporters/notify/channel.h"
#include "exporters/notify/delivery/outbox.h"
#include "exporters/notify/delivery/queue.h"
#include "exporters/notify/delivery/steady_time.h"
#include "exporters/notify/notifier.h"

namespace ecsward::notify {

class Lane;

// What a lane cannot do alone. Called without the lane's lock, from the lane's thread.
class LaneOffice {
 public:
  virtual ~LaneOffice() = default;
  // To the fallback. Those that stay (the disk fails, and memory is used up) are given back.
  virtual std::vector<QueuedLetter> Move(Lane& from, std::vector<QueuedLetter> letters) = 0;
  // Four fifths of its budget are used up.
  virtual void WarnOfBudget(Lane& lane) = 0;
};

// What all lanes share; it outlives them.
struct LaneWorld {
  Outbox* outbox = nullptr;
  LaneOffice* office = nullptr;
  const SteadyTime* time = nullptr;
  const Logger* log = nullptr;
  std::function<double()> random;  // thread-safe
};

// Thread-safe, but Step is one thread's.
class Lane {
 public:
  Lane(std::string receiver, std::string name, std::string key, std::string_view kind,
       const LaneWorld& world);

  // The channel and its rules, at the start and after a reload; what is being sent is sent with the
  // old one.
  void Configure(std::shared_ptr<Channel> channel, QueueRules rules);
  void Restore(std::vector<QueuedLetter> letters, const Spent& spent);
  void Push(std::vector<QueuedLetter> letters);
  // The configuration has no such channel any more: what is in the queue is buried.
  void Close();
  // Nothing leaves the queue meanwhile.
  void Pause(bool paused);
  void ForEachLetter(const std::function<void(QueuedLetter&)>& change);

  // Does one thing, which may take as long as sending does. How long to wait for the next; nothing:
  // until something is pushed.
  std::optional<std::chrono::milliseconds> Step();

  bool empty() const;
  ChannelFigures Figures() const;
  const std::string& receiver() const { return receiver_; }
  const std::string& name() const { return name_; }  // "dingtalk[0]"
  const std::string& key() const { return key_; }    // "ops/dingtalk[0]"

 private:
  void Send(const QueueStep& step, Channel* channel, const Spent& spent);
  void Conclude(const Delivery& delivery, std::size_t sent, std::size_t lost);
  std::chrono::milliseconds Move(QueueStep step);  // how long to wait then
  void Bury(const std::vector<QueuedLetter>& letters, std::string_view why);
  void Say(LogLevel level, std::string_view message, Logger::Fields details = {}) const;
  void SayHowItWent(const Delivery& delivery, int failures_before);

  const std::string receiver_, name_, key_;
  const LaneWorld& world_;

  mutable std::mutex mutex_;  // guards the rest
  std::shared_ptr<Channel> channel_;
  DeliveryQueue queue_;
  ChannelFigures figures_;  // what is counted
  std::map<std::string, std::uint64_t, std::less<>> failures_;
  bool closed_ = false, paused_ = false;
  std::string desired_;  // what the last delivery left to be desired; the worker's thread only
  std::string said_;     // why letters last left for elsewhere: it is said when it changes
};

// Several letters as one message.
Notification Merge(std::vector<Letter> letters);

}  // namespace ecsward::notify
