#include "metrics/history_feed.h"

#include <algorithm>
#include <array>

namespace ecsward {
namespace {

using std::chrono::milliseconds;

// `up` stands where a part of the table would.
constexpr std::size_t kUpPart = std::numeric_limits<std::size_t>::max();
constexpr std::array<double, 1> kUpValues{1};
constexpr Metric kUp{"up", "", MetricType::kGauge};

}  // namespace

HistoryFeed::Matching::Matching(std::vector<HistoryNeed> needs) {
  for (HistoryNeed& need : needs) {
    const auto name =
        std::find_if(need.matchers.begin(), need.matchers.end(), [](const LabelMatcher& matcher) {
          return matcher.type() == MatchType::kEqual && matcher.name() == kMetricName;
        });
    if (name == need.matchers.end()) {
      others_.push_back(std::move(need));
    } else {
      std::string metric = name->value();
      by_metric_[std::move(metric)].push_back(std::move(need));
    }
  }
}

bool HistoryFeed::Matching::WantsMetric(std::string_view name) const {
  return !others_.empty() || by_metric_.find(name) != by_metric_.end();
}

milliseconds HistoryFeed::Matching::Keep(const Labels& labels) const {
  milliseconds keep{-1};
  const auto consider = [&](const std::vector<HistoryNeed>& needs) {
    for (const HistoryNeed& need : needs) {
      if (need.keep > keep && MatchesAll(need.matchers, labels)) keep = need.keep;
    }
  };
  consider(others_);
  if (const auto it = by_metric_.find(labels.Get(kMetricName)); it != by_metric_.end()) {
    consider(it->second);
  }
  return keep;
}

HistoryFeed::HistoryFeed(const SeriesTable& table, History& history, LabelPairs target_labels)
    : table_(table), history_(history), names_(std::move(target_labels)) {}

void HistoryFeed::SetNeeds(std::vector<HistoryNeed> needs) {
  needs_ = Matching(std::move(needs));
  needs_changed_ = true;
}

std::span<const double> HistoryFeed::ValuesOf(std::size_t part) const {
  return part == kUpPart ? std::span<const double>(kUpValues) : table_.part(part).values;
}

void HistoryFeed::OnTick(std::int64_t time_ms) {
  if (needs_changed_ || structure_version_ != table_.structure_version()) Match(time_ms);
  if (dropped_ != history_.dropped()) ForgetDropped();
  std::size_t i = 0;
  for (const Run& run : runs_) {
    const std::span<const double> values = ValuesOf(run.part);
    for (; i < run.end; ++i) {
      Entry& entry = entries_[i];
      double value = entry.slot < values.size() ? values[entry.slot] : StaleValue();
      if (entry.has_stand_ins && IsStale(value)) value = StandInFor(i);
      Feed(entry, value, time_ms);
    }
  }
}

void HistoryFeed::Feed(Entry& entry, double value, std::int64_t time_ms) {
  if (IsStale(value)) {
    if (entry.live && history_.Append(entry.id, {time_ms, value})) entry.live = false;
    return;
  }
  if (entry.id == kNotOpen) {
    entry.id = history_.Open(entry.labels);
    history_.SetRetention(entry.id, entry.keep);
  }
  if (history_.Append(entry.id, {time_ms, value})) entry.live = true;
}

double HistoryFeed::StandInFor(std::size_t entry) const {
  for (const StandIn& other : stand_ins_) {
    if (other.entry != entry) continue;
    const std::span<const double> values = ValuesOf(other.part);
    if (other.slot < values.size() && !IsStale(values[other.slot])) return values[other.slot];
  }
  return StaleValue();
}

// Somebody dropped series, most likely Trim: those that were absent for long.
void HistoryFeed::ForgetDropped() {
  dropped_ = history_.dropped();
  for (Entry& entry : entries_) {
    if (entry.id == kNotOpen) continue;
    if (history_.alive(entry.id) && history_.labels(entry.id) == entry.labels) continue;
    entry.id = kNotOpen;
    entry.live = false;
  }
}

void HistoryFeed::Match(std::int64_t time_ms) {
  structure_version_ = table_.structure_version();
  ForgetDropped();
  std::vector<Entry> before = std::move(entries_);
  entries_.clear();
  runs_.clear();
  stand_ins_.clear();
  by_labels_.clear();

  SeriesSet::Series up;
  up.metric = &kUp;
  MatchPart(kUpPart, {&up, 1});
  for (std::size_t part = 0; part < table_.part_count(); ++part) {
    MatchPart(part, table_.part(part).series);
  }

  for (Entry& entry : before) {
    if (entry.id == kNotOpen || by_labels_.contains(entry.labels.identity())) continue;
    if (needs_changed_ && needs_.Keep(entry.labels) < milliseconds(0)) {
      history_.Drop(entry.id);
    } else {
      Feed(entry, StaleValue(), time_ms);  // its collector is gone; Trim takes it away in time
    }
  }
  needs_changed_ = false;
  by_labels_.clear();
}

void HistoryFeed::MatchPart(std::size_t part, std::span<const SeriesSet::Series> series) {
  for (std::size_t slot = 0; slot < series.size(); ++slot) {
    const Metric* metric = series[slot].metric;
    if (metric == nullptr || !needs_.WantsMetric(metric->name)) continue;
    AddEntry(history_.label_table().Make(names_.Of(series[slot])), part,
             static_cast<SeriesSet::Slot>(slot));
  }
  runs_.push_back({part, entries_.size()});
}

void HistoryFeed::AddEntry(const Labels& labels, std::size_t part, SeriesSet::Slot slot) {
  const milliseconds keep = needs_.Keep(labels);
  if (keep < milliseconds(0)) return;
  const auto [it, fresh] = by_labels_.try_emplace(labels.identity(), entries_.size());
  if (!fresh) {
    entries_[it->second].has_stand_ins = true;
    stand_ins_.push_back({it->second, part, slot});
    return;
  }
  Entry entry{.slot = slot, .keep = keep, .labels = labels};
  if (history_.Find(labels, entry.id)) {
    history_.SetRetention(entry.id, keep);
    constexpr auto kEnd = std::numeric_limits<std::int64_t>::max();
    Sample ignored;
    entry.live = history_.At(entry.id, kEnd, -kEnd, ignored);
  }
  entries_.push_back(std::move(entry));
}

void HistoryFeed::CopyLatest(std::span<const std::vector<LabelMatcher>> selectors,
                             std::int64_t time_ms, History& into) {
  const auto copy = [&](const SeriesSet::Series& series, double value) {
    if (series.metric == nullptr || IsStale(value)) return;
    const Labels labels = into.label_table().Make(names_.Of(series));
    const bool wanted = std::any_of(
        selectors.begin(), selectors.end(),
        [&labels](const std::vector<LabelMatcher>& all) { return MatchesAll(all, labels); });
    Sample there;
    if (!wanted) return;
    const History::Id id = into.Open(labels);
    if (!into.At(id, time_ms, time_ms, there)) into.Append(id, {time_ms, value});
  };
  SeriesSet::Series up;
  up.metric = &kUp;
  copy(up, 1);
  for (std::size_t i = 0; i < table_.part_count(); ++i) {
    const SeriesTable::PartView part = table_.part(i);
    for (std::size_t slot = 0; slot < part.series.size() && slot < part.values.size(); ++slot) {
      copy(part.series[slot], part.values[slot]);
    }
  }
}

}  // namespace ecsward
