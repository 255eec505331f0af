#include "collectors/systemd/units.h"

#include <algorithm>
#include <array>
#include <csignal>

namespace ecsward {
namespace {

constexpr Metric kFailed{"ecsward_unit_failed", "1 for a unit that has failed, and why.",
                         MetricType::kGauge, "unit,result"};
constexpr Metric kRestarts{
    "ecsward_unit_restarts_total",
    "How often systemd has started a service again by itself. Services that failed, wait for their "
    "next start or were started again within the last hour.",
    MetricType::kCounter, "unit"};
constexpr Metric kLeftOut{"ecsward_units_left_out",
                          "Failed or restarting units that are beyond the limit of series.",
                          MetricType::kGauge};

// Failed ones, and services between two starts. Other systemds know other of these states.
constexpr std::array<std::string_view, 5> kStates{"failed", "auto-restart", "auto-restart-queued",
                                                  "dead-before-auto-restart",
                                                  "failed-before-auto-restart"};

// What is asked about one unit, in this order. Of other units than services only the first two.
enum Property : std::size_t { kResult, kSince, kNRestarts, kPid, kCode, kStatus, kExit, kCount };
constexpr std::array<std::string_view, kCount> kProperties{
    "Result",         "StateChangeTimestampMonotonic", "NRestarts", "ExecMainPID", "ExecMainCode",
    "ExecMainStatus", "ExecMainExitTimestamp"};

bool IsService(std::string_view name) { return name.ends_with(".service"); }
std::size_t PropertyCount(std::string_view name) { return IsService(name) ? kCount : kNRestarts; }

}  // namespace

UnitsCollector::UnitsCollector(const CollectorEnv& env)
    : UnitsCollector(MakeSystemdBus(env.root), env.root.Path(Tree::kRoot, "run/systemd/units"),
                     env.boards.exits) {}

UnitsCollector::UnitsCollector(std::unique_ptr<SystemdBus> bus, std::string invocations_folder,
                               ExitLog& exits)
    : bus_(std::move(bus)), invocations_(std::move(invocations_folder)), exits_(exits) {}

Result<void> UnitsCollector::Collect(const Tick& tick, Recorder& out) {
  if (auto ok = Look(tick); !ok) return std::move(ok).error().Context("units");
  Report(tick, out);
  return {};
}

Result<void> UnitsCollector::Look(const Tick& tick) {
  if (auto ok = bus_->ListUnits(kStates, listed_); !ok) return ok;
  std::sort(listed_.begin(), listed_.end(),
            [](const UnitEntry& a, const UnitEntry& b) { return a.name < b.name; });
  // After the list: what changes between the two is found now or at the next look, not lost.
  const bool have_invocations = invocations_.Read(changed_).has_value();

  left_out_ = 0;
  std::size_t failed = 0;
  std::size_t restarting = 0;
  for (auto& [name, unit] : watched_) {
    unit.failed = unit.restarting = false;
    if (unit.last_restart) ++restarting;
  }
  std::set<std::string, std::less<>> ask;
  for (const UnitEntry& entry : listed_) {
    if (UnitTypeInterface(entry.name).empty()) continue;  // a user's session, a device
    const bool has_failed = entry.active_state == "failed";
    auto known = watched_.find(entry.name);
    const bool is_new = known == watched_.end();
    const bool counted = !is_new && known->second.last_restart.has_value();
    if (has_failed ? failed >= kMaxUnits : !counted && restarting >= kMaxUnits) {
      ++left_out_;
      continue;
    }
    if (has_failed) {
      ++failed;
    } else if (!counted) {
      ++restarting;
    }
    if (is_new) known = watched_.emplace(entry.name, Watched{}).first;
    (has_failed ? known->second.failed : known->second.restarting) = true;
    if (is_new || !has_failed) ask.insert(entry.name);
  }
  if (auto ok = FindSettled(ask); !ok) return ok;

  // Each may be a service that was started by hand, or by a timer; only its NRestarts can tell.
  std::size_t asked = 0;
  for (const std::string& name : changed_) {
    if (asked++ >= kMaxUnits) break;
    ask.insert(name);
  }
  if (!have_invocations) {
    for (const auto& [name, unit] : watched_) {
      if (unit.last_restart) ask.insert(name);
    }
  }
  if (auto ok = Ask(ask, tick); !ok) return ok;
  std::erase_if(watched_, [&](const auto& entry) {
    return !entry.second.failed && !Restarts(entry.second, tick);
  });
  return {};
}

// Units that were failed at the last look still are; one of them may have been started and have
// failed again meanwhile. Adds those to `ask`.
Result<void> UnitsCollector::FindSettled(std::set<std::string, std::less<>>& ask) {
  queries_.clear();
  std::vector<const Watches::value_type*> units;
  for (const auto& entry : watched_) {
    if (!entry.second.failed || ask.contains(entry.first)) continue;
    queries_.push_back({UnitPath(entry.first), kUnitInterface, kProperties[kSince]});
    units.push_back(&entry);
  }
  if (auto ok = bus_->GetProperties(queries_); !ok) return ok;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (queries_[i].Number() != units[i]->second.state_since) ask.insert(units[i]->first);
  }
  return {};
}

