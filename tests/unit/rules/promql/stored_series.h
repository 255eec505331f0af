// A history with series for tests of the evaluator, written by hand: one value each `step`.
#pragma once

#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/history.h"
#include "rules/promql/query.h"

namespace ecsward::promql {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr std::int64_t kMinuteMs = 60'000;

// Stands for "no sample here" and "stale from here" among the values of a series.
struct Slot {
  enum class Kind { kValue, kNone, kStale };
  Slot(double v) : value(v) {}  // NOLINT(google-explicit-constructor): lists of numbers read well
  explicit Slot(Kind k) : kind(k) {}
  Kind kind = Kind::kValue;
  double value = 0;
};
inline const Slot kNone{Slot::Kind::kNone};
inline const Slot kStale{Slot::Kind::kStale};

class StoredSeries {
 public:
  // `selector` names all labels: `up{job="a"}`.
  void Load(std::string_view selector, const std::vector<Slot>& values,
            std::int64_t step_ms = kMinuteMs, std::int64_t start_ms = 0);
  // `count` values that rise by `step` from 0.
  void LoadRising(std::string_view selector, double step, int count,
                  std::int64_t step_ms = kMinuteMs);

  Labels Make(std::string_view selector);
  History& history() { return history_; }

  // The value at that time as text, elements in the order of their labels, or "error: …":
  // `up{job="a"} 1; up{job="b"} 0`. A scalar is just its number.
  std::string At(std::string_view expr, std::int64_t time_ms, QueryOptions options = {});
  // `{job="a"} 1@0 2@60`: values and seconds.
  std::string Between(std::string_view expr, std::int64_t start_ms, std::int64_t end_ms,
                      std::int64_t step_ms, QueryOptions options = {});

 private:
  LabelTable labels_;
  History history_{labels_};
};

std::string ToText(const Value& value);

}  // namespace ecsward::promql
