#include "metrics/series_set.h"

#include <algorithm>
#include <cassert>

#include "metrics/exposition.h"

namespace ecsward {
namespace {

// Label values are stored in one string, each behind its length in two bytes. A longer value is
// cut; Prometheus would refuse it anyway.
constexpr std::size_t kMaxValue = 0xffff;

std::string_view Cut(std::string_view value) { return value.substr(0, kMaxValue); }

void Encode(std::span<const std::string_view> values, std::string& out) {
  for (const std::string_view whole : values) {
    const std::string_view value = Cut(whole);
    out.push_back(static_cast<char>(value.size() & 0xff));
    out.push_back(static_cast<char>(value.size() >> 8));
    out.append(value);
  }
}

std::size_t LengthAt(const char* p) {
  return static_cast<std::size_t>(static_cast<unsigned char>(p[0])) |
         (static_cast<std::size_t>(static_cast<unsigned char>(p[1])) << 8);
}

bool Same(const SeriesSet::Series& series, const Metric& metric,
          std::span<const std::string_view> values) {
  if (series.metric != &metric) return false;
  const char* p = series.label_values.data();
  const char* const end = p + series.label_values.size();
  for (const std::string_view whole : values) {
    const std::string_view value = Cut(whole);
    if (p == end || LengthAt(p) != value.size()) return false;
    p += 2;
    // Most values are a few bytes: a loop costs less than a call of memcmp.
    if (!std::equal(value.begin(), value.end(), p)) return false;
    p += value.size();
  }
  return p == end;
}

// FNV-1a over the values, with the metric's address mixed in. Speed hardly matters here: the cursor
// answers nearly every call.
std::uint64_t Hash(const Metric& metric, std::span<const std::string_view> values) {
  std::uint64_t h = 0xcbf29ce484222325ULL ^ reinterpret_cast<std::uintptr_t>(&metric);
  const auto mix = [&h](unsigned char c) { h = (h ^ c) * 0x100000001b3ULL; };
  for (const std::string_view value : values) {
    for (const char c : value) mix(static_cast<unsigned char>(c));
    mix(0xff);
  }
  return h ^ (h >> 29);
}

}  // namespace

std::string_view LabelValue(const SeriesSet::Series& series, std::size_t index) {
  const char* p = series.label_values.data();
  const char* const end = p + series.label_values.size();
  while (p != end) {
    const std::size_t length = LengthAt(p);
    p += 2;
    if (index-- == 0) return {p, length};
    p += length;
  }
  return {};
}

void SeriesSet::BeginRun() {
  ++run_;
  cursor_ = 0;
}

void SeriesSet::Set(const Metric& metric, std::span<const std::string_view> label_values,
                    double value) {
  assert(label_values.size() == LabelCount(metric.labels));
  Slot slot = cursor_ < order_.size() ? order_[cursor_] : kNone;
  if (slot == kNone || !Same(series_[slot], metric, label_values)) {
    const std::uint64_t hash = Hash(metric, label_values);
    slot = Find(metric, label_values, hash);
    if (slot == kNone) slot = Create(metric, label_values, hash);
    if (cursor_ < order_.size()) {
      order_[cursor_] = slot;
    } else {
      order_.push_back(slot);
    }
  }
  Series& series = series_[slot];
  if (series.last_run == run_) {  // the order keeps its place: the next guess is still good
    ++duplicates_;
    return;
  }
  ++cursor_;
  series.last_run = run_;
  values_[slot] = value;
}

void SeriesSet::EndRun() {
  order_.resize(cursor_);
  if (cursor_ == live_ && live_ + free_.size() == series_.size()) return;  // all slots reported
  live_ = cursor_;
  for (Slot slot = 0; slot < series_.size(); ++slot) {
    const Series& series = series_[slot];
    if (series.metric == nullptr || series.last_run == run_) continue;
    values_[slot] = StaleValue();
    if (run_ - series.last_run >= kKeepRuns) Free(slot);
  }
}

void SeriesSet::Clear() {
  BeginRun();
  EndRun();
}

SeriesSet::Slot SeriesSet::Find(const Metric& metric, std::span<const std::string_view> values,
                                std::uint64_t hash) const {
  if (index_.empty()) return kNone;
  const std::size_t mask = index_.size() - 1;
  for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot slot = index_[i];
    if (slot == kNone) return kNone;
    const Series& series = series_[slot];
    if (series.hash == hash && Same(series, metric, values)) return slot;
  }
}

SeriesSet::Slot SeriesSet::Create(const Metric& metric, std::span<const std::string_view> values,
                                  std::uint64_t hash) {
  Slot slot = 0;
  if (free_.empty()) {
    slot = static_cast<Slot>(series_.size());
    series_.emplace_back();
    values_.push_back(StaleValue());
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Series& series = series_[slot];
  series.metric = &metric;
  series.hash = hash;
  series.last_run = run_ - 1;
  series.label_values.clear();
  Encode(values, series.label_values);
  series.label_values.shrink_to_fit();
  series.prefix.clear();
  AppendSeriesPrefix(metric, values, series.prefix);
  series.prefix.shrink_to_fit();
  IndexInsert(slot);
  ++structure_version_;
  return slot;
}

void SeriesSet::Free(Slot slot) {
  series_[slot] = Series{};
  free_.push_back(slot);
  ++structure_version_;
  RebuildIndex(
      index_.size());  // rare: a slot is given back once a device has been gone for a while
}

void SeriesSet::IndexInsert(Slot slot) {
  if ((indexed_ + 1) * 2 > index_.size()) {
    RebuildIndex(std::max<std::size_t>(16, index_.size() * 2));  // finds `slot` in series_
    return;
  }
  const std::size_t mask = index_.size() - 1;
  std::size_t i = series_[slot].hash & mask;
  while (index_[i] != kNone) i = (i + 1) & mask;
  index_[i] = slot;
  ++indexed_;
}

void SeriesSet::RebuildIndex(std::size_t capacity) {
  index_.assign(capacity, kNone);
  indexed_ = 0;
  const std::size_t mask = capacity - 1;
  for (Slot slot = 0; slot < series_.size(); ++slot) {
    if (series_[slot].metric == nullptr) continue;
    std::size_t i = series_[slot].hash & mask;
    while (index_[i] != kNone) i = (i + 1) & mask;
    index_[i] = slot;
    ++indexed_;
  }
}

}  // namespace ecsward
