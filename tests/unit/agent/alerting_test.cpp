// Rules inside the daemon: ticks in, alerts and state out. The clock is the test's; only the thread
// that keeps the state is real.
#include "agent/alerting.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "metrics/history_checkpoint.h"
#include "tests/unit/temp_folder.h"

namespace ecsward {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Metric kLoad{"node_load1", "", MetricType::kGauge};
constexpr std::string_view kRules =
    "groups:\n"
    "- name: g\n"
    "  interval: 1s\n"
    "  rules:\n"
    "  - record: job:load:max\n"
    "    expr: max_over_time(node_load1[1m])\n"
    "  - alert: HighLoad\n"
    "    expr: node_load1 > 1\n"
    "    for: 10s\n"
    "    annotations: {summary: 'load {{ $value }} on {{ $labels.instance }}'}\n";

std::vector<RuleGroup> Groups(std::string_view yaml) {
  RuleFile file = ParseRuleFile(yaml, "rules.yml");
  EXPECT_TRUE(file.problems.empty());
  return std::move(file.groups);
}

// A FakeClock that the writer's thread may look at while the test sets it.
class SharedClock final : public Clock {
 public:
  WallTime Wall() const override {
    const std::lock_guard lock(mutex_);
    return clock_.Wall();
  }
  MonoTime Mono() const override {
    const std::lock_guard lock(mutex_);
    return clock_.Mono();
  }
  void Advance(std::chrono::nanoseconds by) {
    const std::lock_guard lock(mutex_);
    clock_.Advance(by);
  }
  void SetWall(WallTime wall) {
    const std::lock_guard lock(mutex_);
    clock_.SetWall(wall);
  }

 private:
  mutable std::mutex mutex_;
  FakeClock clock_;
};

// One run of the agent, as far as rules go.
struct AgentRun {
  AgentRun(const std::string& directory, SharedClock& clock_of_host,
           std::string_view rules = kRules)
      : clock(clock_of_host), load_set(table.AddSet()), alerting(table, clock, log) {
    config.state_directory = directory;
    config.alerting.target_labels = {{"instance", "h"}};
    alerting.Configure(config, Groups(rules));
    // The first ticks may come before the state is there.
    const auto end = std::chrono::steady_clock::now() + seconds(20);
    while (alerting.Statuses().empty() || !Restored()) {
      Tick(milliseconds(1));
      if (std::chrono::steady_clock::now() > end) break;
      std::this_thread::yield();
    }
  }
  ~AgentRun() { EXPECT_TRUE(alerting.Stop(seconds(20))); }

  // Whether the history is fed: it is not before the state is there.
  bool Restored() {
    const std::string bytes =
        alerting.CopyHistory({{*LabelMatcher::Make(MatchType::kEqual, "__name__", "node_load1")}});
    LabelTable labels;
    History history(labels);
    return LoadCheckpoint(bytes, history) && history.series_count() == 1;
  }
  void Tick(milliseconds passed) {
    clock.Advance(passed);
    alerting.BeforeTick();
    load_set.BeginRun();
    Recorder(load_set).Set(kLoad, load);
    load_set.EndRun();
    table.Publish(++tick, clock.Wall());
    alerting.AfterTick(clock.Wall(), clock.Mono());
  }
  void TickFor(seconds passed) {
    for (seconds gone(0); gone < passed; gone += seconds(1)) Tick(seconds(1));
  }
  std::string States() const {
    std::string text;
    for (const RuleAlert& of : alerting.Alerts()) {
      text.append(text.empty() ? "" : " ").append(ToString(of.alert.state));
    }
    return text;
  }
  double Value(std::string_view name) const {
    Snapshot snapshot;
    if (!table.ReadLatest(snapshot)) return -1;
    for (const auto& entry : snapshot.layout->entries) {
      if (snapshot.layout->Prefix(entry) == std::string(name) + " ") {
        return snapshot.values[entry.value_index];
      }
    }
    return -1;
  }

  bool Said(std::string_view what) {
    const std::lock_guard lock(said_mutex);
    return said.find(what) != std::string::npos;
  }

