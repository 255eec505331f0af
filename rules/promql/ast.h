// A PromQL expression as a tree. Made by the parser, which has checked it: names, arity and types
// are right, so that whoever walks the tree meets no surprises.
// source: https://prometheus.io/docs/prometheus/latest/querying/basics/
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/label_matcher.h"

namespace ecsward::promql {

enum class ValueType : std::uint8_t { kNone, kScalar, kVector, kMatrix, kString };
// As Prometheus's messages say it: "scalar", "instant vector", "range vector", "string".
std::string_view ToString(ValueType type);

// Bytes of the expression's text, [begin, end).
struct Range {
  std::uint32_t begin = 0, end = 0;
};

enum class Kind : std::uint8_t {
  kNumber,
  kString,
  kVectorSelector,
  kMatrixSelector,
  kSubquery,
  kParen,
  kUnary,
  kBinary,
  kAggregate,
  kCall,
};

struct Expr {
  explicit Expr(Kind k) : kind(k) {}
  virtual ~Expr() = default;
  const Kind kind;
  Range range;
  virtual ValueType type() const = 0;
};
using ExprPtr = std::unique_ptr<Expr>;

struct NumberLiteral final : Expr {
  NumberLiteral() : Expr(Kind::kNumber) {}
  double value = 0;
  ValueType type() const override { return ValueType::kScalar; }
};

struct StringLiteral final : Expr {
  StringLiteral() : Expr(Kind::kString) {}
  std::string value;  // unquoted
  ValueType type() const override { return ValueType::kString; }
};

// `offset 5m` and `@ 1609746000`, `@ start()`, `@ end()`.
struct TimeShift {
  enum class At : std::uint8_t { kNone, kTime, kStart, kEnd };
  std::int64_t offset_ms = 0;  // subtracted; negative looks ahead
  At at = At::kNone;
  std::int64_t at_ms = 0;  // for kTime
};

struct VectorSelector final : Expr {
  VectorSelector() : Expr(Kind::kVectorSelector) {}
  std::string name;                    // "" when only braces were written
  std::vector<LabelMatcher> matchers;  // the one for __name__ included
  TimeShift shift;
  ValueType type() const override { return ValueType::kVector; }
};

struct MatrixSelector final : Expr {
  MatrixSelector() : Expr(Kind::kMatrixSelector) {}
  std::unique_ptr<VectorSelector> selector;  // the shift stands there
  std::int64_t range_ms = 0;
  ValueType type() const override { return ValueType::kMatrix; }
};

struct Subquery final : Expr {
  Subquery() : Expr(Kind::kSubquery) {}
  ExprPtr expr;
  std::int64_t range_ms = 0;
  std::int64_t step_ms = 0;  // 0: the evaluation interval
  TimeShift shift;
  ValueType type() const override { return ValueType::kMatrix; }
};

struct Paren final : Expr {
  Paren() : Expr(Kind::kParen) {}
  ExprPtr expr;
  ValueType type() const override { return expr->type(); }
};

struct Unary final : Expr {
  Unary() : Expr(Kind::kUnary) {}
  bool negative = true;  // else a plus, which changes nothing but the name
  ExprPtr expr;
  ValueType type() const override { return expr->type(); }
};

enum class BinaryOp : std::uint8_t {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kPow,
  kAtan2,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAnd,
  kOr,
  kUnless,
};
std::string_view ToString(BinaryOp op);  // "+", "atan2", "unless"
bool IsComparison(BinaryOp op);
bool IsSetOperator(BinaryOp op);

enum class Cardinality : std::uint8_t { kOneToOne, kManyToOne, kOneToMany, kManyToMany };

struct VectorMatching {
  Cardinality cardinality = Cardinality::kOneToOne;
  bool on = false;                   // else ignoring
  std::vector<std::string> labels;   // of on/ignoring
  std::vector<std::string> include;  // of group_left/group_right
};

struct Binary final : Expr {
  Binary() : Expr(Kind::kBinary) {}
  BinaryOp op = BinaryOp::kAdd;
  ExprPtr lhs, rhs;
  std::optional<VectorMatching> matching;  // when both sides are vectors
  bool return_bool = false;
  ValueType type() const override {
    return lhs->type() == ValueType::kScalar && rhs->type() == ValueType::kScalar
               ? ValueType::kScalar
               : ValueType::kVector;
  }
};

enum class AggregateOp : std::uint8_t {
  kSum,
  kAvg,
  kMin,
  kMax,
  kCount,
  kGroup,
  kStddev,
  kStdvar,
  kTopk,
  kBottomk,
  kQuantile,
  kCountValues,
  kLimitk,
};
std::string_view ToString(AggregateOp op);  // "count_values"

struct Aggregate final : Expr {
  Aggregate() : Expr(Kind::kAggregate) {}
  AggregateOp op = AggregateOp::kSum;
  ExprPtr expr;
  ExprPtr param;  // topk, bottomk, quantile, limitk: a scalar; count_values: a string
  std::vector<std::string> grouping;
  bool without = false;
  ValueType type() const override { return ValueType::kVector; }
};

// One row of the table of functions, rules/promql/functions.h.
struct Function;

struct Call final : Expr {
  Call() : Expr(Kind::kCall) {}
  const Function* function = nullptr;
  std::vector<ExprPtr> args;
  ValueType type() const override;
};

// The expression as Prometheus prints it (its one-line form): what parses to the same tree.
std::string ToString(const Expr& expr);

}  // namespace ecsward::promql
