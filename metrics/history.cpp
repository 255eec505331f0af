#include "metrics/history.h"

#include <algorithm>
#include <compare>

#include "metrics/series_set.h"

namespace ecsward {
namespace {

// `time_ms` less `span_ms`, where there is such a time.
std::int64_t Before(std::int64_t time_ms, std::int64_t span_ms) {
  std::int64_t out = 0;
  if (span_ms >= History::kForever.count() || __builtin_sub_overflow(time_ms, span_ms, &out))
    return std::numeric_limits<std::int64_t>::min();
  return out;
}

}  // namespace

History::History(LabelTable& labels) : table_(labels) {
  scratch_.reserve(SampleBlock::kMaxSamples);
}
History::~History() = default;

LabelTable& History::label_table() const { return table_; }

History::Id History::Open(const Labels& labels) {
  const auto [it, fresh] = by_labels_.try_emplace(labels.identity(), Id{0});
  if (!fresh) return it->second;
  Id id = 0;
  if (free_.empty()) {
    id = static_cast<Id>(series_.size());
    series_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  it->second = id;
  Series& series = series_[id];
  series.alive = true;
  series.labels = labels;
  Named& named = by_name_[std::string(labels.Get(kMetricName))];
  named.ids.push_back(id);
  named.version = ++version_;
  return id;
}

bool History::Find(const Labels& labels, Id& id) const {
  const auto it = by_labels_.find(labels.identity());
  if (it == by_labels_.end()) return false;
  id = it->second;
  return true;
}

void History::SetRetention(Id id, std::chrono::milliseconds retention) {
  series_[id].retention_ms = std::max<std::int64_t>(0, retention.count());
}

std::chrono::milliseconds History::retention(Id id) const {
  return std::chrono::milliseconds(series_[id].retention_ms);
}

const Labels& History::labels(Id id) const { return series_[id].labels; }
std::uint64_t History::version() const { return version_; }
std::uint64_t History::version(std::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? 0 : it->second.version;
}
std::size_t History::id_end() const { return series_.size(); }
bool History::alive(Id id) const { return id < series_.size() && series_[id].alive; }

void History::Select(std::span<const LabelMatcher> matchers, std::vector<Id>& out) const {
  out.clear();
  const LabelMatcher* name = nullptr;
  for (const LabelMatcher& matcher : matchers) {
    if (matcher.type() == MatchType::kEqual && matcher.name() == kMetricName) name = &matcher;
  }
  const auto consider = [&](Id id) {
    if (MatchesAll(matchers, series_[id].labels)) out.push_back(id);
  };
  if (name != nullptr) {
    const auto it = by_name_.find(std::string_view(name->value()));
    if (it == by_name_.end()) return;
    for (const Id id : it->second.ids) consider(id);
  } else {
    for (Id id = 0; id < series_.size(); ++id) {
      if (series_[id].alive) consider(id);
    }
  }
  std::sort(out.begin(), out.end(), [this](Id a, Id b) {
    return std::is_lt(Labels::Compare(series_[a].labels, series_[b].labels));
  });
}

bool History::Append(Id id, Sample sample) {
  Series& series = series_[id];
  if (series.last == kNoBlock) {
    BeginBlock(series, sample);
    ++samples_;
    return true;
  }
  if (sample.time_ms <= series.writer.at.time) {
    ++rejected_;
    return false;
  }
  using Outcome = BlockWriter::Outcome;
  SampleBlock& block = pool_[series.last];
  Outcome outcome = series.writer.Write(block, sample);
  if (outcome == Outcome::kWrongUnit &&
      Repack(series, UnitFor(sample.value, block.unit), block.steps != 0)) {
    outcome = series.writer.Write(block, sample);
  }
  // A block of whole numbers that is full may hold more with the other guess.
  if (outcome == Outcome::kFull && !series.settled && block.unit != ValueUnit::kDouble) {
    series.settled = true;
    const auto [used, other] = block.steps != 0
                                   ? std::pair(series.writer.steps_cost, series.writer.plain_cost)
                                   : std::pair(series.writer.plain_cost, series.writer.steps_cost);
    if (other * 8 < used * 7 && Repack(series, block.unit, block.steps == 0)) {
      outcome = series.writer.Write(block, sample);
      if (outcome == Outcome::kWrongUnit) outcome = Outcome::kFull;
    }
  }
  if (outcome != Outcome::kWritten) BeginBlock(series, sample);
  ++samples_;
  return true;
}

void History::BeginBlock(Series& series, Sample sample) {
  ValueUnit unit = ValueUnit::k4096;
  bool steps = false;
  if (series.last != kNoBlock) {
    DropBlocksBefore(series, Before(sample.time_ms, series.retention_ms));
    // Doubles get another chance: what was a ratio may be a whole number for long.
    const SampleBlock& before = pool_[series.last];
    if (before.unit != ValueUnit::kDouble) unit = before.unit;
    steps = before.steps != 0;
  }
  const std::uint32_t number = pool_.Take();
  SampleBlock& block = pool_[number];
  series.writer.Begin(block, sample, UnitFor(sample.value, unit), steps);
  block.next = kNoBlock;
  if (series.last == kNoBlock) {
    series.first = number;
  } else {
    pool_[series.last].next = number;
  }
  series.last = number;
  series.settled = false;
}

// Writes the last block anew, in place. False, and nothing has changed, when it would not fit.
bool History::Repack(Series& series, ValueUnit unit, bool steps) {
  SampleBlock& block = pool_[series.last];
  scratch_.clear();
  BlockPosition at;
  for (Sample sample; ReadSample(block, at, sample);) scratch_.push_back(sample);

  // A large number of a fine unit: only doubles can say all of them. So below, in Write.
  if (unit != UnitFor(scratch_.front().value, unit)) unit = ValueUnit::kDouble;

  struct {
    SampleBlock block;
    std::array<std::byte, SampleBlock::kSlack> slack;
  } fresh{};
  BlockWriter writer;
  writer.at.width = block.width;
  for (bool first = true; const Sample& sample : scratch_) {
    if (first) {
      writer.Begin(fresh.block, sample, unit, steps);
    } else {
      const auto outcome = writer.Write(fresh.block, sample);
      if (outcome == BlockWriter::Outcome::kFull) return false;
      if (outcome == BlockWriter::Outcome::kWrongUnit) {
        return Repack(series, ValueUnit::kDouble, false);
      }
    }
    first = false;
  }
  fresh.block.next = block.next;
  fresh.block.generation = block.generation;
  fresh.block.repacked = static_cast<std::uint8_t>(block.repacked + 1) & 0x7f;
  block = fresh.block;
  series.writer = writer;
  return true;
}

void History::DropFirstBlock(Series& series) {
  const std::uint32_t number = series.first;
  samples_ -= pool_[number].count;
  series.first = pool_[number].next;
  if (series.first == kNoBlock) series.last = kNoBlock;
  pool_.GiveBack(number);
}

// The last block stays in any case.
void History::DropBlocksBefore(Series& series, std::int64_t time_ms) {
  while (series.first != series.last) {
    // All of a block is older than the first sample of the next.
    if (pool_[pool_[series.first].next].first_time > time_ms) return;
    DropFirstBlock(series);
  }
}

void History::Trim(std::int64_t now_ms) {
  for (Id id = 0; id < series_.size(); ++id) {
    Series& series = series_[id];
    if (!series.alive || series.last == kNoBlock) continue;
    if (series.writer.at.time < Before(now_ms, series.retention_ms)) {
      Drop(id);
    } else {
      DropBlocksBefore(series, Before(series.writer.at.time, series.retention_ms));
    }
  }
}

void History::Drop(Id id) {
  if (!alive(id)) return;
  Series& series = series_[id];
  while (series.first != kNoBlock) DropFirstBlock(series);
  const auto it = by_name_.find(series.labels.Get(kMetricName));
  ++version_;
  it->second.version = version_;
  std::erase(it->second.ids, id);
  if (it->second.ids.empty()) by_name_.erase(it);
  by_labels_.erase(series.labels.identity());
  const std::uint32_t generation = series.generation + 1;
  series = Series{};
  series.generation = generation;
  free_.push_back(id);
  ++dropped_;
}

void History::Shift(std::int64_t delta_ms) {
  const auto moved = [delta_ms](std::int64_t time_ms) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(time_ms) +
                                     static_cast<std::uint64_t>(delta_ms));
  };
  for (Series& series : series_) {
    for (std::uint32_t number = series.first; number != kNoBlock; number = pool_[number].next) {
      SampleBlock& block = pool_[number];
      block.first_time = moved(block.first_time);
      ++block.generation;  // so that cursors notice
    }
    series.writer.at.time = moved(series.writer.at.time);
  }
  ++version_;
  for (auto& [name, named] : by_name_) named.version = version_;
}

