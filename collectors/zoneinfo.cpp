#include "collectors/zoneinfo.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr std::string_view kLabels = "node,zone";

struct Field {
  std::string_view name;  // in the file
  Metric metric;
};

constexpr Field kFields[] = {
    {"nr_free_pages",
     {"node_zoneinfo_nr_free_pages", "Free pages in the zone.", MetricType::kGauge, kLabels}},
    {"min",
     {"node_zoneinfo_min_pages", "Watermark below which only emergencies get pages.",
      MetricType::kGauge, kLabels}},
    {"low",
     {"node_zoneinfo_low_pages", "Watermark below which kswapd starts to reclaim.",
      MetricType::kGauge, kLabels}},
    {"high",
     {"node_zoneinfo_high_pages", "Watermark above which kswapd stops.", MetricType::kGauge,
      kLabels}},
    {"scanned",
     {"node_zoneinfo_scanned_pages", "Pages scanned since the last reclaim.", MetricType::kGauge,
      kLabels}},
    {"spanned",
     {"node_zoneinfo_spanned_pages", "Pages the zone spans, holes included.", MetricType::kGauge,
      kLabels}},
    {"present",
     {"node_zoneinfo_present_pages", "Physical pages in the zone.", MetricType::kGauge, kLabels}},
    {"managed",
     {"node_zoneinfo_managed_pages", "Present pages that the page allocator manages.",
      MetricType::kGauge, kLabels}},
    {"nr_active_anon",
     {"node_zoneinfo_nr_active_anon_pages", "Anonymous pages used recently.", MetricType::kGauge,
      kLabels}},
    {"nr_inactive_anon",
     {"node_zoneinfo_nr_inactive_anon_pages", "Anonymous pages not used recently.",
      MetricType::kGauge, kLabels}},
    {"nr_isolated_anon",
     {"node_zoneinfo_nr_isolated_anon_pages", "Anonymous pages taken off their list for a moment.",
      MetricType::kGauge, kLabels}},
    {"nr_anon_pages",
     {"node_zoneinfo_nr_anon_pages", "Anonymous pages mapped.", MetricType::kGauge, kLabels}},
    {"nr_anon_transparent_hugepages",
     {"node_zoneinfo_nr_anon_transparent_hugepages", "Anonymous transparent huge pages.",
      MetricType::kGauge, kLabels}},
    {"nr_active_file",
     {"node_zoneinfo_nr_active_file_pages", "File pages used recently.", MetricType::kGauge,
      kLabels}},
    {"nr_inactive_file",
     {"node_zoneinfo_nr_inactive_file_pages", "File pages not used recently.", MetricType::kGauge,
      kLabels}},
    {"nr_isolated_file",
     {"node_zoneinfo_nr_isolated_file_pages", "File pages taken off their list for a moment.",
      MetricType::kGauge, kLabels}},
    {"nr_file_pages", {"node_zoneinfo_nr_file_pages", "File pages.", MetricType::kGauge, kLabels}},
    {"nr_slab_reclaimable",
     {"node_zoneinfo_nr_slab_reclaimable_pages", "Slab pages that can be reclaimed.",
      MetricType::kGauge, kLabels}},
    {"nr_slab_unreclaimable",
     {"node_zoneinfo_nr_slab_unreclaimable_pages", "Slab pages that cannot be reclaimed.",
      MetricType::kGauge, kLabels}},
    {"nr_mlock_stack",
     {"node_zoneinfo_nr_mlock_stack_pages", "Locked pages that reclaim has come upon.",
      MetricType::kGauge, kLabels}},
    {"nr_kernel_stack",
     {"node_zoneinfo_nr_kernel_stacks", "Kernel stacks.", MetricType::kGauge, kLabels}},
    {"nr_mapped",
     {"node_zoneinfo_nr_mapped_pages", "File pages mapped into processes.", MetricType::kGauge,
      kLabels}},
    {"nr_dirty",
     {"node_zoneinfo_nr_dirty_pages", "Pages waiting to be written.", MetricType::kGauge, kLabels}},
    {"nr_writeback",
     {"node_zoneinfo_nr_writeback_pages", "Pages being written.", MetricType::kGauge, kLabels}},
    {"nr_unevictable",
     {"node_zoneinfo_nr_unevictable_pages", "Pages that cannot be evicted.", MetricType::kGauge,
      kLabels}},
    {"nr_shmem",
     {"node_zoneinfo_nr_shmem_pages", "Pages of shared memory and tmpfs.", MetricType::kGauge,
      kLabels}},
    {"nr_dirtied",
     {"node_zoneinfo_nr_dirtied_total", "Times that pages became dirty since boot.",
      MetricType::kCounter, kLabels}},
    {"nr_written",
     {"node_zoneinfo_nr_written_total", "Pages written since boot.", MetricType::kCounter,
      kLabels}},
    {"numa_hit",
     {"node_zoneinfo_numa_hit_total", "Pages allocated on the node wanted.", MetricType::kCounter,
      kLabels}},
    {"numa_miss",
     {"node_zoneinfo_numa_miss_total", "Pages allocated here though another node was wanted.",
      MetricType::kCounter, kLabels}},
    {"numa_foreign",
     {"node_zoneinfo_numa_foreign_total", "Pages wanted here but allocated elsewhere.",
      MetricType::kCounter, kLabels}},
    {"numa_interleave",
     {"node_zoneinfo_numa_interleave_total", "Pages allocated here by the interleave policy.",
      MetricType::kCounter, kLabels}},
    {"numa_local",
     {"node_zoneinfo_numa_local_total", "Pages allocated by processes of this node.",
      MetricType::kCounter, kLabels}},
    {"numa_other",
     {"node_zoneinfo_numa_other_total", "Pages allocated by processes of other nodes.",
      MetricType::kCounter, kLabels}},
};

