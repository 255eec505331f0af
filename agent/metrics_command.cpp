#include "agent/metrics_command.h"

#include <array>

#include "agent/collector_log.h"
#include "metrics/exposition.h"

namespace ecsward {
namespace {

constexpr std::chrono::seconds kPatience{10};

// The text format 0.0.4.
std::string Render(const Snapshot& snapshot) {
  std::string page;
  const SnapshotLayout& layout = *snapshot.layout;
  for (const SnapshotLayout::Family& family : layout.families) {
    bool begun = false;
    for (std::uint32_t i = 0; i < family.entry_count; ++i) {
      const SnapshotLayout::Entry& entry = layout.entries[family.first_entry + i];
      const double value = snapshot.values[entry.value_index];
      if (IsStale(value)) continue;
      if (!begun) {
        page.append("# HELP ").append(family.name).append(" ");
        AppendHelp(family.help, page);
        page.append("\n# TYPE ").append(family.name).append(" ");
        page.append(ToString(family.type)).append("\n");
        begun = true;
      }
      std::array<char, kMaxValueText> text{};
      page.append(layout.Prefix(entry));
      page.append(text.data(), FormatValue(value, text.data())).append("\n");
    }
  }
  return page;
}

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
  return table.ReadLatest(snapshot) ? Render(snapshot) : std::string();
}

}  // namespace ecsward
