#include "metrics/history_feed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/unit/allocation_counter.h"

namespace ecsward {
namespace {

using std::chrono::seconds;

constexpr Metric kCpu{"cpu", "", MetricType::kCounter, "cpu,mode"};
constexpr Metric kLoad{"load", "", MetricType::kGauge};
constexpr Metric kJob{"job_runs", "", MetricType::kGauge, "job,exported_job"};

LabelMatcher Is(const char* name, const char* value) {
  return *LabelMatcher::Make(MatchType::kEqual, name, value);
}
HistoryNeed Need(const char* metric, int keep_seconds) {
  return {{Is("__name__", metric)}, seconds(keep_seconds)};
}

class HistoryFeedTest : public testing::Test {
 protected:
  void Report(SeriesSet& set, const std::function<void(Recorder&)>& report) {
    set.BeginRun();
    Recorder out(set);
    report(out);
    set.EndRun();
  }
  void ReportLoad(double value) {
    Report(set_, [value](Recorder& out) { out.Set(kLoad, value); });
  }
  void Tick() {
    table_.Publish(++tick_, {});
    feed_.OnTick(Now());
  }
  std::int64_t Now() const { return static_cast<std::int64_t>(tick_) * 1000; }

  std::string Series() const {
    std::vector<History::Id> ids;
    history_.Select({}, ids);
    std::string out;
    for (const auto id : ids) out += ToSeriesText(history_.labels(id).pairs()) + "\n";
    return out;
  }
  // "1 2 - 4", a dash for a stale marker.
  std::string Values(const char* metric) const {
    std::vector<History::Id> ids;
    const LabelMatcher matcher[] = {Is("__name__", metric)};
    history_.Select(matcher, ids);
    std::string out;
    for (const auto id : ids) {
      auto cursor = history_.From(id, 0);
      for (Sample s; cursor.Next(s);) {
        out += IsStale(s.value) ? "- " : std::to_string(static_cast<int>(s.value)) + " ";
      }
    }
    return out;
  }

