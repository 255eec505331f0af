// Two ways to read one series at rising moments without reading anything twice: the newest sample
// (SeriesReader) and all samples of a window (SeriesWindow).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "metrics/history.h"
#include "rules/promql/range_functions.h"

namespace ecsward::promql {

// A cursor with the sample it would give next at hand.
class PeekingCursor {
 public:
  PeekingCursor() = default;
  explicit PeekingCursor(const History::Cursor& cursor) : cursor_(cursor) {}

  // The next sample; null at the end, where an Append makes it go on.
  const Sample* Peek() {
    if (!has_next_) has_next_ = cursor_.Next(next_);
    return has_next_ ? &next_ : nullptr;
  }
  void Skip() { has_next_ = false; }
  bool lost() const { return cursor_.lost(); }

 private:
  History::Cursor cursor_;
  Sample next_;
  bool has_next_ = false;
};

// As History::At, but a moment later than last time costs only the samples in between, also when
// there are newer ones.
class SeriesReader {
 public:
  bool At(const History& history, History::Id id, std::int64_t time_ms, std::int64_t oldest_ms,
          Sample& out);

 private:
  void Advance(std::int64_t time_ms);

  PeekingCursor cursor_;
  Sample last_;
  bool has_last_ = false, valid_ = false;
  std::int64_t time_ms_ = 0;
};

// The samples of one series between two moments, stale markers left out.
class SeriesWindow {
 public:
  // With a function that RollingWindow supports, its result is carried on as the window slides.
  SeriesWindow(History::Id id, std::optional<FunctionId> rolling) : id_(id) {
    if (rolling) rolling_.emplace(*rolling);
  }

  History::Id id() const { return id_; }
  // Both ends belong to the window. Returns how many samples were looked at.
  std::size_t MoveTo(const History& history, std::int64_t start_ms, std::int64_t end_ms);

  // For one that rolls: how many are in, and the function's result over them.
  std::size_t size() const { return size_; }
  bool Result(const History& history, const RangeArgs& args, double& out);

  // Appends the window's samples.
  void Decode(std::vector<Sample>& out);

 private:
  void Refill(const History& history);
  bool Slide();

  History::Id id_;
  bool valid_ = false;
  std::size_t size_ = 0, looked_at_ = 0;
  std::int64_t start_ms_ = 0, end_ms_ = 0;
  PeekingCursor old_end_, new_end_;  // next to leave, next to come in; new_end_ only when rolling
  std::optional<RollingWindow> rolling_;
};

}  // namespace ecsward::promql
