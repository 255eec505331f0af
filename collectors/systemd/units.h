// Units that failed, services that systemd keeps starting again, and how their processes ended.
//
// Cheap for PID 1: one list of the units that are failed or about to be started again, which is
// empty on a healthy host, and questions about single units only when something happened to them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/systemd/invocations.h"
#include "collectors/systemd/systemd_bus.h"

namespace ecsward {

class UnitsCollector final : public Collector {
 public:
  // Of each of the two kinds; what is beyond it is counted.
  static constexpr std::size_t kMaxUnits = 100;
  // A unit stays reported for so long after its last restart, so that increase() has something to
  // look at.
  static constexpr std::chrono::hours kKeep{1};

  explicit UnitsCollector(const CollectorEnv& env);
  // `exits` outlives the collector.
  UnitsCollector(std::unique_ptr<SystemdBus> bus, std::string invocations_folder, ExitLog& exits);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Watched {
    bool failed = false;                    // now
    bool restarting = false;                // now: waits for its next start
    std::string result;                     // why it failed: "exit-code"
    std::uint64_t state_since = 0;          // of the failure that `result` is of
    std::optional<std::uint64_t> restarts;  // since it was started by hand; systemd 235
    std::optional<MonoTime> last_restart;   // seen
  };
  using Watches = std::map<std::string, Watched, std::less<>>;

  Result<void> Look(const Tick& tick);
  Result<void> FindSettled(std::set<std::string, std::less<>>& ask);
  Result<void> Ask(const std::set<std::string, std::less<>>& names, const Tick& tick);
  void Learn(const std::string& name, std::span<const PropertyQuery> answers, const Tick& tick);
  void AddEnd(const std::string& name, std::span<const PropertyQuery> answers);
  bool Restarts(const Watched& unit, const Tick& tick) const;
  void Report(const Tick& tick, Recorder& out) const;

  std::unique_ptr<SystemdBus> bus_;
  Invocations invocations_;
  ExitLog& exits_;
  Watches watched_;
  std::size_t left_out_ = 0;
  std::vector<UnitEntry> listed_;
  std::vector<std::string> changed_;
  std::vector<PropertyQuery> queries_;
};

}  // namespace ecsward
