// The series of one collector.
//
// A series is a metric with its label values. It gets a small slot number on first sight and keeps
// it for as long as it lives. Collectors report the same series in the same order on nearly every
// run, so a run first looks at the slot that stood at this place in the run before: one pointer and
// a few bytes to compare, no hashing. Only where that guess fails is the series looked up by hash,
// and only an unseen series allocates.
//
// A series that a finished run did not report is absent from the next snapshot (its value is
// kStaleValue). Its slot is kept for kKeepRuns runs, since devices flap, and then given back.
#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric.h"

namespace ecsward {

// Prometheus's own staleness marker: a NaN with this bit pattern says "no longer there".
inline constexpr std::uint64_t kStaleBits = 0x7ff0000000000002;
inline double StaleValue() { return std::bit_cast<double>(kStaleBits); }
inline bool IsStale(double value) { return std::bit_cast<std::uint64_t>(value) == kStaleBits; }

class SeriesSet {
 public:
  using Slot = std::uint32_t;
  static constexpr std::uint32_t kKeepRuns = 60;

  // What a steady run looks at comes first and lies in one cache line, short label values included:
  // once a second, all of it has to come from memory.
  struct alignas(64) Series {
    const Metric* metric = nullptr;  // null: the slot is free
    std::uint32_t last_run = 0;
    std::string label_values;  // each value behind its length in two bytes
    std::uint64_t hash = 0;
    std::string prefix;  // name{a="b"} and a blank, ready for exposition
  };

  // --- one run: BeginRun, Set…, EndRun. By the one thread that collects. ---
  void BeginRun();
  // Reports one sample. The number of values must be the number of `metric.labels`. The first value
  // of a series reported twice in a run stands, and duplicates() counts.
  void Set(const Metric& metric, std::span<const std::string_view> label_values, double value);
  void EndRun();

  // --- between runs ---
  // Drops everything, as after a run that reported nothing.
  void Clear();
  // By slot; kStaleValue where nothing is. Free slots too.
  const std::vector<double>& values() const { return values_; }
  const std::vector<Series>& series() const { return series_; }
  // Grows whenever a slot is taken or given back: whoever keeps a picture of the slots must renew
  // it.
  std::uint64_t structure_version() const { return structure_version_; }
  std::uint64_t duplicates() const { return duplicates_; }
  std::size_t live_count() const { return live_; }

 private:
  static constexpr Slot kNone = std::numeric_limits<Slot>::max();

  Slot Find(const Metric& metric, std::span<const std::string_view> values,
            std::uint64_t hash) const;
  Slot Create(const Metric& metric, std::span<const std::string_view> values, std::uint64_t hash);
  void Free(Slot slot);
  void IndexInsert(Slot slot);
  void RebuildIndex(std::size_t capacity);

  std::vector<Series> series_;
  std::vector<double> values_;
  std::vector<Slot> free_;
  std::vector<Slot> order_;  // the slots in the order of the last run
  std::vector<Slot> index_;  // open addressing, a power of two; kNone is empty
  std::size_t indexed_ = 0;
  std::size_t cursor_ = 0;
  std::size_t live_ = 0;
  std::uint32_t run_ = 0;
  std::uint64_t structure_version_ = 1;
  std::uint64_t duplicates_ = 0;
};

// What a collector is given to report with.
class Recorder {
 public:
  explicit Recorder(SeriesSet& set) : set_(set) {}
  void Set(const Metric& metric, double value) { set_.Set(metric, {}, value); }
  void Set(const Metric& metric, std::initializer_list<std::string_view> values, double value) {
    set_.Set(metric, std::span(values.begin(), values.size()), value);
  }
  void Set(const Metric& metric, std::span<const std::string_view> values, double value) {
    set_.Set(metric, values, value);
  }

 private:
  SeriesSet& set_;  // outlives the recorder: the sampler owns both
};

// The label values of a series: LabelValue(series, 1) is the second. Empty when there is no such
// one.
std::string_view LabelValue(const SeriesSet::Series& series, std::size_t index);

}  // namespace ecsward