std::uint32_t History::BlockAt(const Series& series, std::int64_t time_ms) const {
  std::uint32_t found = kNoBlock;
  for (std::uint32_t number = series.first;
       number != kNoBlock && pool_[number].first_time <= time_ms; number = pool_[number].next) {
    found = number;
  }
  return found;
}

std::int64_t History::newest_ms(Id id) const {
  const Series& series = series_[id];
  return series.last == kNoBlock ? std::numeric_limits<std::int64_t>::min() : series.writer.at.time;
}

bool History::At(Id id, std::int64_t time_ms, std::int64_t oldest_ms, Sample& out) const {
  const Series& series = series_[id];
  if (series.last == kNoBlock) return false;
  Sample newest{series.writer.at.time, series.writer.last_value};
  if (newest.time_ms > time_ms) {
    const std::uint32_t number = BlockAt(series, time_ms);
    if (number == kNoBlock) return false;
    BlockPosition at;
    for (Sample sample; ReadSample(pool_[number], at, sample) && sample.time_ms <= time_ms;) {
      newest = sample;
    }
  }
  if (newest.time_ms < oldest_ms || IsStale(newest.value)) return false;
  out = newest;
  return true;
}

History::Cursor History::From(Id id, std::int64_t from_ms) const {
  const Series& series = series_[id];
  Cursor cursor;
  cursor.history_ = this;
  cursor.id_ = id;
  cursor.generation_ = series.generation;
  if (series.last == kNoBlock) return cursor;
  const std::uint32_t number = BlockAt(series, from_ms);
  cursor.Enter(number == kNoBlock ? series.first : number);
  Sample sample;
  for (Cursor ahead = cursor; ahead.Next(sample) && sample.time_ms < from_ms;) cursor = ahead;
  return cursor;
}

