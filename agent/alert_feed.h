// The rules' alerts on their way to the notifier.
//
// Sampler's thread, under the rules' mutex. What it does there is next to nothing: an alert is
// shared, not copied, and made into what is told in the notifier's own thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "exporters/notify/notifier.h"
#include "metrics/labels.h"
#include "rules/rule_engine.h"

namespace ecsward {

class AlertFeed {
 public:
  // How often values and texts of alerts that fire on are told anew, so that a notification has
  // them as they are now; and how many of them in one tick.
  static constexpr std::int64_t kRefreshEveryMs = 15'000;
  static constexpr std::size_t kRefreshAtOnce = 64;

  // Outlives this.
  explicit AlertFeed(notify::Notifier& notifier) : notifier_(notifier) {}

  void Configure(LabelPairs external_labels, std::string external_url);
  void Told(const AlertChange& change);
  // After each tick in which rules may be asked; null: there are none.
  void OnTick(const RuleEngine* engine, std::int64_t now_ms);
  // The notifier is to hear of all alerts again: after a start or a reload.
  void TellAll() { told_all_ = false; }
  void Shift(std::int64_t delta_ms) { refresh_at_ms_ += delta_ms; }

 private:
  struct Sender {
    LabelPairs labels;
    std::string url;
  };
  void Post(std::shared_ptr<const RuleAlert> alert, bool refresh);

  notify::Notifier& notifier_;
  std::shared_ptr<const Sender> sender_ = std::make_shared<const Sender>();
  bool told_all_ = false;
  std::int64_t refresh_at_ms_ = 0;
  std::size_t refreshed_ = 0;  // of this round
};

}  // namespace ecsward
