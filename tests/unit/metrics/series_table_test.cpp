#include "metrics/series_table.h"

#include <gtest/gtest.h>

#include <thread>

namespace ecsward {
namespace {

constexpr Metric kA{"a", "Help a.", MetricType::kGauge, "x"};
constexpr Metric kAAsCounter{"a", "Other help.", MetricType::kCounter, "x"};
constexpr Metric kB{"b", "Help b.", MetricType::kCounter};

std::string Text(const SeriesTable& table) {
  Snapshot s;
  if (!table.ReadLatest(s)) return "none";
  std::string out;
  for (const auto& family : s.layout->families) {
    for (std::uint32_t i = 0; i < family.entry_count; ++i) {
      const auto& entry = s.layout->entries[family.first_entry + i];
      const double value = s.values[entry.value_index];
      if (!IsStale(value)) {
        out += s.layout->Prefix(entry);
        out += std::to_string(static_cast<int>(value)) + "\n";
      }
    }
  }
  return out;
}

TEST(SeriesTable, SortsFamiliesAndSeriesOfAllSets) {
  SeriesTable table;
  SeriesSet& one = table.AddSet();
  SeriesSet& two = table.AddSet();
  EXPECT_EQ(Text(table), "none");
  one.BeginRun();
  Recorder(one).Set(kB, 1);
  Recorder(one).Set(kA, {"z"}, 2);
  one.EndRun();
  two.BeginRun();
  Recorder(two).Set(kA, {"y"}, 3);
  two.EndRun();
  table.Publish(1, {});
  EXPECT_EQ(Text(table), "a{x=\"y\"} 3\na{x=\"z\"} 2\nb 1\n");
}

TEST(SeriesTable, ShowsASeriesOnceAndCountsTheConflict) {
  SeriesTable table;
  for (SeriesSet* set : {&table.AddSet(), &table.AddSet()}) {
    set->BeginRun();
    Recorder(*set).Set(kA, {"y"}, 3);
    set->EndRun();
  }
  SeriesSet& other = table.AddSet();
  other.BeginRun();
  Recorder(other).Set(kAAsCounter, {"other"}, 3);
  other.EndRun();
  table.Publish(1, {});
  EXPECT_EQ(Text(table), "a{x=\"y\"} 3\n");
  EXPECT_EQ(table.conflicts(), 2u);
}

TEST(SeriesTable, WhatIsThereNowGoesBeforeWhatWas) {
  SeriesTable table;
  SeriesSet& set = table.AddSet();
  set.BeginRun();
  Recorder(set).Set(kA, {"y"}, 3);
  set.EndRun();
  table.Publish(1, {});
  set.BeginRun();
  Recorder(set).Set(kAAsCounter, {"y"}, 4);  // the metric comes back as another type
  set.EndRun();
  table.Publish(2, {});
  EXPECT_EQ(Text(table), "a{x=\"y\"} 4\n");
  EXPECT_EQ(table.conflicts(), 0u);
}

TEST(SeriesTable, ShowsASlowSetAsItWasAbsorbed) {
  SeriesTable table;
  const auto shared = table.AddSlowSet();
  SeriesSet& slow = *shared;
  slow.BeginRun();
  Recorder(slow).Set(kB, 1);
  table.Publish(1, {});
  EXPECT_EQ(Text(table), "");
  slow.EndRun();
  table.Absorb(slow);
  slow.BeginRun();
  Recorder(slow).Set(kB, 2);
  table.Publish(2, {});
  EXPECT_EQ(Text(table), "b 1\n");
  table.Withdraw(slow);
  table.Publish(3, {});
  EXPECT_EQ(Text(table), "");
}

TEST(SeriesTable, ForgetsARemovedSet) {
  SeriesTable table;
  SeriesSet& one = table.AddSet();
  one.BeginRun();
  Recorder(one).Set(kB, 1);
  one.EndRun();
  table.Publish(1, {});
  EXPECT_EQ(Text(table), "b 1\n");
  table.Remove(one);
  table.Publish(2, {});
  EXPECT_EQ(Text(table), "");
}

TEST(SeriesTable, AReaderNeverSeesHalfATick) {
  SeriesTable table;
  SeriesSet& set = table.AddSet();
  const auto publish = [&](int tick) {
    set.BeginRun();
    for (const std::string_view x : {"1", "2", "3", "4"}) Recorder(set).Set(kA, {x}, tick);
    if (tick % 7 == 0) Recorder(set).Set(kB, tick);
    set.EndRun();
    table.Publish(static_cast<std::uint64_t>(tick), {});
  };
  publish(1);
  std::thread reader([&table] {
    Snapshot s;
    while (table.ReadLatest(s) && s.tick < 2000) {
      for (const double value : s.values) {
        if (IsStale(value)) continue;
        ASSERT_EQ(value, static_cast<double>(s.tick));
      }
    }
  });
  for (int tick = 2; tick <= 2000; ++tick) publish(tick);
  reader.join();
}

}  // namespace
}  // namespace ecsward
