#include "collectors/selinux.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

using enum MetricType;

constexpr Metric kEnabled{"node_selinux_enabled", "1 when SELinux is enabled, else 0.", kGauge};
constexpr Metric kConfigMode{"node_selinux_config_mode",
                             "Mode that the configuration asks for: 1 enforcing, 0 permissive, "
                             "-1 disabled.",
                             kGauge};
constexpr Metric kCurrentMode{"node_selinux_current_mode",
                              "Mode that SELinux is in: 1 enforcing, 0 permissive.", kGauge};
constexpr Metric kLookups{"node_selinux_avc_lookups_total", "Lookups in the access vector cache.",
                          kCounter};
constexpr Metric kHits{"node_selinux_avc_hits_total", "Hits of the access vector cache.", kCounter};
constexpr Metric kMisses{"node_selinux_avc_misses_total", "Misses of the access vector cache.",
                         kCounter};
constexpr Metric kAllocations{"node_selinux_avc_allocations_total",
                              "Entries that the access vector cache has made.", kCounter};
constexpr Metric kReclaims{"node_selinux_avc_reclaims_total",
                           "Entries that the access vector cache has reclaimed.", kCounter};
constexpr Metric kFrees{"node_selinux_avc_frees_total",
                        "Entries that the access vector cache has freed.", kCounter};
constexpr Metric kEntries{"node_selinux_avc_hash_entries", "Entries in the access vector cache.",
                          kGauge};
constexpr Metric kBuckets{"node_selinux_avc_hash_buckets_available",
                          "Hash buckets of the access vector cache.", kGauge};
constexpr Metric kBucketsUsed{"node_selinux_avc_hash_buckets_used",
                              "Hash buckets of the access vector cache that hold something.",
                              kGauge};
constexpr Metric kLongestChain{"node_selinux_avc_hash_longest_chain",
                               "Most entries in one hash bucket of the access vector cache.",
                               kGauge};
constexpr Metric kThreshold{"node_selinux_avc_threshold",
                            "Entries above which the access vector cache reclaims some.", kGauge};

constexpr std::chrono::seconds kConfigEvery{60};

Error Wrong(std::size_t line, std::string_view what) {
  return Fail(ErrorCode::kParse, "line " + std::to_string(line) + ": " + std::string(what));
}

// Takes the number after `name` off `text`'s next line.
bool NamedNumber(std::string_view& text, std::string_view name, std::string_view& rest,
                 double& out) {
  if (!NextLine(text, rest) || !rest.starts_with(name)) return false;
  rest.remove_prefix(name.size());
  const auto slash = rest.find('/');
  const std::string_view number = Trim(rest.substr(0, slash));
  rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  return ParseNumber(number, out);
}

}  // namespace

Result<AvcCounters> ParseAvcCacheStats(std::string_view text) {
  AvcCounters sum;
  std::string_view line;
  if (!NextLine(text, line) || !line.starts_with("lookups")) return Wrong(1, "want the names");
  for (std::size_t number = 2; NextLine(text, line); ++number) {
    double value[6] = {};
    for (double& v : value) {
      if (!NextNumber(line, v)) return Wrong(number, "want six numbers");
    }
    sum.lookups += value[0];
    sum.hits += value[1];
    sum.misses += value[2];
    sum.allocations += value[3];
    sum.reclaims += value[4];
    sum.frees += value[5];
  }
  return sum;
}

Result<AvcHash> ParseAvcHashStats(std::string_view text) {
  AvcHash hash;
  std::string_view rest;
  if (!NamedNumber(text, "entries:", rest, hash.entries)) return Wrong(1, "want entries");
  if (!NamedNumber(text, "buckets used:", rest, hash.buckets_used) ||
      !ParseNumber(Trim(rest), hash.buckets_available)) {
    return Wrong(2, "want buckets used");
  }
  if (!NamedNumber(text, "longest chain:", rest, hash.longest_chain)) {
    return Wrong(3, "want longest chain");
  }
  return hash;
}

int ParseSelinuxConfig(std::string_view text) {
  std::string_view line;
  while (NextLine(text, line)) {
    line = Trim(line);
    constexpr std::string_view kKey = "SELINUX=";
    if (!line.starts_with(kKey)) continue;
    const std::string_view mode = Trim(line.substr(kKey.size()));
    return mode == "enforcing" ? 1 : mode == "permissive" ? 0 : -1;
  }
  return -1;
}

SelinuxCollector::SelinuxCollector(const CollectorEnv& env)
    : enforce_(env.root.File(Tree::kSys, "fs/selinux/enforce")),
      cache_stats_(env.root.File(Tree::kSys, "fs/selinux/avc/cache_stats")),
      hash_stats_(env.root.File(Tree::kSys, "fs/selinux/avc/hash_stats")),
      threshold_(env.root.File(Tree::kSys, "fs/selinux/avc/cache_threshold")),
      config_(env.root.File(Tree::kRoot, "etc/selinux/config")) {}

Result<void> SelinuxCollector::Collect(const Tick& tick, Recorder& out) {
  std::string_view text;
  double mode = 0;
  if (enforce_.TryRead(buffer_, text) != 0 || !ParseNumber(Trim(text), mode)) {
    out.Set(kEnabled, 0);
    return {};
  }
  out.Set(kEnabled, 1);
  out.Set(kCurrentMode, mode);
  if (tick.mono >= config_due_) {
    config_due_ = tick.mono + kConfigEvery;
    config_mode_ = config_.TryRead(buffer_, text) == 0 ? ParseSelinuxConfig(text) : -1;
    config_.Close();  // an editor puts a new file in its place
  }
  out.Set(kConfigMode, config_mode_);

  auto stats = cache_stats_.Read(buffer_);
  if (!stats) return std::move(stats).error();
  const auto avc = ParseAvcCacheStats(*stats);
  if (!avc) return Error(avc.error()).Context(cache_stats_.path());
  out.Set(kLookups, avc->lookups);
  out.Set(kHits, avc->hits);
  out.Set(kMisses, avc->misses);
  out.Set(kAllocations, avc->allocations);
  out.Set(kReclaims, avc->reclaims);
  out.Set(kFrees, avc->frees);

  stats = hash_stats_.Read(buffer_);
  if (!stats) return std::move(stats).error();
  const auto hash = ParseAvcHashStats(*stats);
  if (!hash) return Error(hash.error()).Context(hash_stats_.path());
  out.Set(kEntries, hash->entries);
  out.Set(kBuckets, hash->buckets_available);
  out.Set(kBucketsUsed, hash->buckets_used);
  out.Set(kLongestChain, hash->longest_chain);

  double threshold = 0;
  if (threshold_.TryRead(buffer_, text) == 0 && ParseNumber(Trim(text), threshold)) {
    out.Set(kThreshold, threshold);
  }
  return {};
}

}  // namespace ecsward
