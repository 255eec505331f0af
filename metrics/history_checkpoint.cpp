#include "metrics/history_checkpoint.h"

#include <libdeflate.h>

#include <cstring>

namespace ecsward {
namespace {

constexpr std::string_view kMagic = "ecswhist";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kLengthAt = 16, kCrcAt = 24, kHeaderSize = 32;

std::uint32_t Crc(std::string_view bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

template <class T>
void Put(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

// Takes numbers and texts off the front; after the end all are 0 and empty, and ok() is false.
class Taker {
 public:
  explicit Taker(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  T Number() {
    T value{};
    const std::string_view bytes = Bytes(sizeof(T));
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }
  std::string_view Bytes(std::size_t size) {
    if (size > rest_.size()) {
      rest_ = {};
      ok_ = false;
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct PaddedBlock {
  SampleBlock block;
  std::array<unsigned char, SampleBlock::kSlack> slack;
};

void PutBlock(const SampleBlock& block, std::string& out) {
  Put(out, block.first_time);
  Put(out, block.first_value);
  Put(out, block.count);
  Put(out, block.bits);
  Put(out, block.width);
  Put(out, block.unit);
  Put(out, static_cast<std::uint8_t>(block.steps));
  const std::size_t size = (block.bits + 7U) / 8;
  out.append(reinterpret_cast<const char*>(block.payload.data()), size);
}

bool TakeBlock(Taker& in, SampleBlock& block) {
  block.first_time = in.Number<std::int64_t>();
  block.first_value = in.Number<double>();
  block.count = in.Number<std::uint16_t>();
  block.bits = in.Number<std::uint16_t>();
  block.width = in.Number<std::uint16_t>();
  block.unit = static_cast<ValueUnit>(in.Number<std::uint8_t>());
  block.steps = in.Number<std::uint8_t>() & 1;
  block.repacked = 0;
  if (block.bits > SampleBlock::kBits) return false;
  const std::string_view payload = in.Bytes((block.bits + 7U) / 8);
  std::copy(payload.begin(), payload.end(), block.payload.begin());
  return in.ok();
}

bool TakeLabels(Taker& in, std::vector<Labels::View>& views) {
  views.clear();
  const auto count = in.Number<std::uint32_t>();
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto name_size = in.Number<std::uint32_t>();
    const auto value_size = in.Number<std::uint32_t>();
    const Labels::View view{in.Bytes(name_size), in.Bytes(value_size)};
    if (!in.ok() || view.value.empty()) return false;
    if (!views.empty() && view.name <= views.back().name) return false;
    views.push_back(view);
  }
  return in.ok();
}

Error Bad(std::string_view what) {
  return Fail(ErrorCode::kParse, "history checkpoint: " + std::string(what));
}

}  // namespace

// A friend of History: what has to see its blocks.
class HistoryCheckpoint {
 public:
  static void PutSeries(const History& history, History::Id id, std::string& out) {
    const History::Series& series = history.series_[id];
    Put(out, static_cast<std::uint32_t>(series.labels.size()));
    for (std::size_t i = 0; i < series.labels.size(); ++i) {
      const Labels::View view = series.labels[i];
      Put(out, static_cast<std::uint32_t>(view.name.size()));
      Put(out, static_cast<std::uint32_t>(view.value.size()));
      out.append(view.name).append(view.value);
    }
    Put(out, series.retention_ms);
    const std::size_t count_at = out.size();
    std::uint32_t count = 0;
    Put(out, count);
    for (auto number = series.first; number != kNoBlock; number = history.pool_[number].next) {
      PutBlock(history.pool_[number], out);
      ++count;
    }
    std::memcpy(out.data() + count_at, &count, sizeof(count));
  }

  // With nowhere to put them, the series are only looked at: whether all is well comes before the
  // first change.
  static bool TakeAll(Taker in, std::uint32_t count, History* into) {
    std::vector<Labels::View> views;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!TakeLabels(in, views)) return false;
      const auto retention = in.Number<std::int64_t>();
      const auto blocks = in.Number<std::uint32_t>();
      if (!in.ok() || retention < 0) return false;
      if (into == nullptr ? !CheckBlocks(in, blocks)
                          : !TakeSeries(in, views, retention, blocks, *into)) {
        return false;
      }
    }
    return in.at_end();
  }

 private:
  static bool CheckBlocks(Taker& in, std::uint32_t count) {
    PaddedBlock padded{};
    BlockWriter writer;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!TakeBlock(in, padded.block)) return false;
      if (i > 0 && padded.block.first_time <= writer.at.time) return false;
      if (!writer.Resume(padded.block)) return false;
    }
    return true;
  }

  static bool TakeSeries(Taker& in, const std::vector<Labels::View>& views, std::int64_t retention,
                         std::uint32_t blocks, History& into) {
    const Labels labels = into.table_.Make(views);
    History::Id id = 0;
    const bool known = into.Find(labels, id);
    if (!known) {
      id = into.Open(labels);
      into.series_[id].retention_ms = retention;
    }
    for (std::uint32_t i = 0; i < blocks; ++i) {
      PaddedBlock padded{};
      if (!TakeBlock(in, padded.block)) return false;
      if (known) {
        AppendNewer(padded.block, id, into);
      } else {
        AddBlock(padded.block, into.series_[id], into);
      }
    }
    return true;
  }

  static void AppendNewer(const SampleBlock& block, History::Id id, History& into) {
    BlockPosition at;
    const History::Series& series = into.series_[id];
    for (Sample sample; ReadSample(block, at, sample);) {
      const bool newer = series.last == kNoBlock || sample.time_ms > series.writer.at.time;
      if (newer) into.Append(id, sample);
    }
  }

  static void AddBlock(const SampleBlock& block, History::Series& series, History& into) {
    const std::uint32_t number = into.pool_.Take();
    SampleBlock& copy = into.pool_[number];
    const std::uint32_t generation = copy.generation;
    copy = block;
    copy.generation = generation;
    copy.next = kNoBlock;
    (series.last == kNoBlock ? series.first : into.pool_[series.last].next) = number;
    series.last = number;
    series.settled = true;
    into.samples_ += block.count;
    (void)series.writer.Resume(copy);  // it did, when it was looked at
  }

 public:
  template <class Each>
  static void Copy(std::string& out, const Each& each) {
    out.clear();
    out += kMagic;
    Put(out, kVersion);
    Put(out, static_cast<std::uint32_t>(SampleBlock::kSize));
    Put(out, std::uint64_t{0});
    Put(out, std::uint32_t{0});
    const std::size_t count_at = out.size();
    Put(out, std::uint32_t{0});
    const std::uint32_t count = each();
    std::memcpy(out.data() + count_at, &count, sizeof(count));
  }
};

void CopyCheckpoint(const History& history, std::string& out) {
  HistoryCheckpoint::Copy(out, [&] {
    for (History::Id id = 0; id < history.id_end(); ++id) {
      if (history.alive(id)) HistoryCheckpoint::PutSeries(history, id, out);
    }
    return static_cast<std::uint32_t>(history.series_count());
  });
}

void CopyCheckpoint(const History& history, std::span<const History::Id> ids, std::string& out) {
  HistoryCheckpoint::Copy(out, [&] {
    for (const History::Id id : ids) HistoryCheckpoint::PutSeries(history, id, out);
    return static_cast<std::uint32_t>(ids.size());
  });
}

void SealCheckpoint(std::string& bytes) {
  if (bytes.size() < kHeaderSize) return;
  const std::uint64_t length = bytes.size() - kHeaderSize;
  std::memcpy(bytes.data() + kLengthAt, &length, sizeof(length));
  // Of the count of series too, which stands behind it.
  const std::uint32_t crc = Crc(std::string_view(bytes).substr(kCrcAt + sizeof(std::uint32_t)));
  std::memcpy(bytes.data() + kCrcAt, &crc, sizeof(crc));
}

std::string Serialize(const History& history) {
  std::string out;
  CopyCheckpoint(history, out);
  SealCheckpoint(out);
  return out;
}

std::string Serialize(const History& history, std::span<const History::Id> ids) {
  std::string out;
  CopyCheckpoint(history, ids, out);
  SealCheckpoint(out);
  return out;
}

Result<void> LoadCheckpoint(std::string_view bytes, History& into) {
  Taker in(bytes);
  if (in.Bytes(kMagic.size()) != kMagic) return Bad("this is none");
  const auto version = in.Number<std::uint32_t>();
  const auto block_size = in.Number<std::uint32_t>();
  const auto length = in.Number<std::uint64_t>();
  const auto crc = in.Number<std::uint32_t>();
  if (!in.ok()) return Bad("cut short");
  if (version != kVersion || block_size != SampleBlock::kSize) {
    return Bad("of another version (" + std::to_string(version) + ", blocks of " +
               std::to_string(block_size) + ")");
  }
  if (bytes.size() < kHeaderSize || bytes.size() - kHeaderSize < length) return Bad("cut short");
  if (bytes.size() - kHeaderSize > length) return Bad("longer than it says");
  if (Crc(bytes.substr(kCrcAt + sizeof(crc))) != crc) return Bad("wrong checksum");
  const auto count = in.Number<std::uint32_t>();
  if (!HistoryCheckpoint::TakeAll(in, count, nullptr)) return Bad("makes no sense");
  (void)HistoryCheckpoint::TakeAll(in, count, &into);
  return {};
}

}  // namespace ecsward
