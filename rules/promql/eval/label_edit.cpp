#include "rules/promql/eval/label_edit.h"

#include <algorithm>

namespace ecsward::promql {
namespace {

template <class Wanted>
Labels Filtered(Evaluation& e, const Labels& labels, const Wanted& wanted) {
  e.views.clear();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (const Labels::View view = labels[i]; wanted(view.name)) e.views.push_back(view);
  }
  return e.views.size() == labels.size() ? labels : e.table.Make(e.views);
}

bool Contains(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool HaveTwins(std::vector<const void*>& identities) {
  std::sort(identities.begin(), identities.end());
  return std::adjacent_find(identities.begin(), identities.end()) != identities.end();
}

Labels DropName(Evaluation& e, const Labels& labels) {
  return Filtered(e, labels, [](std::string_view name) { return name != kMetricName; });
}

Labels Keep(Evaluation& e, const Labels& labels, std::span<const std::string> names) {
  return Filtered(e, labels, [names](std::string_view name) { return Contains(names, name); });
}

Labels Without(Evaluation& e, const Labels& labels, std::span<const std::string> names,
               bool drop_name) {
  return Filtered(e, labels, [&](std::string_view name) {
    return !(drop_name && name == kMetricName) && !Contains(names, name);
  });
}

Labels Signature(Evaluation& e, const Labels& labels, bool on, std::span<const std::string> names) {
  return on ? Keep(e, labels, names) : Without(e, labels, names, true);
}

bool LabelMemory::HasTwins(Evaluation& e) const {
  e.identities.clear();
  for (std::size_t i = 0; i < count_; ++i) e.identities.push_back(pairs_[i].to.identity());
  return HaveTwins(e.identities);
}

bool NameDropper::Rebuild(Evaluation& e, const VectorBuffer& vector) {
  shape_ = 0;
  memory_.Update(vector, [&e](const Labels& labels) { return DropName(e, labels); });
  if (memory_.HasTwins(e)) return FailSameLabels(e);
  shape_ = vector.shape();
  return true;
}

bool FailSameLabels(Evaluation& e) {
  return e.Fail("vector cannot contain metrics with the same labelset");
}

}  // namespace ecsward::promql
