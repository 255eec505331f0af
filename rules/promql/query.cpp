#include "rules/promql/query.h"

#include <algorithm>
#include <compare>
#include <unordered_map>
#include <utility>

#include "rules/promql/eval/compile.h"

namespace ecsward::promql {
namespace {

// What Prometheus's API allows.
constexpr std::int64_t kMaxPoints = 11'000;

}  // namespace

class Query::Impl {
 public:
  Impl(ExprPtr expr, const History& history, const QueryOptions& options)
      : expr_(std::move(expr)), options_(options), evaluation_(history, options_) {
    switch (expr_->type()) {
      case ValueType::kScalar:
        scalar_ = CompileScalar(*expr_, options_);
        break;
      case ValueType::kVector:
        vector_ = CompileVector(*expr_, options_);
        break;
      case ValueType::kMatrix:
        range_ = CompileRange(*expr_, options_);
        break;
      default:
        break;
    }
    value_.type = expr_->type();
  }

  const Expr& expr() const { return *expr_; }

  Result<const Value*> At(std::int64_t time_ms) {
    time_ms = ClampTime(time_ms);
    Begin(time_ms, time_ms);
    evaluation_.settled_ms = time_ms;
    evaluation_.steps_through_past = false;
    if (!EvaluateAt(time_ms)) return Failure();
    return &value_;
  }

  Result<Matrix> Between(std::int64_t start_ms, std::int64_t end_ms, std::int64_t step_ms);

 private:
  // Collects results of one moment after the other, series by series.
  class Collector {
   public:
    void Add(const VectorBuffer& vector, std::int64_t time_ms);
    void Add(double value, std::int64_t time_ms);
    Matrix Take();

   private:
    std::uint64_t shape_ = 0;
    std::vector<std::size_t> series_of_;
    std::unordered_map<const void*, std::size_t> by_labels_;
    Matrix matrix_;
  };

  void Begin(std::int64_t start_ms, std::int64_t end_ms) {
    ++evaluation_.run;
    evaluation_.start_ms = evaluation_.scope_start_ms = start_ms;
    evaluation_.end_ms = end_ms;
    evaluation_.held = evaluation_.work = 0;
    evaluation_.error.clear();
  }
  Error Failure() const { return Fail(ErrorCode::kInvalidArgument, evaluation_.error); }
  bool EvaluateAt(std::int64_t time_ms);
  void CopyVector(const VectorBuffer& from);
  void CopyMatrix();

  const ExprPtr expr_;
  const QueryOptions options_;
  Evaluation evaluation_;
  ScalarPtr scalar_;  // one of these three, or none for a string
  VectorPtr vector_;
  RangePtr range_;
  Value value_;
};

bool Query::Impl::EvaluateAt(std::int64_t time_ms) {
  if (scalar_ != nullptr) return scalar_->Eval(evaluation_, time_ms, value_.scalar);
  if (vector_ != nullptr) {
    const VectorBuffer* vector = vector_->Eval(evaluation_, time_ms);
    if (vector == nullptr) return false;
    CopyVector(*vector);
  } else if (range_ != nullptr) {
    if (!range_->MoveTo(evaluation_, time_ms)) return false;
    CopyMatrix();
    return evaluation_.Hold(0);
  } else {
    value_.string = static_cast<const StringLiteral&>(WithoutParens(*expr_)).value;
  }
  return true;
}

void Query::Impl::CopyVector(const VectorBuffer& from) {
  Vector& to = value_.vector;
  to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    to[i].labels = from[i].labels;
    to[i].value = from[i].value;
  }
}

void Query::Impl::CopyMatrix() {
  value_.matrix.clear();
  for (std::size_t i = 0; i < range_->size(); ++i) {
    const std::span<const Sample> samples = range_->Samples(evaluation_, i);
    if (samples.empty()) continue;
    value_.matrix.push_back({range_->labels(i), {samples.begin(), samples.end()}});
    if (!evaluation_.Hold(samples.size())) return;
  }
}

Result<Matrix> Query::Impl::Between(std::int64_t start_ms, std::int64_t end_ms,
                                    std::int64_t step_ms) {
  start_ms = ClampTime(start_ms);
  end_ms = ClampTime(end_ms);
  if (scalar_ == nullptr && vector_ == nullptr) {
    return Fail(ErrorCode::kInvalidArgument,
                "invalid expression type \"" + std::string(ToString(expr_->type())) +
                    "\" for range query, must be Scalar or instant Vector");
  }
  if (step_ms <= 0) {
    return Fail(ErrorCode::kInvalidArgument, "want a step of more than zero");
  }
  if (end_ms < start_ms) {
    return Fail(ErrorCode::kInvalidArgument, "end timestamp must not be before start time");
  }
  if ((end_ms - start_ms) / step_ms > kMaxPoints) {
    return Fail(ErrorCode::kInvalidArgument,
                "exceeded maximum resolution of 11,000 points per timeseries; want a larger step");
  }
  Begin(start_ms, end_ms);
  evaluation_.settled_ms = -kMaxTime;
  evaluation_.steps_through_past = true;
  Collector collector;
  std::uint64_t held = 0;
  for (std::int64_t left = (end_ms - start_ms) / step_ms, time_ms = start_ms; left >= 0; --left) {
    evaluation_.held = held;
    if (scalar_ != nullptr) {
      double value = 0;
      if (!scalar_->Eval(evaluation_, time_ms, value)) return Failure();
      collector.Add(value, time_ms);
      ++held;
    } else {
      const VectorBuffer* vector = vector_->Eval(evaluation_, time_ms);
      if (vector == nullptr) return Failure();
      collector.Add(*vector, time_ms);
      held += vector->size();
    }
    if (!evaluation_.Hold(0)) return Failure();
    if (left > 0) time_ms += step_ms;
  }
  return collector.Take();
}

void Query::Impl::Collector::Add(const VectorBuffer& vector, std::int64_t time_ms) {
  if (vector.shape() != shape_) {
    series_of_.clear();
    for (const VectorSample& sample : vector) {
      const auto [it, added] = by_labels_.try_emplace(sample.labels.identity(), matrix_.size());
      if (added) matrix_.push_back({sample.labels, {}});
      series_of_.push_back(it->second);
    }
    shape_ = vector.shape();
  }
  for (std::size_t i = 0; i < vector.size(); ++i) {
    matrix_[series_of_[i]].samples.push_back({time_ms, vector[i].value});
  }
}

void Query::Impl::Collector::Add(double value, std::int64_t time_ms) {
  if (matrix_.empty()) matrix_.emplace_back();
  matrix_.front().samples.push_back({time_ms, value});
}

Matrix Query::Impl::Collector::Take() {
  std::sort(matrix_.begin(), matrix_.end(), [](const MatrixSeries& a, const MatrixSeries& b) {
    return std::is_lt(Labels::Compare(a.labels, b.labels));
  });
  return std::move(matrix_);
}

Query::Query(ExprPtr expr, const History& history, QueryOptions options)
    : impl_(std::make_unique<Impl>(std::move(expr), history, options)) {}
Query::~Query() = default;

ValueType Query::type() const { return impl_->expr().type(); }
const Expr& Query::expr() const { return impl_->expr(); }
Result<const Value*> Query::At(std::int64_t time_ms) { return impl_->At(time_ms); }
Result<Matrix> Query::Between(std::int64_t start_ms, std::int64_t end_ms, std::int64_t step_ms) {
  return impl_->Between(start_ms, end_ms, step_ms);
}

}  // namespace ecsward::promql
