#include "agent/host_figures.h"

#include <algorithm>
#include <map>

#include "agent/series_line.h"

namespace ecsward {
namespace {

using Parts = std::vector<HostFigures::Part>;

// Where a value only needs to be put in its place.
struct Plain {
  std::string_view name;
  double HostFigures::*to;
};
constexpr Plain kPlain[] = {
    {"node_memory_MemTotal_bytes", &HostFigures::memory_bytes},
    {"node_memory_MemAvailable_bytes", &HostFigures::memory_available_bytes},
    {"node_boot_time_seconds", &HostFigures::boot_seconds},
    {"ecsward_self_resident_memory_bytes", &HostFigures::agent_resident_bytes},
    {"ecsward_self_cpu_seconds_total", &HostFigures::agent_cpu_seconds},
    {"process_start_time_seconds", &HostFigures::agent_start_seconds},
    {"ecsward_self_governor_level", &HostFigures::governor_level},
};

void BiggestFirst(Parts& parts) {
  std::stable_sort(parts.begin(), parts.end(),
                   [](const auto& a, const auto& b) { return a.ratio > b.ratio; });
}

class Reader {
 public:
  void Take(const SeriesLine& line) {
    const std::string_view name = Get(line.labels, kMetricName);
    for (const Plain& plain : kPlain) {
      if (plain.name == name) out_.*plain.to = line.value;
    }
    if (name == "node_uname_info") {
      out_.name = Get(line.labels, "nodename");
      out_.release = Get(line.labels, "release");
    } else if (name == "node_load1") {
      out_.load1 = line.value;
    } else if (name == "node_cpu_seconds_total") {
      if (Get(line.labels, "mode") == "idle") ++out_.cpus;
    } else if (name == "node_filesystem_size_bytes") {
      sizes_[std::string(Get(line.labels, "mountpoint"))] = line.value;
    } else if (name == "node_filesystem_avail_bytes") {
      available_[std::string(Get(line.labels, "mountpoint"))] = line.value;
    } else if (name == "node_scrape_collector_success") {
      if (line.value == 0) out_.failing_collectors.emplace_back(Get(line.labels, "collector"));
    } else if (Get(line.labels, "window") == "15s" && Get(line.labels, "stat") == "avg") {
      TakeAverage(name, line);
    }
  }

  HostFigures Done() {
    for (const auto& [mount, size] : sizes_) {
      const auto available = available_.find(mount);
      if (size <= 0 || available == available_.end()) continue;
      out_.filesystems.push_back({mount, 1 - available->second / size});
    }
    BiggestFirst(out_.filesystems);
    BiggestFirst(out_.disks);
    return std::move(out_);
  }

 private:
  void TakeAverage(std::string_view name, const SeriesLine& line) {
    const std::string_view device = Get(line.labels, "device");
    if (name == "ecsward_cpu_utilization_ratio") {
      out_.cpu_ratio = line.value;
    } else if (name == "ecsward_disk_busy_ratio") {
      out_.disks.push_back({std::string(device), line.value});
    } else if (name == "ecsward_network_receive_bytes_per_second" && device != "lo") {
      out_.receive_bytes_per_second += line.value;
    } else if (name == "ecsward_network_transmit_bytes_per_second" && device != "lo") {
      out_.transmit_bytes_per_second += line.value;
    }
  }

  HostFigures out_;
  std::map<std::string, double> sizes_, available_;  // by mount point
};

}  // namespace

HostFigures FiguresFrom(std::string_view page) {
  Reader reader;
  while (!page.empty()) {
    const std::string_view line = page.substr(0, page.find('\n'));
    page.remove_prefix(std::min(page.size(), line.size() + 1));
    if (const auto series = ParseSeriesLine(line)) reader.Take(*series);
  }
  return reader.Done();
}

}  // namespace ecsward
