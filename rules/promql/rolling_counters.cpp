// Windows of which only the ends and the steps between neighbours matter.
#include <array>

#include "rules/promql/double_double.h"
#include "rules/promql/folds.h"
#include "rules/promql/rolling_state.h"

namespace ecsward::promql {
namespace {

struct EndsState : RollingWindow::State {
  explicit EndsState(FunctionId of) : id(of) {}
  void Clear() override { count = 0; }
  void Push(const Sample& sample) override {
    if (count == 0) first = sample;
    last = sample;
    ++count;
  }
  void Pop(const Sample& /*oldest*/, const Sample& next) override {
    first = next;
    --count;
  }
  bool Result(const RangeArgs& args, double& out, bool& /*needs_refill*/) const override {
    switch (id) {
      case FunctionId::kCountOverTime:
        out = count;
        return count > 0;
      case FunctionId::kLastOverTime:
        out = last.value;
        return count > 0;
      case FunctionId::kPresentOverTime:
        out = 1;
        return count > 0;
      default:  // delta
        if (count < 2) return false;
        out = Extrapolate(last.value - first.value, first, last, count, id, args);
        return true;
    }
  }

  Sample first, last;
  std::uint32_t count = 0;
  const FunctionId id;
};

// What a counter had reached before each of its resets in the window: what rate adds.
class Resets {
 public:
  void Push(double reached) {
    newest_[next_] = reached;
    next_ = (next_ + 1) % kKept;
    ++count_;
    if (std::isinf(reached)) {
      ++infinite_;
    } else {
      sum_.Add(reached);
    }
  }
  void Pop(double reached) {
    --count_;
    popped_ = true;
    if (std::isinf(reached)) {
      --infinite_;
    } else {
      sum_.Take(reached);
    }
  }
  void AddTo(double& difference, bool& needs_refill) const {
    if (count_ <= kKept) {
      // A few are added in their order: then rounding, too, is that of the whole window.
      for (std::uint32_t i = kKept - count_; i < kKept; ++i) {
        difference += newest_[(next_ + i) % kKept];
      }
    } else if (infinite_ > 0) {
      difference = difference + kInf;
    } else {
      difference += sum_.value().value();
      needs_refill = popped_ && !sum_.GoodFor(difference);
    }
  }

 private:
  static constexpr std::uint32_t kKept = 4;
  std::array<double, kKept> newest_{};
  WindowSum sum_;            // of all that are finite
  std::uint32_t next_ = 0;   // where the next one goes: on the oldest of the newest
  std::uint32_t count_ = 0;  // in the window
  std::uint32_t infinite_ = 0;
  bool popped_ = false;
};

// rate, increase.
struct CounterState final : EndsState {
  using EndsState::EndsState;
  void Clear() override {
    EndsState::Clear();
    resets = {};
  }
  void Push(const Sample& sample) override {
    if (count > 0 && sample.value < last.value) resets.Push(last.value);
    EndsState::Push(sample);
  }
  void Pop(const Sample& oldest, const Sample& next) override {
    if (next.value < oldest.value) resets.Pop(oldest.value);
    EndsState::Pop(oldest, next);
  }
  bool Result(const RangeArgs& args, double& out, bool& needs_refill) const override {
    if (count < 2) return false;
    double difference = last.value - first.value;
    resets.AddTo(difference, needs_refill);
    out = Extrapolate(difference, first, last, count, id, args);
    return true;
  }

  Resets resets;
};

// irate, idelta.
struct NewestTwoState final : RollingWindow::State {
  explicit NewestTwoState(bool of_rate) : per_second(of_rate) {}
  void Clear() override { count = 0; }
  void Push(const Sample& sample) override {
    previous = last;
    last = sample;
    ++count;
  }
  void Pop(const Sample& /*oldest*/, const Sample& /*next*/) override { --count; }
  bool Result(const RangeArgs& /*args*/, double& out, bool& /*needs_refill*/) const override {
    return count >= 2 && LastDifference(previous, last, per_second, out);
  }

  Sample previous, last;
  std::uint32_t count = 0;
  const bool per_second;
};

// changes, resets.
class StepState final : public RollingWindow::State {
 public:
  explicit StepState(bool of_changes) : changes_(of_changes) {}
  void Clear() override { count_ = steps_ = 0; }
  void Push(const Sample& sample) override {
    if (count_ > 0) steps_ += Counts(last_, sample.value);
    last_ = sample.value;
    ++count_;
  }
  void Pop(const Sample& oldest, const Sample& next) override {
    steps_ -= Counts(oldest.value, next.value);
    --count_;
  }
  bool Result(const RangeArgs& /*args*/, double& out, bool& /*needs_refill*/) const override {
    out = steps_;
    return count_ > 0;
  }

 private:
  std::uint32_t Counts(double was, double is) const {
    if (!changes_) return is < was ? 1 : 0;
    return is != was && !(std::isnan(is) && std::isnan(was)) ? 1 : 0;
  }

  double last_ = 0;
  std::uint32_t count_ = 0, steps_ = 0;
  const bool changes_;
};

}  // namespace

RollingStatePtr MakeCounterState(FunctionId id) {
  switch (id) {
    case FunctionId::kRate:
    case FunctionId::kIncrease:
      return std::make_unique<CounterState>(id);
    case FunctionId::kDelta:
    case FunctionId::kCountOverTime:
    case FunctionId::kLastOverTime:
    case FunctionId::kPresentOverTime:
      return std::make_unique<EndsState>(id);
    case FunctionId::kIrate:
    case FunctionId::kIdelta:
      return std::make_unique<NewestTwoState>(id == FunctionId::kIrate);
    case FunctionId::kChanges:
    case FunctionId::kResets:
      return std::make_unique<StepState>(id == FunctionId::kChanges);
    default:
      return nullptr;
  }
}

}  // namespace ecsward::promql
