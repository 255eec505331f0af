#include "rules/promql/eval/call_node.h"

#include <algorithm>
#include <cmath>

namespace ecsward::promql {
namespace {

// Every element's value through `function`, its labels without the name.
template <class Function>
const VectorBuffer* Map(Evaluation& e, const VectorBuffer* in, NameDropper& names,
                        VectorBuffer& out, const Function& function) {
  if (in == nullptr || !names.Update(e, *in)) return nullptr;
  out.Begin();
  for (std::size_t i = 0; i < in->size(); ++i) out.Put(names[i], function((*in)[i].value));
  out.Finish(e.shapes);
  return &out;
}

}  // namespace

const VectorBuffer* MapNode::Eval(Evaluation& e, std::int64_t time_ms) {
  return Map(e, vector_->Eval(e, time_ms), names_, out_, function_);
}

const VectorBuffer* MapWithScalarsNode::Eval(Evaluation& e, std::int64_t time_ms) {
  const VectorBuffer* in = vector_->Eval(e, time_ms);
  double param[2] = {1, 0};  // round(v) is round(v, 1)
  for (std::size_t i = 0; i < std::min(params_.size(), std::size(param)); ++i) {
    if (!params_[i]->Eval(e, time_ms, param[i])) return nullptr;
  }
  const double first = param[0], second = param[1];
  switch (id_) {
    case FunctionId::kClampMin:
      return Map(e, in, names_, out_, [=](double value) { return ClampMin(value, first); });
    case FunctionId::kClampMax:
      return Map(e, in, names_, out_, [=](double value) { return ClampMax(value, first); });
    case FunctionId::kClamp:
      if (second < first) {
        if (in == nullptr) return nullptr;
        out_.Begin();
        out_.Finish(e.shapes);
        return &out_;
      }
      return Map(e, in, names_, out_, [=](double value) { return Clamp(value, first, second); });
    default:
      return Map(e, in, names_, out_, [=](double value) { return Round(value, first); });
  }
}

const VectorBuffer* TimestampNode::Eval(Evaluation& e, std::int64_t time_ms) {
  return Map(e, vector_->Eval(e, time_ms), names_, out_,
             [time_ms](double /*value*/) { return static_cast<double>(time_ms) / 1000; });
}

const VectorBuffer* DropNamesNode::Eval(Evaluation& e, std::int64_t time_ms) {
  return Map(e, vector_->Eval(e, time_ms), names_, out_, [](double value) { return value; });
}

const VectorBuffer* VectorOfScalarNode::Eval(Evaluation& e, std::int64_t time_ms) {
  double value = 0;
  if (!scalar_->Eval(e, time_ms, value)) return nullptr;
  out_.Begin();
  out_.Put({}, function_ == nullptr ? value : function_(value));
  out_.Finish(e.shapes);
  return &out_;
}

const VectorBuffer* AbsentNode::Eval(Evaluation& e, std::int64_t time_ms) {
  const VectorBuffer* in = vector_->Eval(e, time_ms);
  if (in == nullptr) return nullptr;
  out_.Begin();
  if (in->empty()) out_.Put(e.table.Make(labels_), 1);
  out_.Finish(e.shapes);
  return &out_;
}

const VectorBuffer* SortNode::Eval(Evaluation& e, std::int64_t time_ms) {
  const VectorBuffer* in = vector_->Eval(e, time_ms);
  if (in == nullptr) return nullptr;
  order_.resize(in->size());
  for (std::uint32_t i = 0; i < order_.size(); ++i) order_[i] = i;
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
    const double x = (*in)[a].value, y = (*in)[b].value;
    if (std::isnan(x) != std::isnan(y)) return std::isnan(y);
    if (std::isnan(x) || x == y) return a < b;
    return descending_ ? x > y : x < y;
  });
  out_.Begin();
  for (const std::uint32_t i : order_) out_.Put((*in)[i].labels, (*in)[i].value);
  out_.Finish(e.shapes);
  return &out_;
}

const VectorBuffer* InvariantNode::Eval(Evaluation& e, std::int64_t time_ms) {
  if (run_ == e.run) return last_;
  run_ = 0;
  last_ = vector_->Eval(e, time_ms);
  if (last_ != nullptr) run_ = e.run;
  return last_;
}

}  // namespace ecsward::promql
