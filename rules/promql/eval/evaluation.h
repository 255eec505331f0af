// What all nodes of a Query share while one evaluation is under way: the history, the meaning of
// start() and end(), how much may still be loaded, and the error that ended it.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/result.h"
#include "metrics/history.h"
#include "rules/promql/ast.h"
#include "rules/promql/eval/vector_buffer.h"
#include "rules/promql/query.h"

namespace ecsward::promql {

// Times are kept within these bounds, so that no `@` and no offset overflows.
inline constexpr std::int64_t kMaxTime = std::int64_t{1} << 61;

inline std::int64_t ClampTime(std::int64_t time_ms) {
  return time_ms < -kMaxTime ? -kMaxTime : time_ms > kMaxTime ? kMaxTime : time_ms;
}
inline std::int64_t Minus(std::int64_t time_ms, std::int64_t duration_ms) {
  return ClampTime(ClampTime(time_ms) - ClampTime(duration_ms));
}

struct Evaluation {
  // `from` outlives this.
  Evaluation(const History& from, const QueryOptions& options)
      : history(from),
        table(from.label_table()),
        lookback_ms(options.lookback.count()),
        default_step_ms(options.default_subquery_step.count()),
        max_samples(options.max_samples) {}

  const History& history;
  LabelTable& table;
  const std::int64_t lookback_ms, default_step_ms;
  const std::uint64_t max_samples;
  ShapeCounter shapes;

  // Counts calls of At and Between. Within one of them the history stands still.
  std::uint64_t run = 0;
  // `start()` and `end()`.
  std::int64_t start_ms = 0, end_ms = 0;
  // Before this time the history has all it will ever get; the smallest number in Between, which
  // may be about any time.
  std::int64_t settled_ms = 0;
  // The first moment of this run at which the node at hand is evaluated.
  std::int64_t scope_start_ms = 0;
  // Whether nodes are evaluated at moments of the past too: in Between and in subqueries.
  bool steps_through_past = false;

  // --- limits ---
  std::uint64_t held = 0;  // samples in memory for this evaluation
  std::uint64_t work = 0;  // samples looked at
  // False: too many, and the error says so.
  bool Hold(std::uint64_t samples) {
    held += samples;
    work += samples + 1;
    if (held <= max_samples && work / kWorkPerSample <= max_samples) return true;
    return FailTooMany();
  }

  // --- errors ---
  std::string error;
  // Always false, for `return e.Fail("…");`. The first one stands.
  bool Fail(std::string message) {
    if (error.empty()) error = std::move(message);
    return false;
  }

  // --- memory for whoever needs some for a moment ---
  std::vector<Labels::View> views;
  std::vector<const void*> identities;

 private:
  // Subqueries in subqueries may look at the same samples again and again.
  static constexpr std::uint64_t kWorkPerSample = 64;
  bool FailTooMany() {
    return Fail("query processing would load too many samples into memory in query execution");
  }
};

// The moment that a selector or subquery evaluated at `time_ms` looks at.
inline std::int64_t ShiftedTime(const TimeShift& shift, const Evaluation& e, std::int64_t time_ms) {
  switch (shift.at) {
    case TimeShift::At::kNone:
      break;
    case TimeShift::At::kTime:
      time_ms = shift.at_ms;
      break;
    case TimeShift::At::kStart:
      time_ms = e.start_ms;
      break;
    case TimeShift::At::kEnd:
      time_ms = e.end_ms;
      break;
  }
  return Minus(time_ms, shift.offset_ms);
}

}  // namespace ecsward::promql