  SharedClock& clock;
  Logger log{LogLevel::kInfo, [this](LogLevel, std::string_view line) {
               const std::lock_guard lock(said_mutex);
               said.append(line) += '\n';
             }};
  std::mutex said_mutex;
  std::string said;
  SeriesTable table;
  SeriesSet& load_set;
  double load = 0;
  std::uint64_t tick = 0;
  Config config;
  Alerting alerting;
};

class AlertingTest : public testing::Test {
 protected:
  TempFolder folder_;
  const std::string state_ = folder_.path() / "state";
  SharedClock clock_;
};

TEST_F(AlertingTest, FiresWhenTheConditionHasHeldAsLongAsTheRuleAsks) {
  AgentRun run(state_, clock_);
  run.load = 2;
  run.TickFor(seconds(2));
  EXPECT_EQ(run.States(), "pending");
  run.TickFor(seconds(8));
  EXPECT_EQ(run.States(), "pending");
  run.TickFor(seconds(3));
  EXPECT_EQ(run.States(), "firing");
  const auto alerts = run.alerting.Alerts();
  EXPECT_EQ(Get(alerts[0].alert.annotations, "summary"), "load 2 on h");
  EXPECT_EQ(ToString(alerts[0].alert.labels),
            R"({alertname="HighLoad", instance="h", job="node"})");
  EXPECT_TRUE(run.Said("alert=HighLoad msg=\"alert firing\""));
  run.load = 0;
  run.TickFor(seconds(2));
  EXPECT_EQ(run.States(), "inactive");
}

TEST_F(AlertingTest, TellsOfItselfInTheTable) {
  AgentRun run(state_, clock_);
  run.load = 2;
  run.TickFor(seconds(3));
  EXPECT_EQ(run.Value("ecsward_rules_loaded"), 2);
  EXPECT_EQ(run.Value("ecsward_rules_groups"), 1);
  EXPECT_EQ(run.Value("ecsward_rules_alerts{state=\"pending\"}"), 1);
  EXPECT_GE(run.Value("ecsward_rules_evaluations_total"), 2);
  EXPECT_EQ(run.Value("ecsward_rules_evaluation_failures_total"), 0);
  EXPECT_GE(run.Value("ecsward_history_series"), 3);  // the load, the record, ALERTS
  EXPECT_EQ(run.Value("ecsward_state_write_failures_total"), 0);
  run.alerting.SetReloaded(false);
  run.TickFor(seconds(1));
  EXPECT_EQ(run.Value("ecsward_rules_last_reload_successful"), 0);
}

TEST_F(AlertingTest, GoesOnCountingAfterARestart) {
  {
    AgentRun run(state_, clock_);
    run.load = 2;
    run.TickFor(seconds(8));
    EXPECT_EQ(run.States(), "pending");
  }
  clock_.Advance(seconds(2));
  AgentRun again(state_, clock_);
  again.load = 2;
  again.TickFor(seconds(2));
  EXPECT_EQ(again.States(), "pending");
  EXPECT_TRUE(again.Said("alerts restored"));
  // The two seconds away do not count, as in Prometheus; the eight before them do.
  again.TickFor(seconds(4));
  EXPECT_EQ(again.States(), "firing");
}

TEST_F(AlertingTest, BringsTheHistoryBack) {
  {
    AgentRun run(state_, clock_);
    run.load = 7;
    run.TickFor(seconds(2));
    run.load = 0;
    run.TickFor(seconds(2));
  }
  AgentRun again(state_, clock_);
  again.TickFor(seconds(2));
  const std::string bytes = again.alerting.CopyHistory(
      {{*LabelMatcher::Make(MatchType::kEqual, "__name__", "job:load:max")}});
  LabelTable labels;
  History history(labels);
  ASSERT_TRUE(LoadCheckpoint(bytes, history));
  std::vector<History::Id> ids;
  history.Select(std::vector<LabelMatcher>{}, ids);
  ASSERT_EQ(ids.size(), 1u);
  Sample sample;
  ASSERT_TRUE(history.At(ids[0], UnixMilliseconds(clock_.Wall()), 0, sample));
  EXPECT_EQ(sample.value, 7);  // the maximum of a minute, most of it before the restart
}

TEST_F(AlertingTest, GoesOnMeasuringAfterAClockThatWasSetBackMeanwhile) {
  {
    AgentRun run(state_, clock_);
    run.load = 7;
    run.TickFor(seconds(2));
  }
  clock_.SetWall(clock_.Wall() - hours(5));
  AgentRun again(state_, clock_);
  again.load = 3;
  again.TickFor(seconds(2));
  const std::string bytes = again.alerting.CopyHistory(
      {{*LabelMatcher::Make(MatchType::kEqual, "__name__", "node_load1")}});
  LabelTable labels;
  History history(labels);
  ASSERT_TRUE(LoadCheckpoint(bytes, history));
  Sample sample;
  ASSERT_TRUE(history.At(0, UnixMilliseconds(clock_.Wall()), 0, sample));
  EXPECT_EQ(sample.value, 3);
  EXPECT_LE(std::abs(sample.time_ms - UnixMilliseconds(clock_.Wall())), RuleTime::kAlignMs);
}

TEST_F(AlertingTest, IsNotMovedBySomebodySettingTheClock) {
  AgentRun run(state_, clock_);
  run.load = 2;
  run.TickFor(seconds(5));
  clock_.SetWall(clock_.Wall() + hours(3));
  run.TickFor(seconds(2));
  EXPECT_EQ(run.States(), "pending");
  EXPECT_TRUE(run.Said("the clock was set"));
  clock_.SetWall(clock_.Wall() - hours(6));
  run.TickFor(seconds(2));
  EXPECT_EQ(run.States(), "pending");
  run.TickFor(seconds(4));
  EXPECT_EQ(run.States(), "firing");
}

TEST_F(AlertingTest, KeepsTimersOfRulesThatStayAcrossAReload) {
  AgentRun run(state_, clock_);
  run.load = 2;
  run.TickFor(seconds(8));
  auto groups = Groups(kRules);
  groups.push_back(Groups("groups: [{name: other, rules: [{alert: B, expr: node_load1 < 0}]}]")[0]);
  run.alerting.Configure(run.config, std::move(groups));
  run.TickFor(seconds(5));
  EXPECT_EQ(run.States(), "firing");
  EXPECT_EQ(run.Value("ecsward_rules_loaded"), 3);
}

TEST_F(AlertingTest, KeepsTimersWhenSettingsChange) {
  AgentRun run(state_, clock_);
  run.load = 2;
  run.TickFor(seconds(8));
  const double evaluated = run.Value("ecsward_rules_evaluations_total");
  run.config.alerting.external_labels = {{"region", "cn-hangzhou"}};
  run.alerting.Configure(run.config, Groups(kRules));
  run.TickFor(seconds(5));
  EXPECT_EQ(run.States(), "firing");
  EXPECT_GT(run.Value("ecsward_rules_evaluations_total"), evaluated);
}

TEST_F(AlertingTest, StopsAllWorkWithoutRules) {
  AgentRun run(state_, clock_);
  run.load = 2;
  run.TickFor(seconds(15));
  EXPECT_EQ(run.States(), "firing");
  run.alerting.Configure(run.config, {});
  run.TickFor(seconds(2));
  EXPECT_EQ(run.States(), "");
  EXPECT_EQ(run.Value("ecsward_rules_loaded"), 0);
  EXPECT_TRUE(run.alerting.CopyHistory({}).empty());
  // And begins again.
  run.alerting.Configure(run.config, Groups(kRules));
  run.TickFor(seconds(3));
  EXPECT_EQ(run.States(), "pending");
}

TEST_F(AlertingTest, RunsWithoutAPlaceForItsState) {
  AgentRun run("/nowhere/at/all", clock_);
  run.load = 2;
  run.TickFor(seconds(13));
  EXPECT_EQ(run.States(), "firing");
  EXPECT_GT(run.Value("ecsward_state_write_failures_total"), 0);
}

TEST_F(AlertingTest, RunsWithDamagedState) {
  std::filesystem::create_directory(state_);
  std::ofstream(state_ + "/state.db") << std::string(5000, 'x');
  std::ofstream(state_ + "/history.bin") << std::string(5000, 'y');
  AgentRun run(state_, clock_);
  run.load = 2;
  run.TickFor(seconds(13));
  EXPECT_EQ(run.States(), "firing");
  EXPECT_TRUE(run.Said("set aside"));
}

}  // namespace
}  // namespace ecsward