bool History::Cursor::Enter(std::uint32_t block) {
  if (block == kNoBlock) return false;
  block_ = block;
  at_ = {};
  generation_ = history_->pool_[block].generation;
  repacked_ = history_->pool_[block].repacked;
  return true;
}

bool History::Cursor::lost() const {
  if (history_ == nullptr) return false;
  return block_ == kNoBlock ? history_->series_[id_].generation != generation_
                            : history_->pool_[block_].generation != generation_;
}

bool History::Cursor::Next(Sample& out) {
  if (history_ == nullptr || lost()) return false;
  if (block_ == kNoBlock && !Enter(history_->series_[id_].first)) return false;
  for (;;) {
    const SampleBlock& block = history_->pool_[block_];
    if (repacked_ != block.repacked) {  // the same samples in other bits: to the same place again
      const std::uint16_t index = at_.index;
      at_ = {};
      for (Sample skipped; at_.index < index && ReadSample(block, at_, skipped);) continue;
      repacked_ = block.repacked;
    }
    if (ReadSample(block, at_, out)) return true;
    if (!Enter(block.next)) return false;
  }
}

std::uint64_t History::series_count() const { return by_labels_.size(); }
std::uint64_t History::sample_count() const { return samples_; }
std::uint64_t History::bytes() const { return pool_.used() * SampleBlock::kSize; }
std::uint64_t History::rejected() const { return rejected_; }

}  // namespace ecsward
