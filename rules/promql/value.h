// What an expression evaluates to.
#pragma once

#include <string>
#include <vector>

#include "metrics/history.h"
#include "metrics/labels.h"
#include "rules/promql/ast.h"

namespace ecsward::promql {

struct VectorSample {
  Labels labels;
  double value = 0;
};
using Vector = std::vector<VectorSample>;  // all at the time of the evaluation

struct MatrixSeries {
  Labels labels;
  std::vector<Sample> samples;  // ascending in time, no stale markers
};
using Matrix = std::vector<MatrixSeries>;

struct Value {
  ValueType type = ValueType::kNone;
  double scalar = 0;
  std::string string;
  Vector vector;
  Matrix matrix;
};

}  // namespace ecsward::promql
