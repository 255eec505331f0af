#include "agent/alerting.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>

#include "metrics/history_checkpoint.h"

namespace ecsward {
namespace {

constexpr auto kGauge = MetricType::kGauge;
constexpr auto kCounter = MetricType::kCounter;

constexpr Metric kLoaded{"ecsward_rules_loaded", "Rules that are loaded.", kGauge};
constexpr Metric kGroups{"ecsward_rules_groups", "Groups of rules that are loaded.", kGauge};
constexpr Metric kReloaded{"ecsward_rules_last_reload_successful",
                           "Whether the last attempt to load rules worked; when not, those before "
                           "are in force.",
                           kGauge};
constexpr Metric kEvaluations{"ecsward_rules_evaluations_total", "Rules that were evaluated.",
                              kCounter};
constexpr Metric kFailures{"ecsward_rules_evaluation_failures_total",
                           "Evaluations of rules that failed.", kCounter};
constexpr Metric kMissed{"ecsward_rules_evaluations_missed_total",
                         "Evaluations of groups that were left out because their time had passed.",
                         kCounter};
constexpr Metric kTook{"ecsward_rules_evaluation_duration_seconds",
                       "How long the groups that were due last took together.", kGauge};
constexpr Metric kAlerts{"ecsward_rules_alerts", "Alerts, by state.", kGauge, "state"};
constexpr Metric kSeries{"ecsward_history_series", "Series whose history is kept.", kGauge};
constexpr Metric kSamples{"ecsward_history_samples", "Samples in the history.", kGauge};
constexpr Metric kBytes{"ecsward_history_bytes", "Memory that the history's samples take.", kGauge};
constexpr Metric kWriteFailures{"ecsward_state_write_failures_total",
                                "Attempts to keep alerts or history on the disk that failed.",
                                kCounter};

constexpr std::int64_t kTrimEveryMs = 60'000;
// Of all groups some are due in almost every tick, and a disk need not hear of each. After a crash
// a timer is at most this much late.
constexpr std::int64_t kPostEveryMs = 2'000;

}  // namespace

Alerting::Rules::Rules(SeriesTable& table, const LabelPairs& target_labels)
    : history(labels), feed(table, history, target_labels) {}

Alerting::Alerting(SeriesTable& table, const Clock& clock, const Logger& log)
    : table_(table), clock_(clock), log_(log), own_(table.AddSet()) {}

Alerting::~Alerting() = default;

void Alerting::SetNotifier(notify::Notifier& notifier, NotifyMetrics& metrics) {
  const std::lock_guard lock(mutex_);
  feed_.emplace(notifier);
  notify_metrics_ = &metrics;
}

void Alerting::Configure(const Config& config, std::vector<RuleGroup> groups) {
  const bool loaded = !groups.empty();
  Adopt(config, std::move(groups));
  // What reading the files took, which is several times what the rules need, goes back to the host.
  if (loaded) ::malloc_trim(0);
}

void Alerting::Adopt(const Config& config, std::vector<RuleGroup> groups) {
  const std::lock_guard lock(mutex_);
  time_.SetInterval(config.collect.interval);
  if (now_ms_ == 0) now_ms_ = UnixMilliseconds(clock_.Wall());  // no tick yet
  const DaemonSettings settings = SettingsFrom(config.alerting, HostName());
  const bool same_settings = ToText(settings) == ToText(settings_);
  const bool same_target = settings.target_labels == settings_.target_labels;
  settings_ = settings;
  if (feed_) feed_->Configure(settings.rules.external_labels, settings.rules.external_url);
  if (groups.empty()) {
    if (rules_) {
      rules_->engine->Load({}, now_ms_);  // tells what is resolved by that
      Retire();
    }
    return;
  }
  SavedAlerts alerts = PictureLocked();
  if (rules_ && !same_target) Retire();
  if (!rules_) rules_ = std::make_unique<Rules>(table_, settings_.target_labels);
  const bool fresh = rules_->engine == nullptr || !same_settings;
  if (fresh) {
    CountEngine();
    rules_->engine = std::make_unique<RuleEngine>(rules_->history, settings_.rules, evidence_);
  }
  SetRuleNames(groups);
  rules_->engine->Load(std::move(groups), now_ms_);
  rules_->engine->OnChange([this](const AlertChange& change) { Told(change); });
  rules_->feed.SetNeeds(rules_->engine->Needs());
  rules_->history_version = 0;
  rules_->limit_all = true;
  if (restore_ == Restore::kNotBegun) {
    StartWriter(config.state_directory);
  } else if (fresh && restore_ == Restore::kDone) {
    alerts.evaluated_at_ms = now_ms_;  // nobody was away
    rules_->engine->Restore(alerts, now_ms_);
  }
}

// The rules' own series are known by their names; whatever else is in the history comes from the
// host.
void Alerting::SetRuleNames(const std::vector<RuleGroup>& groups) {
  rules_->recorded = {"ALERTS", "ALERTS_FOR_STATE"};
  for (const RuleGroup& group : groups) {
    for (const Rule& rule : group.rules) {
      if (!rule.record.empty()) rules_->recorded.insert(rule.record);
    }
  }
}

void Alerting::Retire() {
  CountEngine();
  rules_.reset();
}

void Alerting::CountEngine() {
  if (!rules_ || !rules_->engine) return;
  const RuleEngineFigures figures = rules_->engine->figures();
  before_.evaluations += figures.evaluations;
  before_.failures += figures.failures;
  before_.missed += figures.missed;
}

void Alerting::StartWriter(const std::string& directory) {
  restore_ = Restore::kReading;
  StateHooks hooks;
  hooks.restore = [this](SavedAlerts saved, std::string_view history) {
    return TakeRestored(std::move(saved), history);
  };
  hooks.alerts = [this] {
    const std::lock_guard lock(mutex_);
    return PictureLocked();
  };
  hooks.history = [this] {
    std::string bytes;
    {
      const std::lock_guard lock(mutex_);
      if (!rules_ || restore_ != Restore::kDone) return bytes;
      CopyCheckpoint(rules_->history, bytes);
    }
    SealCheckpoint(bytes);
    return bytes;
  };
  writer_ =
      std::make_unique<StateWriter>(directory, clock_, log_, std::move(hooks), StateWriter::Pace());
  writer_->Start();
}

// In the writer's thread.
Result<void> Alerting::TakeRestored(SavedAlerts saved, std::string_view history) {
  const std::lock_guard lock(mutex_);
  if (restore_ != Restore::kReading) return {};  // too late: the rules have begun
  restore_ = Restore::kRead;
  saved_ = std::move(saved);
  if (!rules_ || history.empty()) return {};
  auto ok = LoadCheckpoint(history, rules_->history);
  if (!ok) return ok;
  KeepWhatIsNeeded();
  // From a clock that was set back since: what is measured now would be refused as older.
  std::int64_t newest_ms = now_ms_;
  for (History::Id id = 0; id < rules_->history.id_end(); ++id) {
    if (!rules_->history.alive(id)) continue;
    newest_ms = std::max(newest_ms, rules_->history.newest_ms(id));
  }
  if (newest_ms > now_ms_) rules_->history.Shift(now_ms_ - newest_ms);
  return {};
}

// Of what the last run left, only what these rules read.
void Alerting::KeepWhatIsNeeded() {
  History& history = rules_->history;
  for (History::Id id = 0; id < history.id_end(); ++id) {
    if (!history.alive(id)) continue;
    const auto keep = KeepFor(history.labels(id));
    if (keep.count() > 0) {
      history.SetRetention(id, keep);
    } else {
      history.Drop(id);
    }
  }
}

// How long; 0 when nobody asks for it.
std::chrono::milliseconds Alerting::KeepFor(const Labels& labels) const {
  auto keep = std::max(rules_->feed.KeepFor(labels), std::chrono::milliseconds(0));
  // ALERTS and recorded series are there to be looked at even if no rule reads them.
  if (rules_->recorded.contains(labels.Get(kMetricName))) {
    keep = std::max(keep, settings_.rules.query.lookback);
  }
  return keep;
}

// New series of the rules' own have no retention yet.
void Alerting::LimitRecorded() {
  History& history = rules_->history;
  if (rules_->history_version == history.version()) return;
  rules_->history_version = history.version();
  const bool all = std::exchange(rules_->limit_all, false);
  for (History::Id id = 0; id < history.id_end(); ++id) {
    if (!history.alive(id) || (!all && history.retention(id) != History::kForever)) continue;
    const Labels& labels = history.labels(id);
    if (rules_->recorded.contains(labels.Get(kMetricName))) {
      history.SetRetention(id, KeepFor(labels));
    }
  }
}

SavedAlerts Alerting::PictureLocked() const {
  if (saved_) return *saved_;
  SavedAlerts saved;
  saved.evaluated_at_ms = evaluated_at_ms_;
  if (!rules_) return saved;
  saved.alerts = rules_->engine->Alerts();
  std::erase_if(saved.alerts,
                [](const RuleAlert& of) { return of.alert.state == AlertState::kInactive; });
  return saved;
}

void Alerting::AfterTick(WallTime wall, MonoTime mono) {
  const std::lock_guard lock(mutex_);
  const RuleTime::Moment moment = time_.Observe(wall, mono);
  now_ms_ = moment.now_ms;
  if (!rules_) {
    if (feed_) feed_->OnTick(nullptr, now_ms_);
    return;
  }
  if (moment.shift_ms != 0) Shift(moment.shift_ms);
  if (!ReadyToEvaluate(mono)) return;
  rules_->feed.OnTick(now_ms_);
  Evaluate();
  if (feed_) feed_->OnTick(rules_->engine.get(), now_ms_);
  if (now_ms_ >= trim_at_ms_) {
    trim_at_ms_ = now_ms_ + kTrimEveryMs;
    rules_->history.Trim(now_ms_);
  }
}

void Alerting::Shift(std::int64_t delta_ms) {
  rules_->history.Shift(delta_ms);
  rules_->engine->Shift(delta_ms);
  if (evaluated_at_ms_ != 0) evaluated_at_ms_ += delta_ms;
  trim_at_ms_ += delta_ms;
  posted_at_ms_ += delta_ms;
  if (feed_) feed_->Shift(delta_ms);
  if (writer_) writer_->PostAll();  // in the database every time has moved
  const std::string seconds = fmt::format("{:.3f}", static_cast<double>(delta_ms) / 1000);
  log_.Info("the clock was set; rules' times have moved with it", {{"seconds", seconds}});
}

bool Alerting::ReadyToEvaluate(MonoTime mono) {
  if (restore_ == Restore::kReading) {
    if (!waiting_since_) waiting_since_ = mono;
    if (mono - *waiting_since_ < kRestorePatience) return false;
    log_.Warn("the state is not there yet; rules begin without it");
    restore_ = Restore::kDone;
  }
  if (restore_ == Restore::kRead) {
    restore_ = Restore::kDone;
    rules_->engine->Restore(*saved_, now_ms_);
    if (!saved_->alerts.empty()) {
      const std::string count = std::to_string(saved_->alerts.size());
      log_.Info("alerts restored", {{"alerts", count}});
    }
    saved_.reset();
  }
  return true;
}

void Alerting::Evaluate() {
  const MonoTime begin = clock_.Mono();
  const std::size_t groups = rules_->engine->RunDue(now_ms_);
  LimitRecorded();
  if (groups == 0) return;
  took_ = clock_.Mono() - begin;
  evaluated_at_ms_ = now_ms_;
  const RuleEngineFigures figures = rules_->engine->figures();
  if (!writer_ || figures.pending + figures.firing == 0) return;
  const auto every_ms = std::min(kPostEveryMs, settings_.rules.evaluation_interval_ms);
  if (now_ms_ - posted_at_ms_ < every_ms) return;
  posted_at_ms_ = now_ms_;
  writer_->PostEvaluated(now_ms_);
}

void Alerting::Told(const AlertChange& change) {
  if (writer_) writer_->Post(change.now, now_ms_);
  if (feed_) feed_->Told(change);
  if (change.evidence) return;
  const Alert& alert = change.now->alert;
  LabelPairs rest = alert.labels;
  Set(rest, "alertname", "");
  const std::string labels = ToString(rest);
  const std::string value = fmt::format("{:.6g}", alert.value);
  switch (alert.state) {
    case AlertState::kPending:
      log_.Log(LogLevel::kDebug, {{"alert", change.now->rule}}, "alert pending",
               {{"labels", labels}, {"value", value}});
      break;
    case AlertState::kFiring:
      log_.Log(LogLevel::kWarn, {{"alert", change.now->rule}}, "alert firing",
               {{"labels", labels}, {"value", value}});
      break;
    case AlertState::kInactive:
      if (change.before == AlertState::kFiring) {
        log_.Log(LogLevel::kInfo, {{"alert", change.now->rule}}, "alert resolved",
                 {{"labels", labels}});
      }
      break;
  }
}

void Alerting::SetReloaded(bool successful) {
  const std::lock_guard lock(mutex_);
  reloaded_ = successful;
}

void Alerting::BeforeTick() {
  if (notify_metrics_ != nullptr) notify_metrics_->Report(clock_.Mono());
  const std::lock_guard lock(mutex_);
  own_.BeginRun();
  Recorder out(own_);
  RuleEngineFigures figures;
  if (rules_) figures = rules_->engine->figures();
  out.Set(kLoaded, static_cast<double>(figures.rules));
  out.Set(kGroups, static_cast<double>(figures.groups));
  out.Set(kReloaded, reloaded_ ? 1 : 0);
  out.Set(kEvaluations, static_cast<double>(before_.evaluations + figures.evaluations));
  out.Set(kFailures, static_cast<double>(before_.failures + figures.failures));
  out.Set(kMissed, static_cast<double>(before_.missed + figures.missed));
  out.Set(kTook, std::chrono::duration<double>(took_).count());
  out.Set(kAlerts, {"pending"}, static_cast<double>(figures.pending));
  out.Set(kAlerts, {"firing"}, static_cast<double>(figures.firing));
  if (rules_) {
    out.Set(kSeries, static_cast<double>(rules_->history.series_count()));
    out.Set(kSamples, static_cast<double>(rules_->history.sample_count()));
    out.Set(kBytes, static_cast<double>(rules_->history.bytes()));
  }
  if (writer_) {
    out.Set(kWriteFailures, static_cast<double>(writer_->figures().write_failures));
  }
  own_.EndRun();
}

DaemonSettings Alerting::Settings() const {
  const std::lock_guard lock(mutex_);
  DaemonSettings settings = settings_;
  settings.now_ms = now_ms_;
  return settings;
}

std::vector<RuleAlert> Alerting::Alerts() const {
  const std::lock_guard lock(mutex_);
  return rules_ ? rules_->engine->Alerts() : std::vector<RuleAlert>();
}

std::vector<RuleStatus> Alerting::Statuses() const {
  const std::lock_guard lock(mutex_);
  return rules_ ? rules_->engine->Statuses() : std::vector<RuleStatus>();
}

std::string Alerting::CopyHistory(const std::vector<std::vector<LabelMatcher>>& selectors) const {
  std::string bytes;
  std::vector<History::Id> all, some;
  // One by one: thousands of regular expressions must not hold up a tick.
  for (const std::vector<LabelMatcher>& selector : selectors) {
    const std::lock_guard lock(mutex_);
    if (!rules_) return bytes;
    rules_->history.Select(selector, some);
    all.insert(all.end(), some.begin(), some.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  {
    const std::lock_guard lock(mutex_);
    if (!rules_) return bytes;
    // A tick may have dropped some in between. An id that was given out again only means a series
    // more than was asked for.
    std::erase_if(all, [this](History::Id id) { return !rules_->history.alive(id); });
    CopyCheckpoint(rules_->history, all, bytes);
  }
  SealCheckpoint(bytes);
  return bytes;
}

bool Alerting::Stop(std::chrono::milliseconds patience) {
  if (!writer_) return true;
  // A tick that is stuck may hold the mutex; then what was told before is good enough.
  if (const std::unique_lock lock(mutex_, std::try_to_lock); lock && posted_at_ms_ != 0) {
    writer_->PostEvaluated(evaluated_at_ms_);
  }
  return writer_->Stop(patience);
}

}  // namespace ecsward
