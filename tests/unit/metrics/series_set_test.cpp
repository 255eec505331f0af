#include "metrics/series_set.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

constexpr Metric kDisk{"disk", "", MetricType::kGauge, "device"};

void Report(SeriesSet& set, std::initializer_list<std::string_view> devices, double value = 1) {
  set.BeginRun();
  Recorder out(set);
  for (const auto device : devices) out.Set(kDisk, {device}, value);
  set.EndRun();
}

std::vector<std::string> Live(const SeriesSet& set) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < set.series().size(); ++i) {
    if (!IsStale(set.values()[i])) names.emplace_back(LabelValue(set.series()[i], 0));
  }
  return names;
}

TEST(SeriesSet, KeepsTheSlotOfASeriesInAnyOrder) {
  SeriesSet set;
  Report(set, {"a", "b", "c"});
  Report(set, {"c", "a", "b"}, 2);
  EXPECT_EQ(Live(set), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(set.values(), (std::vector<double>{2, 2, 2}));
}

TEST(SeriesSet, DropsWhatARunDoesNotReport) {
  SeriesSet set;
  Report(set, {"a", "b"});
  Report(set, {"b"});
  EXPECT_EQ(Live(set), (std::vector<std::string>{"b"}));
  Report(set, {"x", "b"});  // as many as before, but others
  EXPECT_EQ(Live(set), (std::vector<std::string>{"b", "x"}));
}

TEST(SeriesSet, GivesSlotsBackAfterAWhile) {
  SeriesSet set;
  for (int i = 0; i < 10'000; ++i) Report(set, {"a", std::to_string(i)});
  EXPECT_LE(set.series().size(), SeriesSet::kKeepRuns + 3);
  EXPECT_EQ(Live(set).size(), 2u);
}

TEST(SeriesSet, TakesTheFirstOfASeriesReportedTwice) {
  SeriesSet set;
  set.BeginRun();
  Recorder out(set);
  out.Set(kDisk, {"a"}, 1);
  out.Set(kDisk, {"a"}, 2);
  set.EndRun();
  EXPECT_EQ(set.values(), (std::vector<double>{1}));
  EXPECT_EQ(set.duplicates(), 1u);
}

TEST(SeriesSet, TellsValuesApartThatConcatenateAlike) {
  constexpr Metric kTwo{"two", "", MetricType::kGauge, "a,b"};
  SeriesSet set;
  set.BeginRun();
  Recorder out(set);
  out.Set(kTwo, {"ab", "c"}, 1);
  out.Set(kTwo, {"a", "bc"}, 2);
  set.EndRun();
  EXPECT_EQ(set.values(), (std::vector<double>{1, 2}));
  EXPECT_EQ(LabelValue(set.series()[1], 1), "bc");
}

TEST(SeriesSet, ClearDropsAll) {
  SeriesSet set;
  Report(set, {"a", "b"});
  set.Clear();
  EXPECT_TRUE(Live(set).empty());
  EXPECT_EQ(set.live_count(), 0u);
}

}  // namespace
}  // namespace ecsward
