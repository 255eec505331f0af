// All series of the host, and the picture of them that other threads see.
//
// Each collector fills a SeriesSet of its own. Publish copies the values of all sets into one
// Snapshot: a reader sees tick N or tick N+1, never a mix. Names and labels are in a Layout that is
// shared by all snapshots until a series comes or goes for good, so a steady publish copies numbers
// and allocates nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "metrics/series_set.h"

namespace ecsward {

// Where each series stands in the text: families sorted by name, series sorted within. Immutable.
struct SnapshotLayout {
  struct Entry {
    std::uint32_t value_index;  // into Snapshot::values
    std::uint32_t prefix_offset;
    std::uint32_t prefix_size;
  };
  struct Family {
    std::string_view name;  // into `text`, as is `help`
    std::string_view help;
    MetricType type;
    std::uint32_t first_entry, entry_count;
  };
  std::string_view Prefix(const Entry& e) const {
    return std::string_view(text).substr(e.prefix_offset, e.prefix_size);
  }

  std::vector<Family> families;
  std::vector<Entry> entries;
  std::string text;  // all names, helps and prefixes: a layout needs nobody else to stay alive
};

struct Snapshot {
  std::uint64_t tick = 0;
  WallTime time;
  std::shared_ptr<const SnapshotLayout> layout;
  std::vector<double> values;  // a stale value: the series is absent
};

class SeriesTable {
 public:
  // A set for one collector, empty. By the publishing thread, as are Absorb, Withdraw and Remove.
  SeriesSet& AddSet();

  // Like AddSet, for a collector that runs on another thread: its set may be busy when a tick is
  // published. `Absorb(set)` takes its values over when a run has finished and the next has not
  // begun; until then snapshots show the values absorbed last. `Withdraw(set)` shows none of its
  // series until the next Absorb and does not touch the set. The caller shares the set, since a
  // thread that is stuck in a run keeps it longer than the table does.
  std::shared_ptr<SeriesSet> AddSlowSet();
  void Absorb(const SeriesSet& set);
  void Withdraw(const SeriesSet& set);

  // Forgets a set and its series. The metrics of a set must live until it is removed.
  void Remove(const SeriesSet& set);

  // Makes the current values the latest snapshot. By the one thread that collects.
  void Publish(std::uint64_t tick, WallTime now);

  // Copies the latest tick into `out`, whose memory is used again. Any thread; the lock is held for
  // one copy of some thousand numbers. False, and `out` untouched, before the first Publish.
  bool ReadLatest(Snapshot& out) const;

  // Series that could not be shown because another collector already has that name and those
  // labels, or the name with another type. Publishing thread.
  std::uint64_t conflicts() const { return conflicts_; }

  // --- what was published last, without a copy: publishing thread, until anything above is called
  // The series of one collector, by slot. Those without a metric are free slots; a value that is
  // stale says that the series is absent.
  struct PartView {
    std::span<const SeriesSet::Series> series;
    std::span<const double> values;
  };
  std::size_t part_count() const { return parts_.size(); }
  PartView part(std::size_t index) const {
    return {SeriesOf(parts_[index]), ValuesOf(parts_[index])};
  }
  // Grows whenever Publish finds that slots were taken or given back.
  std::uint64_t structure_version() const { return structure_version_; }

 private:
  struct Part {
    std::shared_ptr<SeriesSet> set;
    bool slow = false;
    std::vector<double> absorbed_values = {};             // slow only
    std::vector<SeriesSet::Series> absorbed_series = {};  // slow only
    std::uint64_t absorbed_version = 0;                   // slow only
    std::uint64_t layout_version = 0;                     // what the layout was made from
  };
  SeriesSet& Add(bool slow);
  Part* Find(const SeriesSet& set);
  const std::vector<double>& ValuesOf(const Part& part) const;
  const std::vector<SeriesSet::Series>& SeriesOf(const Part& part) const;
  std::uint64_t VersionOf(const Part& part) const;
  void RebuildLayout();

  std::vector<Part> parts_;
  std::shared_ptr<const SnapshotLayout> layout_;
  std::uint64_t conflicts_ = 0;
  std::uint64_t structure_version_ = 0;

  mutable std::mutex mutex_;  // guards latest_
  Snapshot latest_;           // no layout: nothing was published yet
};

}  // namespace ecsward
