// Every alert is known once, by its fingerprint, and stands in the groups that its routes lead to.
// Each group has one timer: first group_wait, then group_interval, and a queue of all timers says
// what is due. When a group's time comes, the stages decide what is told (flush_stages.h), and
// alerts that are over leave the group; who is in no group any more is forgotten.
//
// source: Alertmanager 0.25, which tests/e2e/alertmanager_parity.test.mjs runs beside this
#include "exporters/notify/dispatcher.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "exporters/notify/alert_group.h"
#include "exporters/notify/flush_stages.h"
#include "exporters/notify/inhibition.h"
#include "exporters/notify/route_match.h"
#include "exporters/notify/told_log.h"

namespace ecsward::notify {
namespace {

// Alertmanager looks for empty groups every 30 seconds. Until then a group keeps its tick: an alert
// that fires again waits for it, and does not begin with a group_wait.
constexpr std::int64_t kSweepMs = 30'000;
constexpr std::int64_t kForgetMs = 900'000;
// What was told before the start, as long as no alert has shown which route it is of.
constexpr std::chrono::hours kKeepRestored{120};

// The next beat after `now`, of those that are `every` apart and one of which is `beat`.
std::int64_t NextBeat(std::int64_t beat, std::int64_t every, std::int64_t now) {
  return beat > now ? beat : beat + ((now - beat) / every + 1) * every;
}

}  // namespace

class Dispatcher::Impl {
 public:
  explicit Impl(RoutingConfig config) : config_(std::move(config)) {}

  void Configure(RoutingConfig config, std::int64_t now_ms);
  void Restore(std::vector<NotifiedAlert> alerts,
               std::vector<std::pair<std::string, ToldEntry>> told, std::int64_t now_ms);
  void Update(NotifiedAlert alert, std::int64_t now_ms);
  std::vector<NotifiedAlert> Reconcile(const std::vector<std::uint64_t>& firing,
                                       std::int64_t now_ms);
  Due RunDue(std::int64_t now_ms);
  std::optional<std::int64_t> NextDueMs() const;
  void Shift(std::int64_t delta_ms);
  AlertVerdict VerdictOf(const LabelPairs& labels, std::int64_t now_ms) const;

  std::vector<Silence> silences;
  std::size_t alerts() const { return alerts_.size(); }
  std::size_t groups() const { return groups_.size(); }

 private:
  void Begin(std::int64_t now_ms);
  void Insert(KnownAlert& known, std::int64_t now_ms);
  AlertGroup& GroupFor(RoutedTo to, std::int64_t now_ms);
  std::optional<std::int64_t> LastToldMs(const AlertGroup& group);
  void LetGo(std::uint64_t fingerprint);
  void DropResolved(AlertGroup& group);
  void Sweep();

  RoutingConfig config_;
  Inhibition inhibition_{config_.inhibit_rules};
  TimeZones zones_;
  ToldLog told_;
  bool restoring_ = false;