Result<void> UnitsCollector::Ask(const std::set<std::string, std::less<>>& names,
                                 const Tick& tick) {
  queries_.clear();
  for (const std::string& name : names) {
    const std::string path = UnitPath(name);
    for (std::size_t i = 0; i < PropertyCount(name); ++i) {
      queries_.push_back(
          {path, i == kSince ? kUnitInterface : UnitTypeInterface(name), kProperties[i]});
    }
  }
  if (auto ok = bus_->GetProperties(queries_); !ok) return ok;
  std::span<const PropertyQuery> left(queries_);
  for (const std::string& name : names) {
    Learn(name, left.first(PropertyCount(name)), tick);
    left = left.subspan(PropertyCount(name));
  }
  return {};
}

void UnitsCollector::Learn(const std::string& name, std::span<const PropertyQuery> answers,
                           const Tick& tick) {
  auto known = watched_.find(name);
  if (known != watched_.end()) {
    known->second.result = answers[kResult].SafeText();
    known->second.state_since = answers[kSince].Number();
  }
  if (!IsService(name)) return;
  AddEnd(name, answers);
  if (!answers[kNRestarts].answered()) return;
  const std::uint64_t restarts = answers[kNRestarts].Number();
  if (known == watched_.end()) {
    if (restarts == 0) return;  // it was started by somebody, or has stopped
    std::size_t restarting = 0;
    for (const auto& [other, unit] : watched_) restarting += unit.last_restart ? 1U : 0U;
    if (restarting >= kMaxUnits) {
      ++left_out_;
      return;
    }
    known = watched_.emplace(name, Watched{}).first;
  }
  Watched& unit = known->second;
  // At first sight its invocation has changed, so the last restart was just now; but when it had
  // failed before anybody looked, nobody knows.
  const std::uint64_t before = unit.restarts.value_or(unit.failed ? restarts : 0);
  if (restarts > before) unit.last_restart = tick.mono;
  unit.restarts = restarts;
}

// How the main process ended. systemd forgets that when it starts the next one; while one runs the
// code is 0.
// source: org.freedesktop.systemd1(5), waitid(2) for the code
void UnitsCollector::AddEnd(const std::string& name, std::span<const PropertyQuery> answers) {
  const std::uint64_t code = answers[kCode].Number();
  const std::uint64_t exit_us = answers[kExit].Number();
  if (code == 0 || exit_us == 0) return;
  ProcessEnd end;
  end.pid = static_cast<std::int64_t>(answers[kPid].Number());
  end.time_ms = static_cast<std::int64_t>(exit_us / 1000);
  end.number = static_cast<int>(answers[kStatus].Number());
  end.unit = name;
  if (code == CLD_EXITED) {
    end.how = ProcessEnd::How::kExit;
  } else if (code == CLD_KILLED || code == CLD_DUMPED) {
    end.how = ProcessEnd::How::kSignal;
    end.dumped = code == CLD_DUMPED;
  }
  if (answers[kResult].Text() == "oom-kill") end.how = ProcessEnd::How::kOutOfMemory;
  exits_.Add(end);
}

bool UnitsCollector::Restarts(const Watched& unit, const Tick& tick) const {
  return unit.restarting || (unit.last_restart && tick.mono - *unit.last_restart < kKeep);
}

void UnitsCollector::Report(const Tick& tick, Recorder& out) const {
  for (const auto& [name, unit] : watched_) {
    if (unit.failed) out.Set(kFailed, {name, unit.result}, 1);
    if (unit.restarts && (unit.failed || Restarts(unit, tick))) {
      out.Set(kRestarts, {name}, static_cast<double>(*unit.restarts));
    }
  }
  out.Set(kLeftOut, static_cast<double>(left_out_));
}

}  // namespace ecsward
