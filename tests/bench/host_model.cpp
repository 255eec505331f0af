#include "tests/bench/host_model.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <span>
#include <string_view>

#include "metrics/exposition.h"

namespace ecsward::bench {
namespace {

using Names = std::span<const std::string_view>;

constexpr int kCpus = 32, kDisks = 12, kDevices = 8, kMounts = 16, kUnits = 40;

constexpr std::string_view kModes[] = {"idle",    "iowait", "irq",    "nice",
                                       "softirq", "steal",  "system", "user"};
constexpr std::string_view kDiskCounters[] = {"reads_completed_total", "reads_merged_total",
                                              "read_bytes_total",      "writes_completed_total",
                                              "writes_merged_total",   "written_bytes_total"};
constexpr std::string_view kDiskSeconds[] = {
    "read_time_seconds_total", "write_time_seconds_total", "io_time_seconds_total",
    "io_time_weighted_seconds_total", "discard_time_seconds_total"};
constexpr std::string_view kFilesystemBytes[] = {"avail_bytes", "free_bytes", "files_free"};
constexpr std::string_view kFilesystemConstants[] = {"size_bytes", "files", "readonly",
                                                     "device_error"};
constexpr std::string_view kNetworkCounters[] = {
    "receive_bytes_total",      "receive_packets_total",   "receive_errs_total",
    "receive_drop_total",       "receive_fifo_total",      "receive_frame_total",
    "receive_compressed_total", "receive_multicast_total", "transmit_bytes_total",
    "transmit_packets_total",   "transmit_errs_total",     "transmit_drop_total",
    "transmit_fifo_total",      "transmit_colls_total",    "transmit_carrier_total",
    "transmit_compressed_total"};
constexpr std::string_view kNetworkConstants[] = {"mtu_bytes", "speed_bytes", "up",   "carrier",
                                                  "iface_id",  "iface_link",  "flags"};
constexpr std::string_view kMemory[] = {
    "MemFree",    "MemAvailable", "Buffers",    "Cached",       "Active",   "Inactive",
    "Dirty",      "Writeback",    "AnonPages",  "Mapped",       "Shmem",    "Slab",
    "SUnreclaim", "KernelStack",  "PageTables", "Committed_AS", "SwapFree", "VmallocUsed"};
constexpr std::string_view kUnitStates[] = {"activating", "active", "deactivating", "failed",
                                            "inactive"};

// Any two numbers → a number that looks random, the same each time (splitmix64).
std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a * 0x9e3779b97f4a7c15U + b + 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}
double Share(std::uint64_t a, std::uint64_t b) {  // 0–1
  return static_cast<double>(Mix(a, b) >> 11U) * 0x1p-53;
}

std::string Number(int n) { return std::to_string(n); }

// `{group} rules` of one template each; `expression` is asked for the number of the rule.
template <class Expression>
std::string Rules(Expression expression) {
  constexpr int kGroups = 20, kPerGroup = 50;
  std::string out = "groups:\n";
  for (int group = 0; group < kGroups; ++group) {
    out += fmt::format("  - name: group{}\n    rules:\n", group);
    for (int rule = 0; rule < kPerGroup; ++rule) {
      const int number = group * kPerGroup + rule;
      out += fmt::format(
          "      - alert: Rule{}\n        expr: '{}'\n        for: 1m\n"
          "        labels: {{severity: warning}}\n"
          "        annotations: {{summary: \"{{{{ $labels.instance }}}}: {{{{ $value }}}}\"}}\n",
          number, expression(number));
    }
  }
  return out;
}

}  // namespace