  // Both keep their elements where they are: groups and alerts point at each other.
  std::unordered_map<std::uint64_t, KnownAlert> alerts_;
  std::map<std::pair<const Route*, std::string>, AlertGroup> groups_;
  FlushQueue queue_;
  std::uint64_t groups_made_ = 0;
  std::vector<AlertGroup*> empty_groups_;            // or were when they came here
  std::vector<std::uint64_t> forgotten_;             // to be told by the next RunDue
  std::int64_t sweep_at_ms_ = 0, forget_at_ms_ = 0;  // 0: no moment is known yet
};

void Dispatcher::Impl::Begin(std::int64_t now_ms) {
  if (sweep_at_ms_ != 0) return;
  sweep_at_ms_ = now_ms + kSweepMs;
  forget_at_ms_ = now_ms + kForgetMs;
}

void Dispatcher::Impl::Configure(RoutingConfig config, std::int64_t now_ms) {
  Begin(now_ms);
  queue_.Clear();
  groups_.clear();
  empty_groups_.clear();
  config_ = std::move(config);
  inhibition_ = Inhibition(config_.inhibit_rules);
  zones_ = TimeZones();  // they may have been updated, too

  std::vector<KnownAlert*> sorted;
  sorted.reserve(alerts_.size());
  for (auto& [fingerprint, known] : alerts_) sorted.push_back(&known);
  std::sort(sorted.begin(), sorted.end(), [](const KnownAlert* a, const KnownAlert* b) {
    return std::pair(a->alert.starts_at_ms, a->fingerprint) <
           std::pair(b->alert.starts_at_ms, b->fingerprint);
  });
  for (KnownAlert* known : sorted) {
    known->groups.clear();
    if (!known->resolved()) inhibition_.Add(known->fingerprint, known->alert.labels);
    Insert(*known, now_ms);
  }
}

void Dispatcher::Impl::Restore(std::vector<NotifiedAlert> alerts,
                               std::vector<std::pair<std::string, ToldEntry>> told,
                               std::int64_t now_ms) {
  Begin(now_ms);
  for (auto& line : told) {
    ToldEntry& entry = line.second;
    // The clock may have been set while nobody was there to move the entry with it.
    entry.at_ms = std::min(entry.at_ms, now_ms);
    std::sort(entry.firing.begin(), entry.firing.end());
    std::sort(entry.resolved.begin(), entry.resolved.end());
    told_.Put(std::move(line.first), std::move(entry), kKeepRestored);
  }
  restoring_ = true;
  for (NotifiedAlert& alert : alerts) {
    const std::uint64_t fingerprint = Fingerprint(alert.labels);
    KnownAlert& known = alerts_[fingerprint];
    known.fingerprint = fingerprint;
    known.alert = std::move(alert);
    known.alert.ends_at_ms = std::min(known.alert.ends_at_ms, now_ms);
    known.named_at_ms = now_ms;
    if (!known.resolved()) inhibition_.Add(fingerprint, known.alert.labels);
    Insert(known, now_ms);
  }
  restoring_ = false;
}

void Dispatcher::Impl::Update(NotifiedAlert alert, std::int64_t now_ms) {
  Begin(now_ms);
  // By the source's clock it may be over a moment later than by ours: it is over.
  alert.ends_at_ms = std::min(alert.ends_at_ms, now_ms);
  const std::uint64_t fingerprint = Fingerprint(alert.labels);
  const auto it = alerts_.find(fingerprint);
  if (it == alerts_.end() && alert.ends_at_ms != 0) return;
  KnownAlert& known = it == alerts_.end() ? alerts_[fingerprint] : it->second;
  known.fingerprint = fingerprint;
  known.alert = std::move(alert);
  known.named_at_ms = now_ms;
  if (known.resolved()) {
    inhibition_.Remove(fingerprint, known.alert.labels);
    if (known.groups.empty()) LetGo(known.fingerprint);
    return;  // it stands in all groups that have not yet told that it is over
  }
  inhibition_.Add(fingerprint, known.alert.labels);
  Insert(known, now_ms);
}

// Puts the alert into the groups of its routes, into those that it left as well.
void Dispatcher::Impl::Insert(KnownAlert& known, std::int64_t now_ms) {
  if (config_.route) {
    for (RoutedTo& to : RoutesOf(*config_.route, known.alert.labels)) {
      AlertGroup& group = GroupFor(std::move(to), now_ms);
      if (std::find(known.groups.begin(), known.groups.end(), &group) == known.groups.end()) {
        known.groups.push_back(&group);
        group.alerts.push_back(&known);
      }
      // What has been going on for longer than the wait need not wait: as after a restart.
      if (!group.flushed && known.alert.starts_at_ms + group.route->group_wait.count() < now_ms &&
          now_ms < group.due_ms) {
        queue_.Move(group, now_ms);
      }
    }
  }
  if (known.groups.empty() && known.resolved()) LetGo(known.fingerprint);
}

AlertGroup& Dispatcher::Impl::GroupFor(RoutedTo to, std::int64_t now_ms) {
  std::string key = GroupKey(to);
  const auto [it, made] = groups_.try_emplace({to.route, key});
  AlertGroup& group = it->second;
  if (!made) return group;
  group.route = to.route;
  group.receiver = config_.Find(to.route->receiver);
  group.key = std::move(key);
  group.labels = std::move(to.group_labels);
  group.number = groups_made_++;
  std::int64_t due_ms = now_ms + group.route->group_wait.count();
  if (restoring_) {
    if (const auto told_ms = LastToldMs(group)) {
      group.flushed = true;
      due_ms = std::max(now_ms, *told_ms + group.route->group_interval.count());
    }
  }
  queue_.Push(group, due_ms);
  return group;
}

// What was told of a group before the start; now it is known, too, how long that is to be kept.
std::optional<std::int64_t> Dispatcher::Impl::LastToldMs(const AlertGroup& group) {
  std::optional<std::int64_t> last;
  if (group.receiver == nullptr) return last;
  for (const ChannelConfig& channel : group.receiver->channels) {
    const std::string key = ToldLog::Key(ChannelKey(group.receiver->name, channel), group.key);
    const ToldEntry* entry = told_.Find(key);
    if (entry == nullptr) continue;
    last = std::max(last.value_or(entry->at_ms), entry->at_ms);
    told_.Put(key, ToldEntry(*entry), KeepTold(*group.route));
  }
  return last;
}

void Dispatcher::Impl::LetGo(std::uint64_t fingerprint) {
  forgotten_.push_back(fingerprint);
  alerts_.erase(fingerprint);
}

std::vector<NotifiedAlert> Dispatcher::Impl::Reconcile(const std::vector<std::uint64_t>& firing,
                                                       std::int64_t now_ms) {
  for (const std::uint64_t fingerprint : firing) {
    if (const auto it = alerts_.find(fingerprint); it != alerts_.end()) {
      it->second.named_at_ms = now_ms;
    }
  }
  std::vector<std::pair<std::uint64_t, NotifiedAlert>> gone;
  for (const auto& [fingerprint, known] : alerts_) {
    if (known.resolved() || now_ms - known.named_at_ms < config_.resolve_timeout.count()) continue;
    gone.emplace_back(fingerprint, known.alert);
    gone.back().second.ends_at_ms = gone.back().second.updated_at_ms = now_ms;
  }
  std::sort(gone.begin(), gone.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<NotifiedAlert> out;
  out.reserve(gone.size());
  for (auto& [fingerprint, alert] : gone) {
    Update(alert, now_ms);
    out.push_back(std::move(alert));
  }
  return out;
}

Dispatcher::Due Dispatcher::Impl::RunDue(std::int64_t now_ms) {
  Begin(now_ms);
  Due due;
  // First: a group that gets empty now stays until the next time.
  if (sweep_at_ms_ <= now_ms) {
    Sweep();
    sweep_at_ms_ = NextBeat(sweep_at_ms_, kSweepMs, now_ms);
  }
  AlertGroup* group = queue_.front();
  if (group != nullptr && group->due_ms <= now_ms) {
    std::vector<const Silence*> active;
    for (const Silence& silence : silences) {
      if (silence.ActiveAt(now_ms)) active.push_back(&silence);
    }
    const FlushStages stages{config_, inhibition_, active, told_, zones_};
    for (; group != nullptr && group->due_ms <= now_ms; group = queue_.front()) {
      group->flushed = true;
      if (!group->alerts.empty()) {
        stages.Run(*group, now_ms, due.intents);
        DropResolved(*group);
      }
      // From when it was due, so that looking late does not add up; and never twice for what was
      // missed.
      const std::int64_t interval = std::max<std::int64_t>(1, group->route->group_interval.count());
      const std::int64_t next = group->due_ms + interval;
      queue_.Move(*group, next > now_ms ? next : now_ms + interval);
    }
  }
  if (forget_at_ms_ <= now_ms) {
    told_.ForgetOld(now_ms);
    forget_at_ms_ = NextBeat(forget_at_ms_, kForgetMs, now_ms);
  }
  due.forgotten = std::exchange(forgotten_, {});
  return due;
}

void Dispatcher::Impl::DropResolved(AlertGroup& group) {
  std::erase_if(group.alerts, [this, &group](KnownAlert* known) {
    if (!known->resolved()) return false;
    std::erase(known->groups, &group);
    if (known->groups.empty()) LetGo(known->fingerprint);
    return true;
  });
  if (group.alerts.empty() && !group.listed) {
    group.listed = true;
    empty_groups_.push_back(&group);
  }
}

void Dispatcher::Impl::Sweep() {
  for (AlertGroup* group : empty_groups_) {
    group->listed = false;
    if (!group->alerts.empty()) continue;
    queue_.Remove(*group);
    groups_.erase({group->route, std::string(group->key)});
  }
  empty_groups_.clear();
}

std::optional<std::int64_t> Dispatcher::Impl::NextDueMs() const {
  std::optional<std::int64_t> next;
  const auto consider = [&next](std::int64_t at_ms) {
    next = std::min(next.value_or(at_ms), at_ms);
  };
  if (const AlertGroup* group = queue_.front()) consider(group->due_ms);
  if (!empty_groups_.empty()) consider(sweep_at_ms_);
  if (!forgotten_.empty()) consider(0);
  return next;
}

void Dispatcher::Impl::Shift(std::int64_t delta_ms) {
  queue_.Shift(delta_ms);
  told_.Shift(delta_ms);
  // The rules move the times of their alerts in the same way: a problem does not become older.
  for (auto& [fingerprint, known] : alerts_) {
    known.named_at_ms += delta_ms;
    known.alert.starts_at_ms += delta_ms;
    known.alert.updated_at_ms += delta_ms;
    if (known.resolved()) known.alert.ends_at_ms += delta_ms;
  }
  if (sweep_at_ms_ == 0) return;
  sweep_at_ms_ += delta_ms;
  forget_at_ms_ += delta_ms;
}

AlertVerdict Dispatcher::Impl::VerdictOf(const LabelPairs& labels, std::int64_t now_ms) const {
  AlertVerdict verdict;
  for (const Silence& silence : silences) {
    if (silence.ActiveAt(now_ms) && MatchesAll(silence.matchers, labels)) {
      verdict.silenced_by.push_back(silence.id);
    }
  }
  for (const std::uint64_t source : inhibition_.SourcesOf(labels)) {
    verdict.inhibited_by.push_back(FingerprintText(source));
  }
  if (!config_.route) return verdict;
  for (const RoutedTo& to : RoutesOf(*config_.route, labels)) {
    const std::string& receiver = to.route->receiver;
    auto& receivers = verdict.receivers;
    if (std::find(receivers.begin(), receivers.end(), receiver) == receivers.end()) {
      receivers.push_back(receiver);
    }
  }
  return verdict;
}

Dispatcher::Dispatcher(RoutingConfig config) : impl_(std::make_unique<Impl>(std::move(config))) {}
Dispatcher::~Dispatcher() = default;

void Dispatcher::Configure(RoutingConfig config, std::int64_t now_ms) {
  impl_->Configure(std::move(config), now_ms);
}
void Dispatcher::Restore(std::vector<NotifiedAlert> alerts,
                         std::vector<std::pair<std::string, ToldEntry>> told, std::int64_t now_ms) {
  impl_->Restore(std::move(alerts), std::move(told), now_ms);
}
void Dispatcher::Update(NotifiedAlert alert, std::int64_t now_ms) {
  impl_->Update(std::move(alert), now_ms);
}
std::vector<NotifiedAlert> Dispatcher::Reconcile(const std::vector<std::uint64_t>& firing,
                                                 std::int64_t now_ms) {
  return impl_->Reconcile(firing, now_ms);
}
void Dispatcher::SetSilences(std::vector<Silence> silences) {
  impl_->silences = std::move(silences);
}
Dispatcher::Due Dispatcher::RunDue(std::int64_t now_ms) { return impl_->RunDue(now_ms); }
std::optional<std::int64_t> Dispatcher::NextDueMs() const { return impl_->NextDueMs(); }
void Dispatcher::Shift(std::int64_t delta_ms) { impl_->Shift(delta_ms); }
AlertVerdict Dispatcher::VerdictOf(const LabelPairs& labels, std::int64_t now_ms) const {
  return impl_->VerdictOf(labels, now_ms);
}
std::size_t Dispatcher::alerts() const { return impl_->alerts(); }
std::size_t Dispatcher::groups() const { return impl_->groups(); }

}  // namespace ecsward::notify