constexpr std::string_view kProtectionHelp =
    "Pages kept from allocations that could also use the zone of this number.";
constexpr Metric kProtection[] = {
    {"node_zoneinfo_protection_0", kProtectionHelp, MetricType::kGauge, kLabels},
    {"node_zoneinfo_protection_1", kProtectionHelp, MetricType::kGauge, kLabels},
    {"node_zoneinfo_protection_2", kProtectionHelp, MetricType::kGauge, kLabels},
    {"node_zoneinfo_protection_3", kProtectionHelp, MetricType::kGauge, kLabels},
    {"node_zoneinfo_protection_4", kProtectionHelp, MetricType::kGauge, kLabels},
    {"node_zoneinfo_protection_5", kProtectionHelp, MetricType::kGauge, kLabels},
    {"node_zoneinfo_protection_6", kProtectionHelp, MetricType::kGauge, kLabels},
    {"node_zoneinfo_protection_7", kProtectionHelp, MetricType::kGauge, kLabels},
};

const Metric* FindField(std::string_view name) {
  for (const Field& field : kFields) {
    if (field.name == name) return &field.metric;
  }
  return nullptr;
}

// "Node 0, zone   Normal"; false when it is another line.
bool ParseZoneLine(std::string_view line, ZoneValue& where) {
  std::string_view node, zone, word;
  if (!NextField(line, word) || word != "Node" || !NextField(line, node) || !node.ends_with(',') ||
      !NextField(line, word) || word != "zone" || !NextField(line, zone)) {
    return false;
  }
  node.remove_suffix(1);
  where.node = node;
  where.zone = zone;
  return true;
}

// "(0, 2946, 6362, 6362)": one value for each zone a request may fall back from.
bool ParseProtection(std::string_view list, const ZoneValue& where, std::vector<ZoneValue>& out) {
  list = Trim(list);
  if (!list.starts_with('(') || !list.ends_with(')')) return false;
  list = list.substr(1, list.size() - 2);
  for (const Metric& metric : kProtection) {
    const auto comma = list.find(',');
    ZoneValue value = where;
    value.metric = &metric;
    if (!ParseNumber(Trim(list.substr(0, comma)), value.value)) return false;
    out.push_back(value);
    if (comma == std::string_view::npos) return true;
    list.remove_prefix(comma + 1);
  }
  return true;  // no kernel has more zones than we have metrics
}

}  // namespace

Result<void> ParseZoneinfo(std::string_view text, std::vector<ZoneValue>& out) {
  out.clear();
  ZoneValue where;
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    if (line.starts_with("Node")) {
      if (!ParseZoneLine(line, where)) return LineError(number, "want \"Node N, zone NAME\"");
      continue;
    }
    std::string_view name;
    if (!NextField(line, name)) continue;
    const bool protection = name == "protection:";
    const Metric* metric = protection ? nullptr : FindField(name);
    if (metric == nullptr && !protection) continue;
    if (where.zone.empty()) return LineError(number, "want a zone first");
    if (protection) {
      if (!ParseProtection(line, where, out)) return LineError(number, "want \"(0, 0, …)\"");
      continue;
    }
    ZoneValue value = where;
    value.metric = metric;
    if (!NextNumber(line, value.value)) return LineError(number, "want a number");
    out.push_back(value);
  }
  if (where.zone.empty()) return Fail(ErrorCode::kParse, "no zones");
  return {};
}

Result<void> ZoneinfoCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  if (auto ok = ParseZoneinfo(*text, values_); !ok) {
    return std::move(ok).error().Context(file_.path());
  }
  for (const ZoneValue& v : values_) out.Set(*v.metric, {v.node, v.zone}, v.value);
  return {};
}

}  // namespace ecsward