  LabelTable labels_;
  History history_{labels_};
  SeriesTable table_;
  SeriesSet& set_ = table_.AddSet();
  HistoryFeed feed_{table_, history_, {{"instance", "host"}, {"job", "node"}}};
  std::uint64_t tick_ = 0;
};

TEST_F(HistoryFeedTest, TakesWhatIsNeededUnderItsNameAsAScrapeTarget) {
  feed_.SetNeeds({Need("cpu", 60), {{Is("job", "node"), Is("__name__", "up")}, seconds(60)}});
  Report(set_, [](Recorder& out) {
    out.Set(kCpu, {"0", "idle"}, 5);
    out.Set(kCpu, {"1", ""}, 6);
    out.Set(kLoad, 7);
  });
  Tick();
  EXPECT_EQ(Series(),
            "cpu{cpu=\"0\", instance=\"host\", job=\"node\", mode=\"idle\"}\n"
            "cpu{cpu=\"1\", instance=\"host\", job=\"node\"}\n"
            "up{instance=\"host\", job=\"node\"}\n");
  EXPECT_EQ(Values("cpu"), "5 6 ");
  EXPECT_EQ(Values("up"), "1 ");
}

TEST_F(HistoryFeedTest, RenamesLabelsThatTheTargetHas) {
  feed_.SetNeeds({Need("job_runs", 60)});
  Report(set_, [](Recorder& out) {
    out.Set(kJob, {"backup", ""}, 1);
    out.Set(kJob, {"backup", "other"}, 2);
  });
  Tick();
  EXPECT_EQ(Series(),
            "job_runs{exported_exported_job=\"backup\", exported_job=\"other\", "
            "instance=\"host\", job=\"node\"}\n"
            "job_runs{exported_job=\"backup\", instance=\"host\", job=\"node\"}\n");
}

TEST_F(HistoryFeedTest, AnAbsentSeriesGetsOneStaleMarker) {
  feed_.SetNeeds({Need("load", 60)});
  ReportLoad(1);
  Tick();
  Report(set_, [](Recorder&) {});
  Tick();
  Tick();
  ReportLoad(4);
  Tick();
  EXPECT_EQ(Values("load"), "1 - 4 ");
}

TEST_F(HistoryFeedTest, ARemovedCollectorsSeriesEnd) {
  feed_.SetNeeds({Need("load", 60)});
  ReportLoad(1);
  Tick();
  table_.Remove(set_);
  Tick();
  Tick();
  EXPECT_EQ(Values("load"), "1 - ");
}

TEST_F(HistoryFeedTest, ASlowCollectorsValuesAreThoseAbsorbedLast) {
  feed_.SetNeeds({Need("load", 60)});
  const auto slow = table_.AddSlowSet();
  Tick();
  Report(*slow, [](Recorder& out) { out.Set(kLoad, 3); });
  Tick();
  table_.Absorb(*slow);
  Tick();
  Tick();
  table_.Withdraw(*slow);
  Tick();
  EXPECT_EQ(Values("load"), "3 3 - ");
}

TEST_F(HistoryFeedTest, TheFirstCollectorOfASeriesWinsWhileItHasAValue) {
  feed_.SetNeeds({Need("load", 60)});
  SeriesSet& second = table_.AddSet();
  ReportLoad(1);
  Report(second, [](Recorder& out) { out.Set(kLoad, 100); });
  Tick();
  Report(set_, [](Recorder&) {});
  Tick();
  ReportLoad(3);
  Tick();
  EXPECT_EQ(Values("load"), "1 100 3 ");
  EXPECT_EQ(history_.rejected(), 0u);
}

TEST_F(HistoryFeedTest, NewNeedsKeepWhatIsStillNeeded) {
  feed_.SetNeeds({Need("load", 60), Need("cpu", 60)});
  const auto report = [&](double value) {
    Report(set_, [value](Recorder& out) {
      out.Set(kLoad, value);
      out.Set(kCpu, {"0", "idle"}, value);
    });
    Tick();
  };
  report(1);
  report(2);
  feed_.SetNeeds({Need("load", 600)});
  report(3);
  EXPECT_EQ(Values("load"), "1 2 3 ");
  EXPECT_EQ(Values("cpu"), "");
  EXPECT_EQ(history_.series_count(), 1u);
}

TEST_F(HistoryFeedTest, ASeriesIsKeptForTheLongestNeed) {
  feed_.SetNeeds({Need("load", 10), {{Is("job", "node")}, seconds(3600)}, Need("load", 60)});
  for (int i = 0; i < 5000; ++i) {
    ReportLoad(i * i % 1234567);
    Tick();
  }
  const auto all = Values("load");
  const auto count = std::count(all.begin(), all.end(), ' ');
  EXPECT_GE(count, 3600);
  EXPECT_LT(count, 4000);
}

TEST_F(HistoryFeedTest, ATrimmedSeriesBeginsAnew) {
  feed_.SetNeeds({Need("load", 10)});
  ReportLoad(1);
  Tick();
  for (int i = 0; i < 30; ++i) {
    Report(set_, [](Recorder&) {});
    Tick();
    history_.Trim(Now());
  }
  EXPECT_EQ(history_.series_count(), 0u);
  ReportLoad(2);
  Tick();
  EXPECT_EQ(Values("load"), "2 ");
}

TEST_F(HistoryFeedTest, GoesOnWithAHistoryThatWasThereBefore) {
  const auto id = history_.Open(
      labels_.Make(LabelPairs{{"__name__", "load"}, {"instance", "host"}, {"job", "node"}}));
  history_.Append(id, {-5000, 9});
  feed_.SetNeeds({Need("load", 60)});
  ReportLoad(1);
  Tick();
  history_.Shift(5000);
  EXPECT_EQ(Values("load"), "9 1 ");
}

TEST_F(HistoryFeedTest, ASteadyTickAllocatesNothing) {
  feed_.SetNeeds({{{Is("job", "node")}, seconds(60)}});
  const auto tick = [&] {
    const auto i = static_cast<double>(tick_);
    set_.BeginRun();
    Recorder out(set_);
    out.Set(kLoad, std::sin(i));
    out.Set(kCpu, {"0", "idle"}, i * i);
    out.Set(kCpu, {"0", "user"}, std::floor(i / 3) / 100);
    if (tick_ % 50 < 40) out.Set(kCpu, {"1", "idle"}, 5);
    set_.EndRun();
    Tick();
    history_.Trim(Now());
  };
  for (int i = 0; i < 2000; ++i) tick();
  const auto before = AllocationsOfThisThread();
  for (int i = 0; i < 1000; ++i) tick();
  EXPECT_EQ(AllocationsOfThisThread(), before);
}

TEST_F(HistoryFeedTest, CopiesTheLatestOfAnySeries) {
  ReportLoad(5);
  Tick();
  History copy(labels_);
  const std::vector<LabelMatcher> selectors[] = {{Is("__name__", "load"), Is("job", "node")},
                                                 {Is("__name__", "nothing")}};
  feed_.CopyLatest(selectors, Now(), copy);
  EXPECT_EQ(copy.series_count(), 1u);
  Sample s;
  EXPECT_TRUE(copy.At(0, Now(), Now(), s));
  EXPECT_EQ(s.value, 5);
  EXPECT_EQ(history_.series_count(), 0u);
}

}  // namespace
}  // namespace ecsward