HostModel::HostModel() {
  for (int cpu = 0; cpu < kCpus; ++cpu) {
    const LabelPair label{"cpu", Number(cpu)};
    for (const std::string_view mode : kModes) {
      Add(Kind::kSeconds, mode == "idle" ? 0.8 : 0.03, "node_cpu_seconds_total",
          {label, {"mode", std::string(mode)}});
    }
    Add(Kind::kConstant, 0, "node_cpu_guest_seconds_total", {label, {"mode", "user"}});
    Add(Kind::kBytes, 2.5e9, "node_cpu_scaling_frequency_hertz", {label});
    Add(Kind::kSeconds, 0.5, "node_schedstat_running_seconds_total", {label});
    Add(Kind::kSeconds, 0.1, "node_schedstat_waiting_seconds_total", {label});
    Add(Kind::kCounter, 900, "node_schedstat_timeslices_total", {label});
    Add(Kind::kCounter, 400, "node_softnet_processed_total", {label});
    Add(Kind::kConstant, 0, "node_softnet_dropped_total", {label});
    Add(Kind::kConstant, 3, "node_softnet_times_squeezed_total", {label});
    Add(Kind::kCounter, 1000, "node_softirqs_total", {label, {"vector", "TIMER"}});
  }
  for (int disk = 0; disk < kDisks; ++disk) {
    const LabelPair label{"device", "vd" + std::string(1, static_cast<char>('a' + disk))};
    for (const std::string_view name : kDiskCounters) {
      const double scale = name.find("bytes") == std::string_view::npos ? 120 : 400'000;
      Add(Kind::kCounter, scale, fmt::format("node_disk_{}", name), {label});
    }
    for (const std::string_view name : kDiskSeconds) {
      Add(Kind::kSeconds, 0.2, fmt::format("node_disk_{}", name), {label});
    }
    Add(Kind::kGauge, 4, "node_disk_io_now", {label});
  }
  for (int mount = 0; mount < kMounts; ++mount) {
    const LabelPairs labels = {{"device", "/dev/vd" + Number(mount)},
                               {"fstype", mount % 4 == 0 ? "xfs" : "ext4"},
                               {"mountpoint", "/data" + Number(mount)}};
    for (const std::string_view name : kFilesystemBytes) {
      Add(Kind::kBytes, 5e10, fmt::format("node_filesystem_{}", name), labels);
    }
    for (const std::string_view name : kFilesystemConstants) {
      Add(Kind::kConstant, name == "size_bytes" || name == "files" ? 1e11 : 0,
          fmt::format("node_filesystem_{}", name), labels);
    }
  }
  for (int device = 0; device < kDevices; ++device) {
    const LabelPair label{"device", "eth" + Number(device)};
    for (const std::string_view name : kNetworkCounters) {
      const bool moves = name.find("bytes") != std::string_view::npos ||
                         name.find("packets") != std::string_view::npos;
      Add(moves ? Kind::kCounter : Kind::kConstant, moves ? 50'000 : 7,
          fmt::format("node_network_{}", name), {label});
    }
    for (const std::string_view name : kNetworkConstants) {
      Add(Kind::kConstant, 1500, fmt::format("node_network_{}", name), {label});
    }
  }
  for (const std::string_view name : kMemory) {
    Add(Kind::kBytes, 8e9, fmt::format("node_memory_{}_bytes", name));
  }
  Add(Kind::kConstant, 3.2e10, "node_memory_MemTotal_bytes");
  for (const char* name : {"node_load1", "node_load5", "node_load15", "node_procs_running",
                           "node_procs_blocked", "node_sockstat_TCP_tw"}) {
    Add(Kind::kGauge, 3, name);
  }
  for (int counter = 0; counter < 60; ++counter) {
    Add(Kind::kCounter, 30, fmt::format("node_netstat_counter{}", counter));
    Add(Kind::kCounter, 2000, fmt::format("node_vmstat_counter{}", counter));
  }
  for (int unit = 0; unit < kUnits; ++unit) {
    for (const std::string_view state : kUnitStates) {
      Add(Kind::kConstant, state == "active" ? 1 : 0, "node_systemd_unit_state",
          {{"name", "service" + Number(unit) + ".service"}, {"state", std::string(state)}});
    }
  }
}

void HostModel::Add(Kind kind, double scale, const std::string& name, LabelPairs labels) {
  labels.push_back({std::string(kMetricName), name});
  series_.push_back({Normalized(std::move(labels)), kind, scale, series_.size()});
}

LabelPairs HostModel::labels(std::size_t index) const {
  LabelPairs labels = series_[index].labels;
  Set(labels, "instance", "model");
  Set(labels, "job", "node");
  return labels;
}

double HostModel::Value(std::size_t index, std::int64_t unix_seconds) const {
  const Series& s = series_[index];
  const auto second = static_cast<std::uint64_t>(unix_seconds);
  // Since some day of 2020: what a host that was never booted again has counted.
  const auto up = static_cast<double>(unix_seconds - 1'600'000'000);
  const double noise = Share(s.seed, second);
  const double wave = std::sin(up / (60 + 10 * Share(s.seed, 1)) + static_cast<double>(s.seed));
  switch (s.kind) {
    case Kind::kCounter:
      return std::floor(s.scale * (0.5 + Share(s.seed, 2)) * (up + 0.9 * noise));
    case Kind::kSeconds:
      return std::floor(100 * s.scale * (up + 0.9 * noise)) / 100;
    case Kind::kGauge:
      return std::floor(100 * s.scale * (1 + 0.3 * wave + 0.2 * noise)) / 100;
    case Kind::kBytes:
      return 4096 * std::floor(s.scale / 4096 * (1 + 0.01 * wave + 0.0001 * noise));
    case Kind::kConstant:
      break;
  }
  return s.scale;
}

std::string HostModel::Page(std::int64_t unix_seconds) const {
  std::string page;
  for (std::size_t i = 0; i < series_.size(); ++i) {
    page += ToSeriesText(series_[i].labels);
    page += ' ';
    page += fmt::format("{}\n", Value(i, unix_seconds));
  }
  return page;
}

std::string ThresholdRules() {
  return Rules([](int n) {
    switch (n % 5) {
      case 0:
        return fmt::format("node_filesystem_avail_bytes{{fstype=\"ext4\"}} > {}e15", n + 1);
      case 1:
        return fmt::format("node_network_receive_errs_total{{device=~\"eth.*\"}} > {}", n + 100);
      case 2:
        return fmt::format("node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.000{}",
                           n + 1);
      case 3:
        return fmt::format("node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.000{}",
                           n + 1);
      default:
        return fmt::format("node_load1 > {}", n + 100);
    }
  });
}

std::string MixedRules() {
  return Rules([](int n) {
    switch (n % 5) {
      case 0:
        return fmt::format("rate(node_network_receive_bytes_total{{device=\"eth{}\"}}[5m]) > {}e12",
                           n % kDevices, n + 1);
      case 1:
        return fmt::format("avg_over_time(node_load1[5m]) > {}", n + 100);
      case 2:
        return fmt::format("sum by (mode) (rate(node_cpu_seconds_total{{cpu=\"{}\"}}[5m])) > {}",
                           n % kCpus, n + 2);
      case 3:
        return fmt::format("node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.000{}",
                           n + 1);
      default:
        return fmt::format("rate(node_disk_io_time_seconds_total{{device=\"vd{}\"}}[5m]) > {}",
                           std::string(1, static_cast<char>('a' + n % kDisks)), n + 2);
    }
  });
}

}  // namespace ecsward::bench
