#include "collectors/systemd/systemd.h"

#include <algorithm>
#include <limits>

#include "collectors/offender_name.h"
#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kUnitState{"node_systemd_unit_state", "1 for the state that the unit is in.",
                            MetricType::kGauge, "name,state,type"};
constexpr Metric kUnits{"node_systemd_units", "Units in each state.", MetricType::kGauge, "state"};
constexpr Metric kRunning{"node_systemd_system_running",
                          "1 when all is well, as `systemctl is-system-running` says.",
                          MetricType::kGauge};
constexpr Metric kVersion{"node_systemd_version", "The version of systemd.", MetricType::kGauge,
                          "version"};
constexpr Metric kStartTime{"node_systemd_unit_start_time_seconds",
                            "When the unit became active, since 1970; 0 while it is not.",
                            MetricType::kGauge, "name"};
constexpr Metric kTasks{"node_systemd_unit_tasks_current", "Tasks of the service.",
                        MetricType::kGauge, "name"};
constexpr Metric kTasksMax{"node_systemd_unit_tasks_max", "Tasks that the service may have.",
                           MetricType::kGauge, "name"};
constexpr Metric kServiceRestarts{"node_systemd_service_restart_total",
                                  "How often systemd has started the service again by itself.",
                                  MetricType::kCounter, "name"};
constexpr Metric kAccepted{"node_systemd_socket_accepted_connections_total",
                           "Connections that the socket unit has accepted.", MetricType::kCounter,
                           "name"};
constexpr Metric kConnections{"node_systemd_socket_current_connections",
                              "Connections of the socket unit now.", MetricType::kGauge, "name"};
// A gauge, as node_exporter has it, in spite of its name.
constexpr Metric kRefused{"node_systemd_socket_refused_connections_total",
                          "Connections that the socket unit has refused.", MetricType::kGauge,
                          "name"};
constexpr Metric kLastTrigger{"node_systemd_timer_last_trigger_seconds",
                              "When the timer has last run out, since 1970.", MetricType::kGauge,
                              "name"};

constexpr std::array<std::string_view, 5> kStates{"active", "activating", "deactivating",
                                                  "inactive", "failed"};
constexpr std::string_view kServiceInterface = "org.freedesktop.systemd1.Service";
constexpr std::string_view kSocketInterface = "org.freedesktop.systemd1.Socket";
constexpr double kMicroseconds = 1e6;
constexpr std::uint64_t kLooksPerType = 20;  // five minutes

std::string Whole(std::string_view pattern) {
  return std::string("^(?:").append(pattern).append(")$");
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

// node_exporter's: the first match of [0-9]{3,}(\.[0-9]+)?
double SystemdVersionNumber(std::string_view version) {
  const auto end_of_digits = [&](std::size_t at) {
    while (at < version.size() && IsDigit(version[at])) ++at;
    return at;
  };
  for (std::size_t at = 0; at < version.size(); ++at) {
    std::size_t end = end_of_digits(at);
    if (end - at < 3) continue;
    if (end < version.size() && version[end] == '.') {
      const std::size_t fraction = end_of_digits(end + 1);
      if (fraction > end + 1) end = fraction;
    }
    double number = 0;
    return ParseNumber(version.substr(at, end - at), number) ? number : 0;
  }
  return 0;
}

SystemdCollector::SystemdCollector(const CollectorEnv& env, const CollectorOptions& options)
    : SystemdCollector(MakeSystemdBus(env.root), options) {}

SystemdCollector::SystemdCollector(std::unique_ptr<SystemdBus> bus, const CollectorOptions& options)
    : bus_(std::move(bus)),
      filter_(Whole(options.String("unit_include")), Whole(options.String("unit_exclude"))),
      tasks_(options.Bool("enable_task_metrics")),
      restarts_(options.Bool("enable_restarts_metrics")),
      start_times_(options.Bool("enable_start_time_metrics")) {}

Result<void> SystemdCollector::Collect(const Tick&, Recorder& out) {
  if (auto ok = Manager(out); !ok) return std::move(ok).error().Context("systemd");
  if (auto ok = bus_->ListUnits({}, units_); !ok) return std::move(ok).error().Context("systemd");
  Summary(out);
  std::erase_if(units_, [&](const UnitEntry& unit) {
    return unit.load_state != "loaded" || !filter_.Takes(unit.name);
  });
  if (units_.size() > kMaxUnits) units_.resize(kMaxUnits);

  if (looks_++ % kLooksPerType == 0 || types_.size() > kMaxUnits) types_.clear();
  queries_.clear();
  pending_.clear();
  for (std::size_t i = 0; i < units_.size(); ++i) AskAbout(i);
  auto asked = bus_->GetProperties(queries_);
  if (asked) {
    States(out);
    Answers(out);
  }
  // Ten thousand units leave nothing behind but their types.
  queries_ = {};
  pending_ = {};
  units_ = {};
  if (!asked) return std::move(asked).error().Context("systemd");
  return {};
}

Result<void> SystemdCollector::Manager(Recorder& out) {
  std::array<PropertyQuery, 2> queries{{
      {std::string(kManagerPath), kManagerInterface, "Version"},
      {std::string(kManagerPath), kManagerInterface, "SystemState"},
  }};
  if (auto ok = bus_->GetProperties(queries); !ok) return ok;
  const auto& [version, state] = queries;
  out.Set(kVersion, {version.SafeText()}, SystemdVersionNumber(version.Text()));
  if (state.answered()) out.Set(kRunning, state.Text() == "running" ? 1 : 0);
  return {};
}

void SystemdCollector::Summary(Recorder& out) const {
  std::array<std::uint64_t, kStates.size()> counts{};
  std::map<std::string, std::uint64_t> others;  // "reloading"
  for (const UnitEntry& unit : units_) {
    const auto* const state = std::find(kStates.begin(), kStates.end(), unit.active_state);
    if (state != kStates.end()) {
      ++counts[static_cast<std::size_t>(state - kStates.begin())];
    } else if (others.size() < kStates.size()) {
      ++others[OffenderName(unit.active_state, false)];
    }
  }
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    out.Set(kUnits, {kStates[i]}, static_cast<double>(counts[i]));
  }
  for (const auto& [state, count] : others) out.Set(kUnits, {state}, static_cast<double>(count));
}

