// Windows with a straight line through them: deriv and predict_linear.
//
// With n, Σx, Σy, Σxy and Σx² the line is known. Times are whole milliseconds after some origin, so
// their sums are kept as integers; the other two are double-doubles. Taking x after another origin
// than the function over a whole window does changes nothing but the rounding.
#include "rules/promql/double_double.h"
#include "rules/promql/folds.h"
#include "rules/promql/rolling_state.h"

namespace ecsward::promql {
namespace {

__extension__ using Integer = __int128;

// Two years, which keeps n²x² below 2^127. Who runs as long without a pause fills the window anew.
constexpr std::int64_t kFarthest = std::int64_t{1} << 36;

DoubleDouble ToDoubles(Integer whole) {
  const auto high = static_cast<double>(whole);
  return {high, static_cast<double>(whole - static_cast<Integer>(high))};
}

class RegressionState : public RollingWindow::State {
 public:
  void Push(const Sample& sample) override {
    if (count_ == 0) {
      origin_ms_ = sample.time_ms;
      oldest_x_ = 0;
    }
    equal_ = count_ > 0 && sample.value == newest_ ? equal_ + 1 : 1;
    newest_ = sample.value;
    newest_x_ = sample.time_ms - origin_ms_;
    ++count_;
    sum_x_ += newest_x_;
    sum_xx_ += Integer{newest_x_} * newest_x_;
    if (!std::isfinite(sample.value)) {
      ++odd_;
      return;
    }
    sum_y_.Add(sample.value);
    sum_xy_.Add(TwoProduct(static_cast<double>(newest_x_), sample.value));
  }

  void Pop(const Sample& oldest, const Sample& next) override {
    popped_ = true;
    --count_;
    const std::int64_t x = oldest.time_ms - origin_ms_;
    oldest_x_ = next.time_ms - origin_ms_;
    sum_x_ -= x;
    sum_xx_ -= Integer{x} * x;
    if (!std::isfinite(oldest.value)) {
      --odd_;
      return;
    }
    sum_y_.Take(oldest.value);
    sum_xy_.Take(TwoProduct(static_cast<double>(x), oldest.value));
  }

 protected:
  struct Fit {
    bool known = false;  // else one of the two sums can no longer be told from its rounding
    double slope = 0;    // in a millisecond
    bool cancels = false;
  };

  bool AllEqual() const { return equal_ >= count_; }

  Fit FitLine() const {
    const DoubleDouble n{static_cast<double>(count_), 0};
    const DoubleDouble covariance = n * sum_xy_.value() - ToDoubles(sum_x_) * sum_y_.value();
    const DoubleDouble variance = ToDoubles(Integer{count_} * sum_xx_ - Integer{sum_x_} * sum_x_);
    const double error = n.hi * sum_xy_.error() +
                         std::fabs(static_cast<double>(sum_x_)) * sum_y_.error() +
                         std::ldexp(n.hi * std::fabs(sum_xy_.value().hi), -100);
    const bool exact = sum_xy_.exact() && sum_y_.exact() && covariance.lo == 0;
    Fit fit;
    fit.slope = covariance.value() / variance.value();
    fit.known = newest_x_ <= kFarthest && (exact || std::fabs(covariance.hi) * 0x1p-44 > error);
    // What the function over the whole window subtracts from each other, with x from its oldest.
    const double sum_x = static_cast<double>(sum_x_) - n.hi * static_cast<double>(oldest_x_);
    fit.cancels = std::fabs(covariance.hi) < std::fabs(sum_x * sum_y_.value().hi) * 0x1p-20;
    return fit;
  }

  // The line's value that many milliseconds after the origin.
  double At(const Fit& fit, double ms) const {
    const double n = count_;
    return sum_y_.value().value() / n + fit.slope * (ms - static_cast<double>(sum_x_) / n);
  }

  bool popped_ = false;
  std::uint32_t count_ = 0;
  std::uint32_t odd_ = 0;    // NaN and infinities
  std::uint32_t equal_ = 0;  // of the newest samples, those that are equal to the newest
  double newest_ = 0;
  std::int64_t origin_ms_ = 0;
  std::int64_t oldest_x_ = 0, newest_x_ = 0, sum_x_ = 0;

 private:
  Integer sum_xx_ = 0;
  WindowSum sum_y_, sum_xy_;
};

class PredictState final : public RegressionState {
 public:
  void Clear() override { *this = PredictState(); }
  bool Result(const RangeArgs& args, double& out, bool& needs_refill) const override {
    if (count_ < 2) return false;
    if (odd_ > 0 || AllEqual()) {
      out = odd_ > 0 ? kNaN : newest_;
      return true;
    }
    const Fit fit = FitLine();
    out = At(fit, static_cast<double>(args.time_ms - origin_ms_) + args.param[0] * 1000);
    needs_refill = popped_ && !fit.known;
    return true;
  }
};

class DerivState final : public RegressionState {
 public:
  void Clear() override { *this = DerivState(); }
  void Push(const Sample& sample) override {
    RegressionState::Push(sample);
    if (!popped_) fold_.Add(static_cast<double>(newest_x_) / 1000, sample.value);
  }
  bool Result(const RangeArgs& /*args*/, double& out, bool& needs_refill) const override {
    if (count_ < 2) return false;
    if (!popped_) {
      out = fold_.value().slope;
    } else if (odd_ > 0 || AllEqual()) {
      out = odd_ > 0 ? kNaN : 0;
    } else {
      const Fit fit = FitLine();
      out = fit.slope * 1000;
      needs_refill = !fit.known || (fit.cancels && count_ <= kMatchRoundingUpTo);
    }
    return true;
  }

 private:
  LineFold fold_;
};

}  // namespace

RollingStatePtr MakeRegressionState(FunctionId id) {
  if (id != FunctionId::kDeriv && id != FunctionId::kPredictLinear) return nullptr;
  if (id == FunctionId::kDeriv) return std::make_unique<DerivState>();
  return std::make_unique<PredictState>();
}

}  // namespace ecsward::promql
