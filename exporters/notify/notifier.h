// Alerts reach people: takes what the rules say, keeps it, and sees it delivered.
//
// Thread-safe. A thread of its own decides and commits; each channel that has something to send
// has a thread as long as it has. Without a route nothing of it runs: no thread, no file, no
// module.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/net.h"
#include "base/result.h"
#include "exporters/notify/notification.h"
#include "exporters/notify/routing.h"
#include "exporters/notify/silence.h"
#include "exporters/notify/store.h"
#include "metrics/metric.h"

namespace ecsward::notify {

// For `ecsward_notify_…`.
struct ChannelFigures {
  std::string receiver, channel, kind;  // "ops", "ops/dingtalk[0]", "dingtalk"
  std::size_t queued = 0;
  double oldest_age_seconds = 0;
  std::uint64_t delivered = 0, duplicates_possible = 0;  // the latter: sent again though unclear
  std::uint64_t retries = 0, refused = 0, merged = 0, fallbacks = 0, buried = 0;
  std::vector<std::pair<std::string, std::uint64_t>> failures;  // by reason
  std::int64_t budget_used_day = 0, budget_used_month = 0, budget_day = 0, budget_month = 0;
  double last_success_unix_seconds = 0;
};
struct NotifierFigures {
  bool on = false;
  std::size_t alerts = 0, groups = 0, silences = 0, dead_letters = 0;
  std::uint64_t store_failures = 0, heartbeats = 0, heartbeat_failures = 0;
  double heartbeat_last_success_unix_seconds = 0;
  std::vector<ChannelFigures> channels;
};

class Notifier {
 public:
  struct Surroundings {
    std::string state_directory;
    // Called once, when something is to be sent. errors: as LoadNetwork
    std::function<Result<Network*>()> network;
    LabelPairs host;  // the external labels
  };
  // Both outlive this.
  Notifier(const Clock& clock, const Logger& log);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // Starts, changes or ends it; queues stay. A channel that is gone with letters in its queue
  // delivers them to the dead letters.
  void Configure(RoutingConfig config, Surroundings surroundings);

  // From the sampler's thread: returns at once. `make` is called in the notifier's thread.
  using AlertMaker = std::function<NotifiedAlert()>;
  void Post(AlertMaker make);
  // An alert that fires on has another value or text: not worth a write to the disk.
  void Refresh(AlertMaker make);
  void PostPicture(std::vector<std::uint64_t> firing);  // all that fire, now and then
  bool on() const;                                      // Post would be heard
  // Whether all that was posted before is committed, within that time.
  bool Settle(std::chrono::milliseconds patience);

  // --- the control socket's questions; they may wait for the disk ---
  Result<std::string> AddSilence(Silence silence);  // its id
  Result<void> ExpireSilence(std::string_view id);
  std::vector<Silence> Silences() const;
  // To all channels of the receiver: a drill's id and its channel, each.
  Result<std::vector<std::pair<std::string, std::string>>> Drill(std::string_view receiver);
  std::vector<AlertVerdict> Verdicts(const std::vector<LabelPairs>& alerts) const;
  std::vector<Letter> Queue(std::size_t limit) const;
  Result<std::vector<DeadLetter>> DeadLetters(std::size_t limit) const;

  NotifierFigures Figures() const;

  // What is committed stays for the next start. False: something did not end in time.
  bool Stop(std::chrono::milliseconds patience);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ecsward::notify
