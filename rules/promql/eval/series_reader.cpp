#include "rules/promql/eval/series_reader.h"

#include "metrics/series_set.h"

namespace ecsward::promql {

bool SeriesReader::At(const History& history, History::Id id, std::int64_t time_ms,
                      std::int64_t oldest_ms, Sample& out) {
  // What is older than `oldest_ms` need not be read on the way.
  const bool goes_on = valid_ && time_ms >= time_ms_ && time_ms_ >= oldest_ms && !cursor_.lost();
  if (goes_on) Advance(time_ms);
  if (!goes_on || cursor_.lost()) {
    cursor_ = PeekingCursor(history.From(id, oldest_ms));
    has_last_ = false;
    Advance(time_ms);
    valid_ = true;
  }
  time_ms_ = time_ms;
  if (!has_last_ || last_.time_ms < oldest_ms || IsStale(last_.value)) return false;
  out = last_;
  return true;
}

void SeriesReader::Advance(std::int64_t time_ms) {
  for (const Sample* next = cursor_.Peek(); next != nullptr && next->time_ms <= time_ms;
       next = cursor_.Peek()) {
    last_ = *next;
    has_last_ = true;
    cursor_.Skip();
  }
}

std::size_t SeriesWindow::MoveTo(const History& history, std::int64_t start_ms,
                                 std::int64_t end_ms) {
  // Beyond its own length nothing of the old window is left.
  const bool slides = valid_ && start_ms >= start_ms_ && end_ms >= end_ms_ && start_ms <= end_ms_;
  start_ms_ = start_ms;
  end_ms_ = end_ms;
  looked_at_ = 0;
  if (!slides || !Slide()) Refill(history);
  return looked_at_;
}

// False: a cursor stands in what the history has dropped.
bool SeriesWindow::Slide() {
  if (old_end_.lost()) return false;
  if (rolling_) {
    if (new_end_.lost()) return false;
    const Sample* next = new_end_.Peek();
    for (; next != nullptr && next->time_ms <= end_ms_; next = new_end_.Peek()) {
      if (!IsStale(next->value)) {
        rolling_->Push(*next);
        ++size_;
      }
      ++looked_at_;
      new_end_.Skip();
    }
    if (next == nullptr && new_end_.lost()) return false;
  }
  const Sample* oldest = old_end_.Peek();
  while (oldest != nullptr && oldest->time_ms < start_ms_) {
    const Sample leaves = *oldest;
    ++looked_at_;
    old_end_.Skip();
    oldest = old_end_.Peek();
    if (!rolling_ || IsStale(leaves.value)) continue;
    while (oldest != nullptr && IsStale(oldest->value)) {
      old_end_.Skip();
      oldest = old_end_.Peek();
    }
    if (--size_ == 0) {
      rolling_->Clear();
    } else if (oldest != nullptr) {
      rolling_->Pop(leaves, *oldest);
    }
  }
  return oldest != nullptr || !old_end_.lost();
}

void SeriesWindow::Refill(const History& history) {
  old_end_ = PeekingCursor(history.From(id_, start_ms_));
  valid_ = true;
  if (!rolling_) return;
  new_end_ = old_end_;
  size_ = 0;
  rolling_->Clear();
  Slide();
}

bool SeriesWindow::Result(const History& history, const RangeArgs& args, double& out) {
  if (size_ == 0) return false;
  bool needs_refill = false;
  bool has = rolling_->Result(args, out, needs_refill);
  if (needs_refill) {
    Refill(history);
    has = rolling_->Result(args, out, needs_refill);
  }
  return has;
}

void SeriesWindow::Decode(std::vector<Sample>& out) {
  PeekingCursor cursor = old_end_;
  for (const Sample* next = cursor.Peek(); next != nullptr && next->time_ms <= end_ms_;
       next = cursor.Peek()) {
    if (!IsStale(next->value)) out.push_back(*next);
    cursor.Skip();
  }
}

}  // namespace ecsward::promql
