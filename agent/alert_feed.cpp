#include "agent/alert_feed.h"

#include <limits>
#include <utility>

#include "exporters/notify/rule_alert.h"

namespace ecsward {

void AlertFeed::Configure(LabelPairs external_labels, std::string external_url) {
  sender_ =
      std::make_shared<const Sender>(Sender{std::move(external_labels), std::move(external_url)});
  TellAll();
}

void AlertFeed::Told(const AlertChange& change) {
  const AlertState now = change.now->alert.state;
  const bool resolved = now == AlertState::kInactive && change.before == AlertState::kFiring;
  if (!notifier_.on() || (now != AlertState::kFiring && !resolved)) return;
  Post(change.now, false);
}

void AlertFeed::OnTick(const RuleEngine* engine, std::int64_t now_ms) {
  if (!notifier_.on()) {
    told_all_ = false;
    return;
  }
  if (!std::exchange(told_all_, true)) {
    std::vector<std::uint64_t> fingerprints;
    if (engine != nullptr) {
      for (RuleAlert& alert : engine->Firing(0, std::numeric_limits<std::size_t>::max())) {
        const auto told = notify::FromRule(alert, sender_->labels, "");
        fingerprints.push_back(notify::Fingerprint(told.labels));
        Post(std::make_shared<const RuleAlert>(std::move(alert)), false);
      }
    }
    notifier_.PostPicture(std::move(fingerprints));
  }
  if (engine == nullptr || now_ms < refresh_at_ms_) return;
  auto some = engine->Firing(refreshed_, kRefreshAtOnce);
  refreshed_ += some.size();
  for (RuleAlert& alert : some) Post(std::make_shared<const RuleAlert>(std::move(alert)), true);
  if (some.size() < kRefreshAtOnce) {
    refreshed_ = 0;
    refresh_at_ms_ = now_ms + kRefreshEveryMs;
  }
}

void AlertFeed::Post(std::shared_ptr<const RuleAlert> alert, bool refresh) {
  auto make = [alert = std::move(alert), sender = sender_] {
    return notify::FromRule(*alert, sender->labels, sender->url);
  };
  if (refresh) {
    notifier_.Refresh(std::move(make));
  } else {
    notifier_.Post(std::move(make));
  }
}

}  // namespace ecsward
