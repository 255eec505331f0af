// Windows that add up: sum, mean and variance.
#include "rules/promql/double_double.h"
#include "rules/promql/folds.h"
#include "rules/promql/rolling_state.h"

namespace ecsward::promql {
namespace {

// Beyond, a sum, or a square, could overflow: such values send every result to a refill.
constexpr double kHuge = 1e290;
constexpr double kHugeForSquares = 1e140;

struct SumState final : RollingWindow::State {
  void Clear() override { *this = SumState(); }
  void Push(const Sample& sample) override {
    ++count;
    if (!popped) fold.Add(sample.value);
    if (odd.Enter(sample.value, kHuge)) sum.Add(sample.value);
  }
  void Pop(const Sample& oldest, const Sample& /*next*/) override {
    --count;
    popped = true;
    if (odd.Leave(oldest.value, kHuge)) sum.Take(oldest.value);
  }
  bool Result(const RangeArgs& /*args*/, double& out, bool& needs_refill) const override {
    if (count == 0) return false;
    if (!popped) {
      out = fold.value();
    } else if (odd.nan > 0 || (odd.plus_inf > 0 && odd.minus_inf > 0)) {
      out = kNaN;
    } else if (odd.AnyInfinite()) {
      out = odd.plus_inf > 0 ? kInf : -kInf;
    } else {
      out = sum.value().value();
      needs_refill = odd.huge > 0 || !sum.GoodFor(out);
    }
    return true;
  }

  WindowSum sum;
  SumFold fold;
  OddValues odd;
  std::uint32_t count = 0;
  bool popped = false;
};

struct MeanState final : RollingWindow::State {
  void Clear() override { *this = MeanState(); }
  void Push(const Sample& sample) override {
    ++count;
    negative += sample.value < 0 ? 1 : 0;
    positive += sample.value > 0 ? 1 : 0;
    if (!popped) fold.Add(sample.value);
    if (!odd.Enter(sample.value, kHuge)) return;
    sum.Add(sample.value);
    biggest = std::fmax(biggest, std::fabs(sample.value));
  }
  void Pop(const Sample& oldest, const Sample& /*next*/) override {
    --count;
    popped = true;
    negative -= oldest.value < 0 ? 1 : 0;
    positive -= oldest.value > 0 ? 1 : 0;
    if (odd.Leave(oldest.value, kHuge)) sum.Take(oldest.value);
  }
  bool Result(const RangeArgs& /*args*/, double& out, bool& needs_refill) const override {
    if (count == 0) return false;
    if (!popped) {
      out = fold.value();
    } else if (odd.nan > 0 || (odd.plus_inf > 0 && odd.minus_inf > 0)) {
      out = kNaN;
    } else if (odd.AnyInfinite()) {
      out = odd.plus_inf > 0 ? kInf : -kInf;
    } else {
      out = Divide(sum.value(), count);
      const bool cancels =
          negative > 0 && positive > 0 && std::fabs(out) < std::ldexp(biggest, -10);
      needs_refill =
          odd.huge > 0 || !sum.GoodFor(out * count) || (cancels && count <= kMatchRoundingUpTo);
    }
    return true;
  }

  WindowSum sum;
  MeanFold fold;
  double biggest = 0;
  OddValues odd;
  std::uint32_t count = 0, negative = 0, positive = 0;
  bool popped = false;
};

// stddev, stdvar: sums of the distances to some value of the window and of their squares.
struct VarianceState final : RollingWindow::State {
  explicit VarianceState(bool of_root) : root(of_root) {}
  void Clear() override { *this = VarianceState(root); }
  void Push(const Sample& sample) override {
    if (count++ == 0) origin = std::fabs(sample.value) <= kHugeForSquares ? sample.value : 0;
    if (!popped) fold.Add(sample.value);
    if (odd.Enter(sample.value, kHugeForSquares)) {
      const DoubleDouble distance = TwoSum(sample.value, -origin);
      sum.Add(distance);
      squares.Add(distance * distance);
    }
  }
  void Pop(const Sample& oldest, const Sample& /*next*/) override {
    --count;
    popped = true;
    if (odd.Leave(oldest.value, kHugeForSquares)) {
      const DoubleDouble distance = TwoSum(oldest.value, -origin);
      sum.Take(distance);
      squares.Take(distance * distance);
    }
  }
  bool Result(const RangeArgs& /*args*/, double& out, bool& needs_refill) const override {
    if (count == 0) return false;
    if (!popped) {
      out = fold.value();
    } else if (odd.nan > 0 || odd.AnyInfinite()) {
      out = kNaN;
    } else {
      // n² times the variance.
      const DoubleDouble scaled =
          DoubleDouble{static_cast<double>(count), 0} * squares.value() - sum.value() * sum.value();
      const double n = count;
      out = std::fmax(scaled.value() / n / n, 0);
      const double mean = origin + sum.value().value() / n;
      const bool cancels = out > 0 && out < std::ldexp(mean * mean, -36);
      // Squares of sums and sums of squares are good to 2^-104 of the bigger; 14 digits shall stay.
      const double error = n * squares.error() + 2 * std::fabs(sum.value().hi) * sum.error();
      const bool exact = sum.exact() && squares.exact() && scaled.lo == 0;
      needs_refill = odd.huge > 0 || (!exact && !(scaled.hi * 0x1p-44 > error)) ||
                     (cancels && count <= kMatchRoundingUpTo);
    }
    if (root) out = std::sqrt(out);
    return true;
  }

  bool root;
  bool popped = false;
  std::uint32_t count = 0;
  double origin = 0;
  WindowSum sum, squares;
  VarianceFold fold;
  OddValues odd;
};

}  // namespace

RollingStatePtr MakeMomentState(FunctionId id) {
  switch (id) {
    case FunctionId::kSumOverTime:
      return std::make_unique<SumState>();
    case FunctionId::kAvgOverTime:
      return std::make_unique<MeanState>();
    case FunctionId::kStddevOverTime:
    case FunctionId::kStdvarOverTime:
      return std::make_unique<VarianceState>(id == FunctionId::kStddevOverTime);
    default:
      return nullptr;
  }
}

}  // namespace ecsward::promql
