#include "collectors/bcache.h"

#include <cmath>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr auto kCounter = MetricType::kCounter;
constexpr auto kGauge = MetricType::kGauge;

struct Row {
  std::string_view file;
  double scale;
  Metric metric;
};
constexpr Row OfSet(std::string_view file, MetricType type, std::string_view name,
                    std::string_view help, double scale = 1) {
  return {file, scale, {name, help, type, "uuid"}};
}
constexpr Row OfBacking(std::string_view file, MetricType type, std::string_view name,
                        std::string_view help) {
  return {file, 1, {name, help, type, "uuid,backing_device"}};
}
constexpr Row OfCache(std::string_view file, MetricType type, std::string_view name,
                      std::string_view help) {
  return {file, 1, {name, help, type, "uuid,cache_device"}};
}

constexpr Row kSetRows[] = {
    OfSet("average_key_size", kGauge, "node_bcache_average_key_size_sectors",
          "Sectors of data that a key of the tree stands for, on average."),
    OfSet("btree_cache_size", kGauge, "node_bcache_btree_cache_size_bytes",
          "Memory that keeps nodes of the tree."),
    OfSet("cache_available_percent", kGauge, "node_bcache_cache_available_percent",
          "Percent of the cache that hold nothing that is not yet on the disk."),
    OfSet("congested", kGauge, "node_bcache_congested",
          "How far the cache is over the latency at which requests go around it."),
    OfSet("root_usage_percent", kGauge, "node_bcache_root_usage_percent",
          "Percent of the tree's root that are used; the tree grows when it is full."),
    OfSet("tree_depth", kGauge, "node_bcache_tree_depth", "Levels of the tree."),
    OfSet("internal/active_journal_entries", kGauge, "node_bcache_active_journal_entries",
          "Journal entries that are newer than the tree."),
    OfSet("internal/btree_nodes", kGauge, "node_bcache_btree_nodes", "Nodes of the tree."),
    // Microseconds, says sysfs.h; node_exporter takes them for nanoseconds.
    OfSet("internal/btree_read_average_duration_us", kGauge,
          "node_bcache_btree_read_average_duration_seconds",
          "How long reading a node of the tree takes, on average.", 1e-6),
    OfSet("internal/cache_read_races", kCounter, "node_bcache_cache_read_races_total",
          "Reads of the cache whose data had been replaced by the time they were done."),
};

constexpr Row kBackingRows[] = {
    OfBacking("dirty_data", kGauge, "node_bcache_dirty_data_bytes",
              "Data in the cache that is not yet on the disk."),
    OfBacking("stats_total/bypassed", kCounter, "node_bcache_bypassed_bytes_total",
              "Bytes read and written around the cache."),
    OfBacking("stats_total/cache_hits", kCounter, "node_bcache_cache_hits_total",
              "Requests that the cache answered."),
    OfBacking("stats_total/cache_misses", kCounter, "node_bcache_cache_misses_total",
              "Requests that the cache could not answer."),
    OfBacking("stats_total/cache_bypass_hits", kCounter, "node_bcache_cache_bypass_hits_total",
              "Requests meant to go around the cache that were in it."),
    OfBacking("stats_total/cache_bypass_misses", kCounter, "node_bcache_cache_bypass_misses_total",
              "Requests meant to go around the cache that were not in it."),
    OfBacking("stats_total/cache_miss_collisions", kCounter,
              "node_bcache_cache_miss_collisions_total",
              "Misses whose data somebody else had written into the cache meanwhile."),
    OfBacking("stats_total/cache_readaheads", kCounter, "node_bcache_cache_readaheads_total",
              "Reads ahead into the cache."),
};

constexpr Row kCacheRows[] = {
    OfCache("io_errors", kGauge, "node_bcache_io_errors",
            "Errors of the cache device; old ones count less and less."),
    OfCache("metadata_written", kCounter, "node_bcache_metadata_written_bytes_total",
            "Bytes written to the cache that are no data: the tree and the like."),
    OfCache("written", kCounter, "node_bcache_written_bytes_total",
            "Bytes of data written to the cache."),
};

