// Short, compressed history of the series that somebody asked for: rules, `ecsward query`.
//
// A series is a label set and a chain of small blocks of compressed samples, oldest first (see
// metrics/sample_block.h for the encoding). Blocks come from one pool and go back to it when their
// newest sample is older than the series must keep, so a steady host allocates nothing. The newest
// sample of each series also stands uncompressed: an instant selector reads it and nothing else.
//
// Times are milliseconds since 1970, as in Prometheus. A stale marker (metrics/series_set.h,
// StaleValue) is a sample like any other and says that the series ended there.
//
// Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "metrics/block_pool.h"
#include "metrics/label_matcher.h"
#include "metrics/labels.h"
#include "metrics/sample_block.h"

namespace ecsward {

// What somebody reads of the history: the series that match, and how far back.
struct HistoryNeed {
  std::vector<LabelMatcher> matchers;
  std::chrono::milliseconds keep{0};
};

class History {
 public:
  using Id = std::uint32_t;  // given out again when the series it stood for is gone
  static constexpr std::chrono::milliseconds kForever{std::chrono::hours(24 * 365 * 100)};

  // `labels` outlives this.
  explicit History(LabelTable& labels);
  ~History();
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  LabelTable& label_table() const;

  // --- series ---
  // The series with these labels; an empty one is made when there is none. It keeps samples for
  // kForever until told otherwise.
  Id Open(const Labels& labels);
  // Whether there is a series with these labels.
  bool Find(const Labels& labels, Id& id) const;
  // How long before the newest sample this series keeps its samples, at least.
  void SetRetention(Id id, std::chrono::milliseconds retention);
  std::chrono::milliseconds retention(Id id) const;
  const Labels& labels(Id id) const;
  // Grows whenever a series is opened or dropped, or all are shifted: whoever keeps ids must select
  // again, whoever keeps results must forget them.
  std::uint64_t version() const;
  // The same of the series with this name alone, for whoever reads no others; 0: there is none.
  std::uint64_t version(std::string_view name) const;
  // Grows whenever a series is dropped: until then, ids that were good are.
  std::uint64_t dropped() const { return dropped_; }
  // All ids below this were given out at some time; alive(id) says whether one stands for a series.
  std::size_t id_end() const;
  bool alive(Id id) const;
  // The series that match, ordered by their labels (Labels::Compare). Clears `out` first.
  void Select(std::span<const LabelMatcher> matchers, std::vector<Id>& out) const;

  // --- writing ---
  // False, and counted in rejected(), when the sample is not newer than the series' newest.
  bool Append(Id id, Sample sample);
  // Drops series whose newest sample is older than their retention at `now_ms`, and blocks that are
  // as old in those that are left. Call it now and then; Append looks only at its own series.
  void Trim(std::int64_t now_ms);
  // Takes one series and its samples away.
  void Drop(Id id);
  // Somebody set the machine's clock: moves every sample by `delta_ms`. Cursors start anew.
  void Shift(std::int64_t delta_ms);

  // --- reading ---
  // Of the newest sample; the beginning of time when there is none.
  std::int64_t newest_ms(Id id) const;
  // The newest sample of the series at or before `time_ms`, when it is not older than `oldest_ms`
  // and no stale marker. O(1) when that is the newest of all.
  bool At(Id id, std::int64_t time_ms, std::int64_t oldest_ms, Sample& out) const;

  // Reads one series forward, sample by sample, stale markers included. At the end it waits: after
  // an Append, Next goes on from where it stood. When the block it stands in was dropped (or the
  // series, or the clock was set), Next returns false and lost() says so; take a new cursor then.
  class Cursor {
   public:
    Cursor() = default;
    bool Next(Sample& out);
    bool lost() const;

   private:
    friend class History;
    bool Enter(std::uint32_t block);

    const History* history_ = nullptr;
    BlockPosition at_;
    std::uint32_t block_ = kNoBlock;  // none yet while the series is empty
    std::uint32_t generation_ = 0;    // of the block, or of the series
    Id id_ = 0;
    std::uint32_t repacked_ = 0;
  };
  static_assert(sizeof(Cursor) <= 64);
  // Stands before the first sample with a time of at least `from_ms`.
  Cursor From(Id id, std::int64_t from_ms) const;

  // --- figures ---
  std::uint64_t series_count() const;
  std::uint64_t sample_count() const;  // kept now
  std::uint64_t bytes() const;         // of blocks in use
  std::uint64_t rejected() const;

 private:
  friend class HistoryCheckpoint;

  // What an Append looks at. The label set is what says that a series is there.
  struct Series {
    BlockWriter writer;
    std::uint32_t first = kNoBlock, last = kNoBlock;
    std::uint32_t generation = 0;  // grows when the series is dropped
    bool alive = false;
    bool settled = false;  // the last block's guess was chosen by what it holds
    Labels labels;
    std::int64_t retention_ms = kForever.count();
  };
  struct Named {
    std::vector<Id> ids;
    std::uint64_t version = 0;
  };
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>()(name);
    }
  };

  void BeginBlock(Series& series, Sample sample);
  bool Repack(Series& series, ValueUnit unit, bool steps);
  void DropBlocksBefore(Series& series, std::int64_t time_ms);
  void DropFirstBlock(Series& series);
  // The block that holds the newest sample at or before `time_ms`; kNoBlock when all are newer.
  std::uint32_t BlockAt(const Series& series, std::int64_t time_ms) const;

  LabelTable& table_;
  BlockPool pool_;
  std::vector<Series> series_;
  std::vector<Id> free_;
  std::unordered_map<const void*, Id> by_labels_;
  std::unordered_map<std::string, Named, NameHash, std::equal_to<>> by_name_;
  std::vector<Sample> scratch_;  // of Repack
  std::uint64_t version_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t samples_ = 0;
  std::uint64_t rejected_ = 0;
};

}  // namespace ecsward
