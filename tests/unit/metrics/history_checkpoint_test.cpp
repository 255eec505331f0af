#include "metrics/history_checkpoint.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "metrics/series_set.h"

namespace ecsward {
namespace {

using std::chrono::seconds;

void Fill(History& history) {
  std::mt19937 random(29);
  const auto open = [&](LabelPairs pairs) {
    return history.Open(history.label_table().Make(Normalized(std::move(pairs))));
  };
  const auto ticks = open({{"__name__", "ticks"}, {"cpu", "0"}, {"job", "node"}});
  const auto ratio = open({{"__name__", "ratio"}});
  const auto none = open({});
  open({{"__name__", "empty"}});
  history.SetRetention(ticks, seconds(600));
  double sum = 0;
  for (int i = 0; i < 2000; ++i) {
    sum += static_cast<double>(random() % 100);
    history.Append(ticks, {i * 1000, sum / 100});
    history.Append(ratio, {i * 1000, std::sin(i)});
    if (i % 100 == 0) history.Append(none, {i * 1000, i == 1900 ? StaleValue() : i});
  }
}

// Every series with every sample, bit for bit.
std::string Text(const History& history) {
  std::vector<History::Id> ids;
  history.Select({}, ids);
  std::string out;
  for (const auto id : ids) {
    out += ToString(history.labels(id).pairs());
    auto cursor = history.From(id, std::numeric_limits<std::int64_t>::min());
    for (Sample s; cursor.Next(s);) {
      out += " " + std::to_string(s.time_ms) + ":" +
             std::to_string(std::bit_cast<std::uint64_t>(s.value));
    }
    out += "\n";
  }
  return out;
}

class HistoryCheckpointTest : public testing::Test {
 protected:
  HistoryCheckpointTest() {
    Fill(history_);
    bytes_ = Serialize(history_);
  }
  LabelTable labels_, other_labels_;
  History history_{labels_}, other_{other_labels_};
  std::string bytes_;
};

TEST_F(HistoryCheckpointTest, BringsEverythingBack) {
  ASSERT_TRUE(LoadCheckpoint(bytes_, other_));
  EXPECT_EQ(Text(other_), Text(history_));
  EXPECT_EQ(other_.sample_count(), history_.sample_count());
  EXPECT_EQ(other_.bytes(), history_.bytes());
  EXPECT_EQ(Serialize(other_), bytes_);
}

TEST_F(HistoryCheckpointTest, GoesOnAsIfNothingHadHappened) {
  ASSERT_TRUE(LoadCheckpoint(bytes_, other_));
  for (History* history : {&history_, &other_}) {
    std::vector<History::Id> ids;
    history->Select({}, ids);
    for (int i = 2000; i < 5000; ++i) {
      for (const auto id : ids) history->Append(id, {i * 1000, i / 100.0});
    }
  }
  EXPECT_EQ(Text(other_).size(), Text(history_).size());
  EXPECT_EQ(Text(other_), Text(history_));  // the same retention, too
}

TEST_F(HistoryCheckpointTest, TakesOnlyTheSeriesAskedFor) {
  std::vector<History::Id> ids;
  const LabelMatcher matcher[] = {*LabelMatcher::Make(MatchType::kEqual, "__name__", "ratio")};
  history_.Select(matcher, ids);
  ASSERT_TRUE(LoadCheckpoint(Serialize(history_, ids), other_));
  EXPECT_EQ(other_.series_count(), 1u);
  EXPECT_EQ(other_.sample_count(), 2000u);
}

TEST_F(HistoryCheckpointTest, AddsWhatIsNewerToSeriesThatAreThere) {
  ASSERT_TRUE(LoadCheckpoint(bytes_, other_));
  std::vector<History::Id> ids;
  history_.Select({}, ids);
  for (const auto id : ids) history_.Append(id, {3'000'000, 0.25});
  ASSERT_TRUE(LoadCheckpoint(Serialize(history_), other_));
  EXPECT_EQ(Text(other_), Text(history_));
  EXPECT_EQ(other_.rejected(), 0u);
}

TEST_F(HistoryCheckpointTest, RefusesWhatWasCutShort) {
  for (std::size_t size = 0; size < bytes_.size(); size += size < 300 ? 1 : 97) {
    EXPECT_FALSE(LoadCheckpoint(bytes_.substr(0, size), other_)) << size;
    std::string sealed = bytes_.substr(0, size);
    SealCheckpoint(sealed);
    EXPECT_FALSE(LoadCheckpoint(sealed, other_)) << size;
  }
  EXPECT_FALSE(LoadCheckpoint(bytes_ + "x", other_));
  EXPECT_EQ(other_.series_count(), 0u);
  EXPECT_EQ(other_.bytes(), 0u);
}

TEST_F(HistoryCheckpointTest, RefusesWhatWasChanged) {
  for (std::size_t i = 0; i < bytes_.size(); i += i < 300 ? 1 : 97) {
    std::string changed = bytes_;
    changed[i] = static_cast<char>(changed[i] ^ 4);
    EXPECT_FALSE(LoadCheckpoint(changed, other_)) << i;
  }
  EXPECT_EQ(other_.series_count(), 0u);
}

TEST_F(HistoryCheckpointTest, SaysThatAVersionIsForeign) {
  bytes_[8] = 9;
  const auto result = LoadCheckpoint(bytes_, other_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "history checkpoint: of another version (9, blocks of 128)");
}

TEST_F(HistoryCheckpointTest, SurvivesChangesThatTheChecksumHides) {
  std::mt19937 random(31);
  for (int i = 0; i < 3000; ++i) {
    std::string changed = bytes_;
    for (int k = 0; k < 3; ++k) {
      changed[32 + random() % (i % 2 == 0 ? 200 : changed.size() - 32)] =
          static_cast<char>(random());
    }
    SealCheckpoint(changed);
    History into(other_labels_);
    if (LoadCheckpoint(changed, into)) {
      (void)Text(into);
    } else {
      EXPECT_EQ(into.series_count(), 0u);
    }
  }
}

TEST_F(HistoryCheckpointTest, CopiesIntoMemoryItHasAlready) {
  std::string out;
  CopyCheckpoint(history_, out);
  const char* const memory = out.data();
  CopyCheckpoint(history_, out);
  EXPECT_EQ(out.data(), memory);
  SealCheckpoint(out);
  EXPECT_EQ(out, bytes_);
}

}  // namespace
}  // namespace ecsward
