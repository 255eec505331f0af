#include "rules/promql/rolling_state.h"

namespace ecsward::promql {
namespace {

RollingStatePtr MakeState(FunctionId id) {
  for (const auto make :
       {MakeCounterState, MakeMomentState, MakeExtremeState, MakeRegressionState}) {
    if (RollingStatePtr state = make(id)) return state;
  }
  return nullptr;
}

}  // namespace

bool RollingWindow::Supports(FunctionId id) {
  switch (id) {
    case FunctionId::kAvgOverTime:
    case FunctionId::kChanges:
    case FunctionId::kCountOverTime:
    case FunctionId::kDelta:
    case FunctionId::kDeriv:
    case FunctionId::kIdelta:
    case FunctionId::kIncrease:
    case FunctionId::kIrate:
    case FunctionId::kLastOverTime:
    case FunctionId::kMaxOverTime:
    case FunctionId::kMinOverTime:
    case FunctionId::kPredictLinear:
    case FunctionId::kPresentOverTime:
    case FunctionId::kRate:
    case FunctionId::kResets:
    case FunctionId::kStddevOverTime:
    case FunctionId::kStdvarOverTime:
    case FunctionId::kSumOverTime:
      return true;
    default:
      return false;
  }
}

RollingWindow::RollingWindow(FunctionId id) : state_(MakeState(id)) {}
RollingWindow::~RollingWindow() = default;
RollingWindow::RollingWindow(RollingWindow&&) noexcept = default;
RollingWindow& RollingWindow::operator=(RollingWindow&&) noexcept = default;

void RollingWindow::Clear() { state_->Clear(); }
void RollingWindow::Push(const Sample& sample) { state_->Push(sample); }
void RollingWindow::Pop(const Sample& oldest, const Sample& next) { state_->Pop(oldest, next); }
bool RollingWindow::Result(const RangeArgs& args, double& out, bool& needs_refill) const {
  needs_refill = false;
  return state_->Result(args, out, needs_refill);
}

}  // namespace ecsward::promql
