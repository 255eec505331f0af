// The notifier without its threads: alerts go in, letters come out and are committed. Whoever calls
// Turn when it asks to, and each lane's Step, is a notifier; the tests do it in virtual time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "exporters/notify/delivery/lanes.h"
#include "exporters/notify/delivery/outbox.h"
#include "exporters/notify/delivery/post_box.h"
#include "exporters/notify/delivery/steady_time.h"
#include "exporters/notify/dispatcher.h"

namespace ecsward::notify {

// One thread at a time, but for Fill.
class Desk {
 public:
  // Alerts that one turn takes: what is committed at once, and held twice for a moment.
  static constexpr std::size_t kMaxAtOnce = 1'000;
  static constexpr std::chrono::milliseconds kLookAtClock{15'000};  // who knows who sets it
  static constexpr std::chrono::milliseconds kRetryStore{5'000};
  static constexpr std::chrono::milliseconds kForget{3'600'000};

  // `box`, `clock` and `log` outlive this. `random` as DeliveryQueue has it, thread-safe.
  Desk(const std::string& state_directory, PostBox& box, const Clock& clock, const Logger& log,
       std::function<double()> random);
  ~Desk();
  void SetWake(Lanes::Wake wake) { wake_ = std::move(wake); }  // before Configure

  // The first time it begins with what the last run left. It has a route.
  void Configure(RoutingConfig config, LabelPairs host, const Lanes::Make& make);

  const Lanes& lanes() const { return *lanes_; }
  // Nothing is sent until the next Configure; what is in the queues stays there.
  void Rest();
  // Every lane that has letters.
  void WakeAll();

  // Does what is due. How long to wait for the next, unless something is posted.
  std::chrono::milliseconds Turn();

  Result<std::string> AddSilence(Silence silence);
  Result<void> ExpireSilence(std::string_view id);
  const std::vector<Silence>& silences() const { return silences_; }
  Result<std::vector<std::pair<std::string, std::string>>> Drill(std::string_view receiver);
  AlertVerdict VerdictOf(const LabelPairs& labels) const;
  Result<std::vector<Letter>> Queue(std::size_t limit) { return outbox_.First(limit); }
  Result<std::vector<DeadLetter>> DeadLetters(std::size_t limit) {
    return outbox_.DeadLetters(limit);
  }

  void Fill(NotifierFigures& figures) const;

 private:
  void Take(std::int64_t now_ms);
  void Tell(Dispatcher::Due due);
  void ForgetOld(std::int64_t now_ms);
  void SilencesChanged();

  const SteadyTime time_;
  PostBox& box_;
  Outbox outbox_;
  Lanes::Wake wake_;
  std::unique_ptr<Lanes> lanes_;
  std::unique_ptr<Dispatcher> dispatcher_;
  RoutingConfig config_;
  LabelPairs host_;
  std::vector<Silence> silences_;
  JumpWatch jumps_;
  std::int64_t forget_at_ms_ = 0;  // by the steady time
  std::atomic<std::size_t> alerts_{0}, groups_{0}, silence_count_{0};
};

}  // namespace ecsward::notify