void SystemdCollector::Ask(std::size_t index, std::string_view interface, std::string_view name,
                           const Metric* metric, double divisor) {
  queries_.push_back({UnitPath(units_[index].name), interface, name});
  pending_.push_back({metric, index, divisor});
}

void SystemdCollector::AskAbout(std::size_t index) {
  const UnitEntry& unit = units_[index];
  const std::string_view interface = UnitTypeInterface(unit.name);
  const bool service = interface == kServiceInterface;
  if ((service || unit.name.ends_with(".mount")) && !types_.contains(unit.name)) {
    Ask(index, interface, "Type", nullptr);
  }
  if (service && restarts_) Ask(index, interface, "NRestarts", &kServiceRestarts);
  if (service && tasks_) {
    Ask(index, interface, "TasksCurrent", &kTasks);
    Ask(index, interface, "TasksMax", &kTasksMax);
  }
  if (interface == kSocketInterface) {
    Ask(index, interface, "NAccepted", &kAccepted);
    Ask(index, interface, "NConnections", &kConnections);
    Ask(index, interface, "NRefused", &kRefused);
  }
  if (unit.name.ends_with(".timer")) {
    Ask(index, interface, "LastTriggerUSec", &kLastTrigger, kMicroseconds);
  }
  if (start_times_ && unit.active_state == "active") {
    Ask(index, kUnitInterface, "ActiveEnterTimestamp", &kStartTime, kMicroseconds);
  }
}

void SystemdCollector::States(Recorder& out) {
  for (std::size_t i = 0; i < queries_.size(); ++i) {
    if (pending_[i].metric != nullptr || !queries_[i].answered()) continue;
    types_[units_[pending_[i].unit].name] = queries_[i].SafeText();
  }
  for (const UnitEntry& unit : units_) {
    const auto type = types_.find(unit.name);
    for (const std::string_view state : kStates) {
      out.Set(kUnitState,
              {unit.name, state,
               type == types_.end() ? std::string_view() : std::string_view(type->second)},
              state == unit.active_state ? 1 : 0);
    }
    if (start_times_ && unit.active_state != "active") out.Set(kStartTime, {unit.name}, 0);
  }
}

void SystemdCollector::Answers(Recorder& out) const {
  constexpr auto kNone = std::numeric_limits<std::uint64_t>::max();  // no limit, not counted
  for (std::size_t i = 0; i < queries_.size(); ++i) {
    const Pending& pending = pending_[i];
    if (pending.metric == nullptr || !queries_[i].answered()) continue;
    const std::uint64_t number = queries_[i].Number();
    if ((pending.metric == &kTasks || pending.metric == &kTasksMax) && number == kNone) continue;
    out.Set(*pending.metric, {units_[pending.unit].name},
            static_cast<double>(number) / pending.divisor);
  }
}

}  // namespace ecsward
