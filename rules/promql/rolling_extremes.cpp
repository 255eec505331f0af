// Windows' minimum and maximum.
//
// The usual queue of candidates: each is further out than all that came after it, so the first is
// the extreme, and when it leaves the second is. Of a series that only falls or rises, every sample
// is a candidate; then the queue, which has few places, forgets the newest ones, and when it has
// run empty the window is filled anew.
#include <array>

#include "rules/promql/folds.h"
#include "rules/promql/rolling_state.h"

namespace ecsward::promql {
namespace {

class ExtremeState final : public RollingWindow::State {
 public:
  explicit ExtremeState(bool max) : sign_(max ? -1 : 1) {}

  void Clear() override {
    size_ = 0;
    forgot_ = false;
    pushed_ = popped_ = 0;
  }

  void Push(const Sample& sample) override {
    const std::uint32_t number = pushed_++;
    const double value = sign_ * sample.value;  // the smallest is searched
    if (std::isnan(value)) return;
    bool further = size_ == 0 && !forgot_;
    while (size_ > 0 && At(size_ - 1).value >= value) {
      --size_;
      further = true;
    }
    // Whatever was forgotten since was not further out than what has just been overtaken.
    if (further) forgot_ = false;
    if (forgot_ || size_ == queue_.size()) {
      forgot_ = true;
      return;
    }
    ++size_;
    At(size_ - 1) = {value, number};
  }

  void Pop(const Sample& /*oldest*/, const Sample& /*next*/) override {
    if (size_ > 0 && At(0).number == popped_) {
      front_ = static_cast<std::uint8_t>((front_ + 1) % queue_.size());
      --size_;
    }
    ++popped_;
  }

  bool Result(const RangeArgs& /*args*/, double& out, bool& needs_refill) const override {
    if (pushed_ == popped_) return false;
    needs_refill = size_ == 0 && forgot_;
    out = size_ > 0 ? sign_ * At(0).value : kNaN;
    return true;
  }

 private:
  struct Candidate {
    double value = 0;
    std::uint32_t number = 0;  // of the sample, counted from the last Clear; it may wrap
  };
  Candidate& At(std::size_t place) { return queue_[(front_ + place) % queue_.size()]; }
  const Candidate& At(std::size_t place) const { return queue_[(front_ + place) % queue_.size()]; }

  std::array<Candidate, 8> queue_{};
  std::uint32_t pushed_ = 0, popped_ = 0;
  double sign_;
  std::uint8_t front_ = 0, size_ = 0;
  bool forgot_ = false;
};

}  // namespace

RollingStatePtr MakeExtremeState(FunctionId id) {
  if (id != FunctionId::kMinOverTime && id != FunctionId::kMaxOverTime) return nullptr;
  return std::make_unique<ExtremeState>(id == FunctionId::kMaxOverTime);
}

}  // namespace ecsward::promql