constexpr std::string_view kBacking = "uuid,backing_device";
constexpr Metric kTarget{"node_bcache_dirty_target_bytes",
                         "How much unwritten data the cache aims at.", kGauge, kBacking};
constexpr Metric kRate{"node_bcache_writeback_rate",
                       "Bytes per second at which data is written back to the disk.", kGauge,
                       kBacking};
constexpr Metric kProportional{"node_bcache_writeback_rate_proportional_term",
                               "The controller's proportional part of the rate.", kGauge, kBacking};
constexpr Metric kIntegral{"node_bcache_writeback_rate_integral_term",
                           "The controller's integral part of the rate.", kGauge, kBacking};
constexpr Metric kChange{"node_bcache_writeback_change", "How the rate changed the last time.",
                         kGauge, kBacking};
constexpr Metric kUnused{"node_bcache_priority_stats_unused_percent",
                         "Percent of the cache that hold no data.", kGauge, "uuid,cache_device"};
constexpr Metric kMetadata{"node_bcache_priority_stats_metadata_percent",
                           "Percent of the cache that the tree and the like take.", kGauge,
                           "uuid,cache_device"};

constexpr std::string_view kFolder = "fs/bcache";

// "bdev0" for "bdev".
bool IsNumbered(std::string_view name, std::string_view kind) {
  return name.starts_with(kind) && name.size() > kind.size() && name[kind.size()] >= '0' &&
         name[kind.size()] <= '9';
}

// Takes "name:" off a line, and the blanks after it; false for other lines.
bool Named(std::string_view line, std::string_view name, std::string_view& rest) {
  if (!line.starts_with(name) || !line.substr(name.size()).starts_with(":")) return false;
  rest = Trim(line.substr(name.size() + 1));
  return true;
}

}  // namespace

std::optional<double> ParseBcacheNumber(std::string_view text) {
  constexpr std::string_view kUnits = "kMGTPEZY";
  double unit = 1;
  if (const auto at = kUnits.find(text.empty() ? ' ' : text.back()); at != kUnits.npos) {
    unit = std::ldexp(1.0, 10 * (static_cast<int>(at) + 1));
    text.remove_suffix(1);
  }
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::uint64_t whole = 0, fraction = 0;
  const auto point = text.find('.');
  if (!ParseUint(text.substr(0, point), whole)) return std::nullopt;
  if (point != std::string_view::npos && !ParseUint(text.substr(point + 1), fraction)) {
    return std::nullopt;
  }
  const double value =
      std::trunc((static_cast<double>(whole) + static_cast<double>(fraction) / 10.24) * unit);
  return negative ? -value : value;
}

Result<void> ParseBcacheWriteback(std::string_view text, BcacheWriteback& out) {
  out = {};
  const std::pair<std::string_view, double*> wanted[] = {{"rate", &out.rate},
                                                         {"target", &out.target},
                                                         {"proportional", &out.proportional},
                                                         {"integral", &out.integral},
                                                         {"change", &out.change}};
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    for (const auto& [name, value] : wanted) {
      std::string_view word;
      if (!Named(line, name, word)) continue;
      if (word.ends_with("/sec")) word.remove_suffix(4);
      const auto parsed = ParseBcacheNumber(word);
      if (!parsed) return LineError(number, "want a number such as 2.5M");
      *value = *parsed;
    }
  }
  return {};
}

Result<void> ParseBcachePriority(std::string_view text, BcachePriority& out) {
  out = {};
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    std::string_view word;
    const bool unused = Named(line, "Unused", word);
    if (!unused && !Named(line, "Metadata", word)) continue;
    if (word.ends_with('%')) word.remove_suffix(1);
    if (!ParseNumber(word, unused ? out.unused_percent : out.metadata_percent)) {
      return LineError(number, "want a percentage");
    }
  }
  return {};
}

BcacheCollector::BcacheCollector(const CollectorEnv& env, const CollectorOptions& options)
    : root_(env.root), priority_stats_(options.Bool("priority_stats")) {}

