// What binary operators do to two numbers.
#pragma once

#include <cmath>
#include <limits>

#include "rules/promql/ast.h"

namespace ecsward::promql {

// For arithmetic operators.
inline double Compute(BinaryOp op, double lhs, double rhs) {
  switch (op) {
    case BinaryOp::kAdd:
      return lhs + rhs;
    case BinaryOp::kSub:
      return lhs - rhs;
    case BinaryOp::kMul:
      return lhs * rhs;
    case BinaryOp::kDiv:
      return lhs / rhs;
    case BinaryOp::kMod:
      return std::fmod(lhs, rhs);
    case BinaryOp::kPow:
      return std::pow(lhs, rhs);
    case BinaryOp::kAtan2:
      return std::atan2(lhs, rhs);
    default:
      return std::numeric_limits<double>::quiet_NaN();
  }
}

// For comparisons.
inline bool Compare(BinaryOp op, double lhs, double rhs) {
  switch (op) {
    case BinaryOp::kEqual:
      return lhs == rhs;
    case BinaryOp::kNotEqual:
      return lhs != rhs;
    case BinaryOp::kLess:
      return lhs < rhs;
    case BinaryOp::kLessEqual:
      return lhs <= rhs;
    case BinaryOp::kGreater:
      return lhs > rhs;
    case BinaryOp::kGreaterEqual:
      return lhs >= rhs;
    default:
      return false;
  }
}

// Whether the result is another quantity than the operands. Prometheus 2.42 forgot atan2.
inline bool DropsName(BinaryOp op, bool return_bool) {
  return return_bool || !(IsComparison(op) || op == BinaryOp::kAtan2);
}

// For both, comparisons giving 1 or 0.
inline double ComputeOrCompare(BinaryOp op, double lhs, double rhs) {
  return IsComparison(op) ? (Compare(op, lhs, rhs) ? 1 : 0) : Compute(op, lhs, rhs);
}

}  // namespace ecsward::promql
