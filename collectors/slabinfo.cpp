#include "collectors/slabinfo.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kActive{"node_slabinfo_active_objects", "Objects in use.", MetricType::kGauge,
                         "slab"};
constexpr Metric kObjects{"node_slabinfo_objects", "Objects allocated, in use or not.",
                          MetricType::kGauge, "slab"};
constexpr Metric kObjectBytes{"node_slabinfo_object_size_bytes", "Size of one object.",
                              MetricType::kGauge, "slab"};
constexpr Metric kObjectsPerSlab{"node_slabinfo_objects_per_slab", "Objects in each slab.",
                                 MetricType::kGauge, "slab"};
constexpr Metric kPagesPerSlab{"node_slabinfo_pages_per_slab", "Pages of memory in each slab.",
                               MetricType::kGauge, "slab"};

}  // namespace

Result<void> ParseSlabinfo(std::string_view text, std::vector<Slab>& out) {
  out.clear();
  std::string_view line;
  if (!NextLine(text, line) || !line.starts_with("slabinfo - version: 2.1")) {
    return LineError(1, "want \"slabinfo - version: 2.1\"");
  }
  for (std::size_t number = 2; NextLine(text, line); ++number) {
    if (line.starts_with('#')) continue;
    Slab s;
    if (!NextField(line, s.name) || !NextNumber(line, s.active_objects) ||
        !NextNumber(line, s.objects) || !NextNumber(line, s.object_bytes) ||
        !NextNumber(line, s.objects_per_slab) || !NextNumber(line, s.pages_per_slab)) {
      return LineError(number, "want a name and five numbers");
    }
    out.push_back(s);
  }
  return {};
}

Result<void> SlabinfoCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  if (auto ok = ParseSlabinfo(*text, slabs_); !ok) {
    return std::move(ok).error().Context(file_.path());
  }
  for (const Slab& s : slabs_) {
    if (!filter_.Takes(s.name)) continue;
    out.Set(kActive, {s.name}, s.active_objects);
    out.Set(kObjects, {s.name}, s.objects);
    out.Set(kObjectBytes, {s.name}, s.object_bytes);
    out.Set(kObjectsPerSlab, {s.name}, s.objects_per_slab);
    out.Set(kPagesPerSlab, {s.name}, s.pages_per_slab);
  }
  return {};
}

}  // namespace ecsward
