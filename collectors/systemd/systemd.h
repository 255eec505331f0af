// The state of every unit, as node_exporter's `systemd` collector has it. Off by default, as there:
// five series a unit, and PID 1 answers for each of them. `units` is the cheap one.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "collectors/all.h"
#include "collectors/name_filter.h"
#include "collectors/systemd/systemd_bus.h"

namespace ecsward {

inline constexpr std::array<OptionSpec, 5> kSystemdOptions{{
    {"unit_include", OptionKind::kRegex, ".+", "Units to look at: the whole name matches."},
    {"unit_exclude", OptionKind::kRegex, ".+\\.(automount|device|mount|scope|slice)",
     "Units to leave out: the whole name matches."},
    {"enable_task_metrics", OptionKind::kBool, "false",
     "Tasks of services: how many there are, and how many there may be."},
    {"enable_restarts_metrics", OptionKind::kBool, "false",
     "How often systemd has started each service again by itself."},
    {"enable_start_time_metrics", OptionKind::kBool, "false", "When each unit became active."},
}};

// "252.38-1~deb12u1" → 252.38; 0 where there is no number of three digits.
double SystemdVersionNumber(std::string_view version);

class SystemdCollector final : public Collector {
 public:
  // Whoever has more units than this wants an `unit_include`.
  static constexpr std::size_t kMaxUnits = 10'000;

  SystemdCollector(const CollectorEnv& env, const CollectorOptions& options);
  SystemdCollector(std::unique_ptr<SystemdBus> bus, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  // A question, and what to do with its answer.
  struct Pending {
    const Metric* metric = nullptr;  // null: the unit's type
    std::size_t unit = 0;
    double divisor = 1;
  };

  Result<void> Manager(Recorder& out);
  void Summary(Recorder& out) const;
  void AskAbout(std::size_t index);
  void Ask(std::size_t index, std::string_view interface, std::string_view name,
           const Metric* metric, double divisor = 1);
  void States(Recorder& out);
  void Answers(Recorder& out) const;

  std::unique_ptr<SystemdBus> bus_;
  NameFilter filter_;
  const bool tasks_, restarts_, start_times_;
  std::uint64_t looks_ = 0;
  std::vector<UnitEntry> units_;
  std::vector<PropertyQuery> queries_;
  std::vector<Pending> pending_;  // by query
  // The Type of services and mounts: it is in their files, and asked for anew now and then only.
  std::map<std::string, std::string, std::less<>> types_;
};

}  // namespace ecsward
