// Scalars: numbers, time(), scalar(vector), and arithmetic between scalars.
#pragma once

#include "rules/promql/eval/node.h"

namespace ecsward::promql {

class ConstantNode final : public ScalarNode {
 public:
  explicit ConstantNode(double value) : value_(value) {}
  bool Eval(Evaluation& e, std::int64_t time_ms, double& out) override;
  const double* constant() const override { return &value_; }

 private:
  const double value_;
};

// Seconds since 1970.
class TimeNode final : public ScalarNode {
 public:
  bool Eval(Evaluation& e, std::int64_t time_ms, double& out) override;
};

// The value of a vector of one element, else NaN.
class ScalarOfVectorNode final : public ScalarNode {
 public:
  explicit ScalarOfVectorNode(VectorPtr vector) : vector_(std::move(vector)) {}
  bool Eval(Evaluation& e, std::int64_t time_ms, double& out) override;

 private:
  const VectorPtr vector_;
};

class NegateScalarNode final : public ScalarNode {
 public:
  explicit NegateScalarNode(ScalarPtr scalar) : scalar_(std::move(scalar)) {}
  bool Eval(Evaluation& e, std::int64_t time_ms, double& out) override;

 private:
  const ScalarPtr scalar_;
};

class BinaryScalarNode final : public ScalarNode {
 public:
  BinaryScalarNode(BinaryOp op, ScalarPtr lhs, ScalarPtr rhs)
      : op_(op), lhs_(std::move(lhs)), rhs_(std::move(rhs)) {}
  bool Eval(Evaluation& e, std::int64_t time_ms, double& out) override;

 private:
  const BinaryOp op_;
  const ScalarPtr lhs_, rhs_;
};

}  // namespace ecsward::promql
