#include "metrics/history.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "metrics/series_set.h"

namespace ecsward {
namespace {

using std::chrono::seconds;

LabelMatcher Match(MatchType type, const char* name, const char* value) {
  return *LabelMatcher::Make(type, name, value);
}

class HistoryTest : public testing::Test {
 protected:
  History::Id Open(LabelPairs pairs) {
    return history_.Open(table_.Make(Normalized(std::move(pairs))));
  }
  // A value a second from second 0 on.
  History::Id Filled(const std::string& name, int count) {
    const auto id = Open({{"__name__", name}});
    for (int i = 0; i < count; ++i) EXPECT_TRUE(history_.Append(id, {i * 1000, i * 10.0}));
    return id;
  }
  std::vector<Sample> Read(History::Id id, std::int64_t from_ms = 0) {
    std::vector<Sample> out;
    auto cursor = history_.From(id, from_ms);
    for (Sample s; cursor.Next(s);) out.push_back(s);
    EXPECT_FALSE(cursor.lost());
    return out;
  }

  LabelTable table_;
  History history_{table_};
};

TEST_F(HistoryTest, OpensASeriesOnce) {
  const auto a = Open({{"__name__", "up"}});
  const auto version = history_.version();
  EXPECT_EQ(Open({{"__name__", "up"}}), a);
  EXPECT_EQ(history_.version(), version);
  EXPECT_NE(Open({{"__name__", "down"}}), a);
  EXPECT_GT(history_.version(), version);
  EXPECT_EQ(history_.series_count(), 2u);
}

TEST_F(HistoryTest, SelectsInTheOrderOfLabels) {
  const auto b = Open({{"__name__", "cpu"}, {"mode", "user"}});
  const auto a = Open({{"__name__", "cpu"}, {"mode", "idle"}});
  const auto c = Open({{"__name__", "disk"}});
  std::vector<History::Id> out;
  const LabelMatcher cpu[] = {Match(MatchType::kEqual, "__name__", "cpu")};
  history_.Select(cpu, out);
  EXPECT_EQ(out, (std::vector{a, b}));
  const LabelMatcher all[] = {Match(MatchType::kRegexp, "__name__", ".+")};
  history_.Select(all, out);
  EXPECT_EQ(out, (std::vector{a, b, c}));
  const LabelMatcher no_mode[] = {Match(MatchType::kEqual, "mode", "")};
  history_.Select(no_mode, out);
  EXPECT_EQ(out, (std::vector{c}));
}

TEST_F(HistoryTest, RejectsWhatIsNotNewer) {
  const auto id = Open({{"__name__", "a"}});
  EXPECT_TRUE(history_.Append(id, {1000, 1}));
  EXPECT_FALSE(history_.Append(id, {1000, 2}));
  EXPECT_FALSE(history_.Append(id, {999, 2}));
  EXPECT_EQ(history_.rejected(), 2u);
  EXPECT_EQ(history_.sample_count(), 1u);
}

TEST_F(HistoryTest, KnowsTheNewestAtAnyTime) {
  const auto id = Filled("a", 2000);
  Sample s;
  EXPECT_TRUE(history_.At(id, 1'999'000, 0, s));
  EXPECT_EQ(s.value, 19990);
  EXPECT_TRUE(history_.At(id, 9'000'000, 1'999'000, s));
  EXPECT_EQ(s.time_ms, 1'999'000);
  EXPECT_FALSE(history_.At(id, 9'000'000, 1'999'001, s));
  EXPECT_TRUE(history_.At(id, 500'999, 0, s));
  EXPECT_EQ(s.time_ms, 500'000);
  EXPECT_EQ(s.value, 5000);
  EXPECT_FALSE(history_.At(id, -1, -10'000, s));
}

TEST_F(HistoryTest, AStaleMarkerEndsASeriesAndIsRead) {
  const auto id = Filled("a", 3);
  history_.Append(id, {3000, StaleValue()});
  Sample s;
  EXPECT_FALSE(history_.At(id, 3000, 0, s));
  EXPECT_TRUE(history_.At(id, 2999, 0, s));
  const auto all = Read(id);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_TRUE(IsStale(all[3].value));
}

TEST_F(HistoryTest, ReadsFromAnyTime) {
  const auto id = Filled("a", 2000);
  EXPECT_EQ(Read(id).size(), 2000u);
  for (const int from : {0, 1, 77, 500, 1234, 1999}) {
    const auto got = Read(id, from * 1000 - 1);
    ASSERT_EQ(got.size(), static_cast<std::size_t>(2000 - from));
    EXPECT_EQ(got.front().time_ms, from * 1000);
    EXPECT_EQ(Read(id, from * 1000).size(), got.size());
    EXPECT_EQ(Read(id, from * 1000 + 1).size(), got.size() - 1);
  }
  EXPECT_TRUE(Read(id, 2'000'000).empty());
}

TEST_F(HistoryTest, ACursorWaitsForMore) {
  const auto id = Open({{"__name__", "a"}});
  auto cursor = history_.From(id, 0);
  Sample s;
  for (int i = 0; i < 3000; ++i) {
    EXPECT_FALSE(cursor.Next(s));
    EXPECT_FALSE(cursor.lost());
    // From ticks to microseconds to fractions: the block is packed anew under the cursor.
    const double value = i % 700 < 100   ? i
                         : i % 700 < 300 ? i / 100.0
                         : i % 700 < 500 ? i / 1e6
                                         : i / 3.0;
    history_.Append(id, {i * 1000, value});
    ASSERT_TRUE(cursor.Next(s)) << i;
    ASSERT_EQ(s.time_ms, i * 1000);
    ASSERT_EQ(s.value, value);
  }
}

TEST_F(HistoryTest, ForgetsWhatIsOlderThanKept) {
  const auto id = Open({{"__name__", "a"}});
  history_.SetRetention(id, seconds(600));
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) history_.Append(id, {i * 1000, static_cast<double>(random())});
  EXPECT_LE(Read(id, 0).front().time_ms, 4'399'000);
  EXPECT_GT(Read(id, 0).front().time_ms, 4'300'000);
  EXPECT_EQ(history_.sample_count(), Read(id, 0).size());
}

TEST_F(HistoryTest, TrimDropsSeriesThatEnded) {
  const auto gone = Filled("gone", 10);
  const auto stays = Filled("stays", 10);
  history_.SetRetention(gone, seconds(60));
  history_.SetRetention(stays, seconds(61));
  const auto version = history_.version();
  history_.Trim(69'000);
  EXPECT_TRUE(history_.alive(gone));
  history_.Trim(69'001);
  EXPECT_FALSE(history_.alive(gone));
  EXPECT_TRUE(history_.alive(stays));
  EXPECT_GT(history_.version(), version);
  EXPECT_EQ(history_.sample_count(), 10u);
  EXPECT_EQ(history_.bytes(), SampleBlock::kSize);
  std::vector<History::Id> out;
  const LabelMatcher matcher[] = {Match(MatchType::kEqual, "__name__", "gone")};
  history_.Select(matcher, out);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(Open({{"__name__", "new"}}), gone);
  EXPECT_TRUE(Read(gone).empty());
}

TEST_F(HistoryTest, ACursorNoticesThatItsPlaceIsGone) {
  const auto id = Filled("a", 100);
  auto cursor = history_.From(id, 0);
  const auto empty = Open({{"__name__", "empty"}});
  auto waiting = history_.From(empty, 0);
  Sample s;
  EXPECT_TRUE(cursor.Next(s));
  history_.Drop(id);
  history_.Drop(empty);
  EXPECT_FALSE(cursor.Next(s));
  EXPECT_TRUE(cursor.lost());
  EXPECT_FALSE(waiting.Next(s));
  EXPECT_TRUE(waiting.lost());
  Filled("b", 100);  // takes the same places
  Filled("c", 100);
  EXPECT_TRUE(cursor.lost());
  EXPECT_FALSE(cursor.Next(s));
  EXPECT_TRUE(waiting.lost());
}

TEST_F(HistoryTest, ACursorNoticesThatItsBlockWasDropped) {
  const auto id = Open({{"__name__", "a"}});
  history_.SetRetention(id, seconds(10));
  history_.Append(id, {0, 0});
  auto cursor = history_.From(id, 0);
  for (int i = 1; i < 10'000; ++i) history_.Append(id, {i * 1000, 0});
  Sample s;
  EXPECT_FALSE(cursor.Next(s));
  EXPECT_TRUE(cursor.lost());
}

TEST_F(HistoryTest, MovesWithTheClock) {
  const auto id = Filled("a", 1000);
  auto cursor = history_.From(id, 0);
  history_.Shift(-3'600'000);
  EXPECT_TRUE(cursor.lost());
  const auto all = Read(id, -10'000'000);
  ASSERT_EQ(all.size(), 1000u);
  EXPECT_EQ(all.front().time_ms, -3'600'000);
  EXPECT_EQ(all.back().time_ms, -2'601'000);
  EXPECT_TRUE(history_.Append(id, {-2'600'000, 1}));
  EXPECT_EQ(Read(id, -2'600'000).size(), 1u);
}

TEST_F(HistoryTest, KeepsEveryTimeThatThereIs) {
  const auto id = Open({{"__name__", "a"}});
  const std::int64_t times[] = {
      std::numeric_limits<std::int64_t>::min(), -1, 0, 1, 5, 1LL << 40, (1LL << 40) + 1,
      std::numeric_limits<std::int64_t>::max()};
  for (const auto time : times) EXPECT_TRUE(history_.Append(id, {time, 1}));
  const auto all = Read(id, times[0]);
  ASSERT_EQ(all.size(), std::size(times));
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].time_ms, times[i]);
}

TEST(HistoryVersion, OfANameStaysWhileOtherSeriesComeAndGo) {
  LabelTable labels;
  History history(labels);
  const auto open = [&](const char* name, const char* device) {
    return history.Open(labels.Make(LabelPairs{{"__name__", name}, {"device", device}}));
  };
  EXPECT_EQ(history.version("a"), 0u);
  open("a", "vda");
  const auto first = history.version("a");
  EXPECT_GT(first, 0u);
  const auto other = open("b", "vda");
  history.Drop(other);
  EXPECT_EQ(history.version("a"), first);
  EXPECT_EQ(history.version("b"), 0u);
  const auto second = open("a", "vdb");
  const auto with_two = history.version("a");
  EXPECT_NE(with_two, first);
  history.Drop(second);
  EXPECT_NE(history.version("a"), with_two);
  const auto before = history.version("a");
  history.Shift(1000);
  EXPECT_NE(history.version("a"), before);
}

}  // namespace
}  // namespace ecsward