template <class Rows>
BcacheCollector::Device BcacheCollector::Open(const std::string& folder, std::string_view name,
                                              const Rows& rows) const {
  Device device;
  device.name = name;
  for (const Row& row : rows) {
    const std::string path = folder + std::string(row.file);
    // Which there are depends on the kernel: read-ahead is gone since 5.14.
    if (root_.Exists(Tree::kSys, path)) {
      device.numbers.push_back({root_.File(Tree::kSys, path), &row.metric, row.scale});
    }
  }
  return device;
}

void BcacheCollector::Scan() {
  sets_.clear();
  const auto uuids = root_.List(Tree::kSys, kFolder);
  if (!uuids) return;
  for (const std::string& uuid : *uuids) {
    if (uuid.find('-') == std::string::npos) continue;  // "register" and the like
    const std::string folder = std::string(kFolder).append("/").append(uuid).append("/");
    const auto names = root_.List(Tree::kSys, folder);
    if (!names) continue;
    Set set;
    set.uuid = uuid;
    set.own = Open(folder, "", kSetRows);
    for (const std::string& name : *names) {
      std::string below = folder;
      below.append(name).append("/");
      if (IsNumbered(name, "bdev")) {
        set.backing.push_back(Open(below, name, kBackingRows));
        set.backing.back().text = root_.File(Tree::kSys, below + "writeback_rate_debug");
      } else if (IsNumbered(name, "cache")) {
        set.caches.push_back(Open(below, name, kCacheRows));
        if (priority_stats_) {
          set.caches.back().text = root_.File(Tree::kSys, below + "priority_stats");
        }
      }
    }
    sets_.push_back(std::move(set));
  }
}

Result<void> BcacheCollector::Report(const Set& set, Device& device, Recorder& out) {
  const std::string_view labels[] = {set.uuid, device.name};
  const std::span<const std::string_view> all(labels);
  for (NumberFile& number : device.numbers) {
    std::string_view text;
    if (number.file.TryRead(buffer_, text) != 0) {  // the set was stopped, or a disk detached
      rescan_.Hurry();
      continue;
    }
    const auto value = ParseBcacheNumber(Trim(text));
    if (!value) return Fail(ErrorCode::kParse, number.file.path() + ": want a number");
    out.Set(*number.metric, device.name.empty() ? all.first(1) : all, *value * number.scale);
  }
  return {};
}

Result<void> BcacheCollector::ReportWriteback(const Set& set, Device& device, Recorder& out) {
  std::string_view text;
  if (device.text.TryRead(buffer_, text) != 0) return {};
  BcacheWriteback writeback;
  auto parsed = ParseBcacheWriteback(text, writeback);
  if (!parsed) return std::move(parsed).error().Context(device.text.path());
  const std::string_view labels[] = {set.uuid, device.name};
  out.Set(kTarget, labels, writeback.target);
  out.Set(kRate, labels, writeback.rate);
  out.Set(kProportional, labels, writeback.proportional);
  out.Set(kIntegral, labels, writeback.integral);
  out.Set(kChange, labels, writeback.change);
  return {};
}

Result<void> BcacheCollector::ReportPriority(const Set& set, Device& device, Recorder& out) {
  std::string_view text;
  if (!priority_stats_ || device.text.TryRead(buffer_, text) != 0) return {};
  BcachePriority priority;
  auto parsed = ParseBcachePriority(text, priority);
  if (!parsed) return std::move(parsed).error().Context(device.text.path());
  const std::string_view labels[] = {set.uuid, device.name};
  out.Set(kUnused, labels, priority.unused_percent);
  out.Set(kMetadata, labels, priority.metadata_percent);
  return {};
}

Result<void> BcacheCollector::Collect(const Tick& tick, Recorder& out) {
  if (rescan_.Due(tick.mono)) Scan();
  if (sets_.empty()) return Fail(ErrorCode::kNotSupported, "no bcache");
  for (Set& set : sets_) {
    if (auto ok = Report(set, set.own, out); !ok) return ok;
    for (Device& device : set.backing) {
      if (auto ok = Report(set, device, out); !ok) return ok;
      if (auto ok = ReportWriteback(set, device, out); !ok) return ok;
    }
    for (Device& device : set.caches) {
      if (auto ok = Report(set, device, out); !ok) return ok;
      if (auto ok = ReportPriority(set, device, out); !ok) return ok;
    }
  }
  return {};
}

}  // namespace ecsward
