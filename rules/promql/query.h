// An expression made ready to be evaluated again and again.
//
// A Query is a tree of nodes that remember what the last evaluation found out: which series match,
// which labels a result gets, which group a sample belongs to, what stands in a range's window. As
// long as no series comes or goes, an evaluation a step later only looks at what is new: it costs
// some nanoseconds a sample and allocates nothing. Every such memory is checked against what it was
// made from, never trusted.
//
// Semantics are those of Prometheus 2.42 without feature flags, plus what later versions added to
// the language: windows and lookback include both ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "metrics/history.h"
#include "rules/promql/ast.h"
#include "rules/promql/value.h"

namespace ecsward::promql {

struct QueryOptions {
  std::chrono::milliseconds lookback{std::chrono::minutes(5)};
  std::chrono::milliseconds default_subquery_step{std::chrono::minutes(1)};
  // How many samples one evaluation may load; beyond, it fails with kInvalidArgument "query
  // processing would load too many samples into memory in query execution".
  std::uint64_t max_samples = 5'000'000;
  // False: each window is computed anew, as Prometheus does. Slower, and the same to the last bit,
  // which rule unit tests ask for; carried on, a sum may differ there.
  bool carry_windows_on = true;
};

class Query {
 public:
  // Takes the expression over. `history` (and its label table) outlives this.
  Query(ExprPtr expr, const History& history, QueryOptions options = {});
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  ValueType type() const;
  const Expr& expr() const;

  // At one moment. The value stays good until the next call. A range vector at the top gives a
  // matrix, as Prometheus's instant queries do.
  // errors: kInvalidArgument with Prometheus's words ("many-to-many matching not allowed: …")
  Result<const Value*> At(std::int64_t time_ms);

  // At start, start + step, … up to end. The expression must be a scalar or an instant vector.
  // `start()` and `end()` mean these; in At they both mean its time.
  Result<Matrix> Between(std::int64_t start_ms, std::int64_t end_ms, std::int64_t step_ms);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// What of the history an expression reads: one entry for each selector. `keep` covers its range,
// offset, all subqueries around it and the lookback, and is at most `longest`; for `@ <time>` it is
// `longest`, since that time gets ever further away.
using HistoryNeed = ecsward::HistoryNeed;
std::vector<HistoryNeed> HistoryNeeds(const Expr& expr, std::chrono::milliseconds lookback,
                                      std::chrono::milliseconds longest = std::chrono::hours(24 *
                                                                                             15));

}  // namespace ecsward::promql
