// The three kinds of nodes that an expression is compiled to. Each remembers what its last
// evaluation found out and checks that memory against what it was made from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "rules/promql/eval/evaluation.h"
#include "rules/promql/eval/vector_buffer.h"
#include "rules/promql/range_functions.h"

namespace ecsward::promql {

class ScalarNode {
 public:
  virtual ~ScalarNode() = default;
  // False: the evaluation has failed, and `e.error` says why.
  virtual bool Eval(Evaluation& e, std::int64_t time_ms, double& out) = 0;
  // The value when it is the same at all times, else null.
  virtual const double* constant() const { return nullptr; }
};
using ScalarPtr = std::unique_ptr<ScalarNode>;

class VectorNode {
 public:
  virtual ~VectorNode() = default;
  // Null: the evaluation has failed. What comes back stays good until the next call.
  virtual const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) = 0;
};
using VectorPtr = std::unique_ptr<VectorNode>;

// A range vector: windows of series, as range functions take them.
class RangeNode {
 public:
  virtual ~RangeNode() = default;
  // Moves the windows to this time. False: the evaluation has failed.
  virtual bool MoveTo(Evaluation& e, std::int64_t time_ms) = 0;

  // The window's bounds, both included.
  std::int64_t start_ms() const { return start_ms_; }
  std::int64_t end_ms() const { return end_ms_; }
  // The series that may have samples in the window; their list changes only with the shape.
  std::uint64_t shape() const { return shape_; }
  virtual std::size_t size() const = 0;
  virtual const Labels& labels(std::size_t index) const = 0;

  // The window of one series, without stale markers. Good until the next call.
  virtual std::span<const Sample> Samples(Evaluation& e, std::size_t index) = 0;
  // The function's result over that window; false in `has` when there is none. False: the
  // evaluation has failed.
  virtual bool Apply(Evaluation& e, std::size_t index, RangeFunction function,
                     const RangeArgs& args, bool& has, double& out) = 0;

 protected:
  std::int64_t start_ms_ = 0, end_ms_ = 0;
  std::uint64_t shape_ = 0;
};
using RangePtr = std::unique_ptr<RangeNode>;

}  // namespace ecsward::promql
