#include "metrics/series_table.h"

#include <algorithm>

namespace ecsward {

SeriesSet& SeriesTable::Add(bool slow) {
  parts_.push_back(Part{.set = std::make_shared<SeriesSet>(), .slow = slow});
  layout_.reset();
  return *parts_.back().set;
}

SeriesSet& SeriesTable::AddSet() { return Add(false); }

std::shared_ptr<SeriesSet> SeriesTable::AddSlowSet() {
  Add(true);
  return parts_.back().set;
}

SeriesTable::Part* SeriesTable::Find(const SeriesSet& set) {
  const auto it = std::find_if(parts_.begin(), parts_.end(),
                               [&set](const Part& part) { return part.set.get() == &set; });
  return it == parts_.end() ? nullptr : &*it;
}

void SeriesTable::Absorb(const SeriesSet& set) {
  Part* part = Find(set);
  if (part == nullptr) return;
  part->absorbed_values = set.values();
  if (part->absorbed_version != set.structure_version()) {
    part->absorbed_version = set.structure_version();
    part->absorbed_series = set.series();
  }
}

void SeriesTable::Withdraw(const SeriesSet& set) {
  Part* part = Find(set);
  if (part == nullptr) return;
  std::fill(part->absorbed_values.begin(), part->absorbed_values.end(), StaleValue());
}

void SeriesTable::Remove(const SeriesSet& set) {
  std::erase_if(parts_, [&set](const Part& part) { return part.set.get() == &set; });
  layout_.reset();
}

const std::vector<double>& SeriesTable::ValuesOf(const Part& part) const {
  return part.slow ? part.absorbed_values : part.set->values();
}

const std::vector<SeriesSet::Series>& SeriesTable::SeriesOf(const Part& part) const {
  return part.slow ? part.absorbed_series : part.set->series();
}

std::uint64_t SeriesTable::VersionOf(const Part& part) const {
  return part.slow ? part.absorbed_version : part.set->structure_version();
}

void SeriesTable::Publish(std::uint64_t tick, WallTime now) {
  bool changed = layout_ == nullptr;
  for (const Part& part : parts_) changed = changed || part.layout_version != VersionOf(part);
  if (changed) RebuildLayout();

  const std::lock_guard lock(mutex_);
  latest_.tick = tick;
  latest_.time = now;
  latest_.layout = layout_;
  latest_.values.clear();
  for (const Part& part : parts_) {
    const std::vector<double>& values = ValuesOf(part);
    latest_.values.insert(latest_.values.end(), values.begin(), values.end());
  }
}

bool SeriesTable::ReadLatest(Snapshot& out) const {
  const std::lock_guard lock(mutex_);
  if (latest_.layout == nullptr) return false;
  out = latest_;
  return true;
}

void SeriesTable::RebuildLayout() {
  struct Item {
    const SeriesSet::Series* series;
    std::uint32_t value_index;
    bool stale;  // its collector does not report it now; it keeps its place in case it comes back
  };
  std::vector<Item> items;
  std::uint32_t base = 0;
  for (Part& part : parts_) {
    part.layout_version = VersionOf(part);
    const auto& all = SeriesOf(part);
    const auto& values = ValuesOf(part);
    for (std::uint32_t slot = 0; slot < all.size(); ++slot) {
      if (all[slot].metric != nullptr)
        items.push_back({&all[slot], base + slot, IsStale(values[slot])});
    }
    base += static_cast<std::uint32_t>(all.size());
  }
  // Stable: the order of the collectors stays where nothing else decides.
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    const Metric &ma = *a.series->metric, &mb = *b.series->metric;
    const auto fa = ma.family(), fb = mb.family();
    if (fa != fb) return fa < fb;
    // Buckets and quantiles stay in the order of their source, which is that of their bounds.
    if (ma.type == MetricType::kHistogram || ma.type == MetricType::kSummary) return false;
    if (const int order = a.series->prefix.compare(b.series->prefix); order != 0) return order < 0;
    return !a.stale && b.stale;
  });

  auto layout = std::make_shared<SnapshotLayout>();
  std::size_t text_size = 0;
  for (const Item& item : items) {
    text_size += item.series->prefix.size();
    text_size += item.series->metric->family().size() + item.series->metric->help.size();
  }
  layout->text.reserve(text_size);  // never grows below: the views into it stay good
  layout->entries.reserve(items.size());
  const auto keep = [&text = layout->text](std::string_view s) {
    const std::size_t offset = text.size();
    text.append(s);
    return std::string_view(text).substr(offset, s.size());
  };
  conflicts_ = 0;
  const std::string* last_prefix = nullptr;
  for (std::size_t i = 0, end = 0; i < items.size(); i = end) {
    // Help and type are those of the earliest collector, as are its series where two are the same.
    // What is there now goes before what was: a metric may have come back as another type.
    const Item* owner = &items[i];
    const std::string_view name = owner->series->metric->family();
    for (end = i; end < items.size() && items[end].series->metric->family() == name; ++end) {
      const Item& other = items[end];
      if (other.stale != owner->stale ? owner->stale : other.value_index < owner->value_index) {
        owner = &other;
      }
    }
    const Metric& metric = *owner->series->metric;
    layout->families.push_back({.name = keep(name),
                                .help = keep(metric.help),
                                .type = metric.type,
                                .first_entry = static_cast<std::uint32_t>(layout->entries.size()),
                                .entry_count = 0});
    for (std::size_t k = i; k < end; ++k) {
      const std::string& prefix = items[k].series->prefix;
      const bool repeated = last_prefix != nullptr && *last_prefix == prefix;
      if (items[k].series->metric->type != metric.type || repeated) {
        if (!items[k].stale) ++conflicts_;
        continue;
      }
      last_prefix = &prefix;
      const auto offset = static_cast<std::uint32_t>(layout->text.size());
      keep(prefix);
      layout->entries.push_back(
          {items[k].value_index, offset, static_cast<std::uint32_t>(prefix.size())});
    }
    layout->families.back().entry_count =
        static_cast<std::uint32_t>(layout->entries.size() - layout->families.back().first_entry);
  }
  layout_ = std::move(layout);
  ++structure_version_;
}

}  // namespace ecsward
