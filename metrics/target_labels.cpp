#include "metrics/target_labels.h"

#include <algorithm>

namespace ecsward {

const std::vector<Labels::View>& TargetLabels::Of(const SeriesSet::Series& series) {
  views_.clear();
  views_.push_back({kMetricName, series.metric->name});
  std::string_view names = series.metric->labels;
  for (std::size_t i = 0; !names.empty(); ++i) {
    const std::size_t comma = std::min(names.find(','), names.size());
    const std::string_view value = LabelValue(series, i);
    if (!value.empty()) views_.push_back({names.substr(0, comma), value});
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  const std::size_t own = views_.size();
  const auto taken = [this](std::string_view name) {
    const auto same = [name](const auto& label) { return label.name == name; };
    return std::any_of(views_.begin(), views_.end(), same) ||
           std::any_of(target_.begin(), target_.end(), same);
  };
  renamed_.clear();
  renamed_.reserve(own);  // never grows below: the views into it stay good
  for (std::size_t i = 1; i < own; ++i) {
    if (Get(target_, views_[i].name).empty()) continue;
    std::string name(views_[i].name);
    do {
      name.insert(0, "exported_");
    } while (taken(name));
    views_[i].name = renamed_.emplace_back(std::move(name));
  }
  for (const LabelPair& pair : target_) views_.push_back({pair.name, pair.value});
  std::sort(views_.begin(), views_.end(),
            [](const Labels::View& a, const Labels::View& b) { return a.name < b.name; });
  return views_;
}

}  // namespace ecsward
