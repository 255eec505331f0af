#include "collectors/peak_gauge.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

using std::chrono::seconds;

constexpr Metric kRatio{"ratio", "A ratio.", MetricType::kGauge, "window,stat"};
constexpr Metric kDisk{"disk", "A ratio.", MetricType::kGauge, "device,window,stat"};
constexpr MonoTime kStart{seconds(1000)};

TEST(PeakGauge, RemembersASpikeForItsWindow) {
  PeakGauge gauge;
  for (int i = 0; i <= 20; ++i) gauge.Add(kStart + seconds(i), i == 2 ? 1 : 0.25);
  SeriesSet set;
  Recorder out(set);
  set.BeginRun();
  gauge.Emit(kRatio, kStart + seconds(20), out);
  set.EndRun();
  EXPECT_EQ(Samples(set),
            "ratio{window=\"15s\",stat=\"avg\"} 0.25\n"
            "ratio{window=\"15s\",stat=\"max\"} 0.25\n"
            "ratio{window=\"15s\",stat=\"min\"} 0.25\n"
            "ratio{window=\"60s\",stat=\"avg\"} 0.2857142857142857\n"
            "ratio{window=\"60s\",stat=\"max\"} 1\n"
            "ratio{window=\"60s\",stat=\"min\"} 0.25\n");
}

TEST(PeakGauge, NamesTheDevice) {
  PeakGauge gauge;
  gauge.Add(kStart, 0.5);
  SeriesSet set;
  Recorder out(set);
  set.BeginRun();
  gauge.Emit(kDisk, "vda", kStart, out);
  set.EndRun();
  EXPECT_NE(Samples(set).find("disk{device=\"vda\",window=\"15s\",stat=\"max\"} 0.5\n"),
            std::string::npos);
}

TEST(PeakGauge, SaysNothingBeforeItsFirstSample) {
  SeriesSet set;
  Recorder out(set);
  set.BeginRun();
  PeakGauge().Emit(kRatio, kStart, out);
  set.EndRun();
  EXPECT_EQ(Samples(set), "");
}

TEST(CounterRate, SkipsTheFirstCallAndACounterThatWentBackwards) {
  CounterRate rate;
  EXPECT_FALSE(rate.Step(kStart, 100));
  EXPECT_EQ(rate.Step(kStart + seconds(2), 300), 100);
  EXPECT_FALSE(rate.Step(kStart + seconds(3), 5));
  EXPECT_EQ(rate.Step(kStart + seconds(4), 6), 1);
  EXPECT_FALSE(rate.Step(kStart + seconds(4), 9));  // no time has passed
}

}  // namespace
}  // namespace ecsward
