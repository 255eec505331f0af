#include "agent/metrics_command.h"

#include "agent/collector_log.h"
#include "exporters/prometheus/page.h"

namespace ecsward {
namespace {

constexpr std::chrono::seconds kPatience{10};

}  // namespace

std::string CollectOnce(const Config& config, const Logger& log) {
  const HostRoot root(config.paths);
  // A slow collector that is stuck at the end still uses the kernel: it lives until the process
  // ends.
  static const LinuxKernel kernel;
  const SystemClock clock;
  SeriesTable table;
  Sampler sampler(root, kernel, clock, table, SelectCollectors(config.collect), LogStates(log));
  sampler.RunTick();
  sampler.AwaitSlow(kPatience);
  Snapshot snapshot;
  if (!table.ReadLatest(snapshot)) return {};
  PageBuffer page;
  PageRenderer(PageFormat::kText).Render(snapshot, "", "", page);
  return std::string(page.view());
}

}  // namespace ecsward
