// Takes what was published into the history: tick by tick, the series that somebody needs.
//
// Which series these are is found out when somebody's needs change or a series comes or goes for
// good; a steady tick appends numbers and allocates nothing. A series that is absent gets one stale
// marker, and nothing more until it is back. Beside the host's own series there is `up`, always 1:
// rules written for a scraped exporter ask for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "metrics/history.h"
#include "metrics/series_table.h"
#include "metrics/target_labels.h"

namespace ecsward {

// By the thread that publishes.
class HistoryFeed {
 public:
  // `table` and `history` outlive this. The target's labels (job, instance) are added to each
  // series, as Prometheus does when it scrapes.
  HistoryFeed(const SeriesTable& table, History& history, LabelPairs target_labels);

  // From the next tick on. Series that are still needed keep their samples, those that nobody needs
  // any more are dropped.
  void SetNeeds(std::vector<HistoryNeed> needs);

  // The longest that somebody needs such a series; negative when nobody does.
  std::chrono::milliseconds KeepFor(const Labels& labels) const { return needs_.Keep(labels); }

  // Right after SeriesTable::Publish.
  void OnTick(std::int64_t time_ms);

  // The series of the table as they are now, those that match one of `selectors`, needed or not:
  // each with its newest value, at `time_ms`.
  void CopyLatest(std::span<const std::vector<LabelMatcher>> selectors, std::int64_t time_ms,
                  History& into);

  std::size_t series_count() const { return entries_.size(); }  // known now, absent ones too

 private:
  static constexpr History::Id kNotOpen = std::numeric_limits<History::Id>::max();

  struct Entry {
    SeriesSet::Slot slot;
    History::Id id = kNotOpen;  // opened when the series has a value
    bool live = false;          // its newest sample is no stale marker
    bool has_stand_ins = false;
    std::chrono::milliseconds keep;
    Labels labels;
  };
  struct Run {  // the entries of one part of the table
    std::size_t part;
    std::size_t end;
  };
  // The same series from a later collector: its value counts while the first has none.
  struct StandIn {
    std::size_t entry;
    std::size_t part;
    SeriesSet::Slot slot;
  };
  // Needs, ordered so that a series is held against few of them: most name their metric.
  class Matching {
   public:
    explicit Matching(std::vector<HistoryNeed> needs);
    bool WantsMetric(std::string_view name) const;
    // The longest that any need keeps it; negative when none does.
    std::chrono::milliseconds Keep(const Labels& labels) const;

   private:
    std::map<std::string, std::vector<HistoryNeed>, std::less<>> by_metric_;
    std::vector<HistoryNeed> others_;
  };

  std::span<const double> ValuesOf(std::size_t part) const;
  double StandInFor(std::size_t entry) const;
  void Match(std::int64_t time_ms);
  void MatchPart(std::size_t part, std::span<const SeriesSet::Series> series);
  void AddEntry(const Labels& labels, std::size_t part, SeriesSet::Slot slot);
  void Feed(Entry& entry, double value, std::int64_t time_ms);
  void ForgetDropped();

  const SeriesTable& table_;
  History& history_;
  TargetLabels names_;
  Matching needs_{{}};
  bool needs_changed_ = true;
  std::uint64_t structure_version_ = 0;
  std::uint64_t dropped_ = 0;
  std::vector<Entry> entries_;
  std::vector<Run> runs_;
  std::vector<StandIn> stand_ins_;
  std::unordered_map<const void*, std::size_t> by_labels_;  // entries, while matching
};

}  // namespace ecsward
