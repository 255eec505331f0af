#include "collectors/sampler.h"

#include <gtest/gtest.h>

#include <future>
#include <latch>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr Metric kValue{"value", "", MetricType::kGauge};

// What the collectors below do is the test's to say. Reset by each test.
struct Script {
  std::function<Result<void>(const Tick&, Recorder&)> collect;
  int runs = 0;
};
Script script;

class Scripted final : public Collector {
 public:
  Result<void> Collect(const Tick& tick, Recorder& out) override {
    ++script.runs;
    return script.collect(tick, out);
  }
};

std::unique_ptr<Collector> MakeScripted(const CollectorEnv&, const CollectorOptions&) {
  return std::make_unique<Scripted>();
}

const CollectorSpec kQuick{"quick", true, Pace::kTick, std::chrono::seconds(0), {}, MakeScripted};
const CollectorSpec kSlow{"slow", true, Pace::kSlow, std::chrono::seconds(5), {}, MakeScripted};

class SamplerTest : public ::testing::Test {
 protected:
  void Use(const CollectorSpec& spec) {
    script = {};
    sampler_ = std::make_unique<Sampler>(
        root_, host_.kernel, host_.clock, table_,
        std::vector<SamplerCollector>{{&spec, CollectorOptions({}), {}}},
        [this](std::string_view name, CollectorState state, const Error* error) {
          events_.push_back(std::string(name) + " " + std::to_string(static_cast<int>(state)) +
                            (error != nullptr ? " " + error->message : ""));
        });
  }

  // A tick, then `seconds` pass.
  void RunTick(int seconds = 1) {
    sampler_->RunTick();
    host_.clock.Advance(std::chrono::seconds(seconds));
  }

  // The value of the series with this prefix in the last tick; -1 when it is absent.
  double Value(std::string_view prefix) {
    Snapshot s;
    if (!table_.ReadLatest(s)) return -1;
    for (const auto& entry : s.layout->entries) {
      const double value = s.values[entry.value_index];
      if (s.layout->Prefix(entry) == prefix && !IsStale(value)) return value;
    }
    return -1;
  }

  HostFixture host_;
  HostRoot root_;
  SeriesTable table_;
  std::vector<std::string> events_;
  std::unique_ptr<Sampler> sampler_;
};

TEST_F(SamplerTest, PublishesEachTick) {
  Use(kQuick);
  script.collect = [](const Tick& tick, Recorder& out) -> Result<void> {
    out.Set(kValue, static_cast<double>(tick.number));
    return {};
  };
  RunTick();
  EXPECT_EQ(Value("value "), 1);
  RunTick();
  EXPECT_EQ(Value("value "), 2);
  EXPECT_EQ(Value("node_scrape_collector_success{collector=\"quick\"} "), 1);
  EXPECT_TRUE(events_.empty());
}

TEST_F(SamplerTest, SaysAFailureOnceAndTheRecoveryToo) {
  Use(kQuick);
  script.collect = [](const Tick& tick, Recorder& out) -> Result<void> {
    if (tick.number <= 2) return Fail(ErrorCode::kParse, "line 3");
    out.Set(kValue, 7);
    return {};
  };
  RunTick();
  RunTick();
  EXPECT_EQ(Value("node_scrape_collector_success{collector=\"quick\"} "), 0);
  RunTick();
  EXPECT_EQ(Value("node_scrape_collector_success{collector=\"quick\"} "), 1);
  EXPECT_EQ(Value("value "), 7);
  EXPECT_EQ(events_, (std::vector<std::string>{"quick 2 line 3", "quick 0"}));
}

TEST_F(SamplerTest, TurnsAnExceptionIntoAFailure) {
  Use(kQuick);
  script.collect = [](const Tick&, Recorder&) -> Result<void> { throw std::bad_alloc(); };
  RunTick();
  EXPECT_EQ(Value("node_scrape_collector_success{collector=\"quick\"} "), 0);
}

TEST_F(SamplerTest, AsksAnUnsupportedCollectorSeldom) {
  Use(kQuick);
  script.collect = [](const Tick&, Recorder&) -> Result<void> {
    return Fail(ErrorCode::kNotSupported, "no PSI");
  };
  for (int i = 0; i < 120; ++i) RunTick();
  EXPECT_EQ(script.runs, 2);
  EXPECT_EQ(Value("node_scrape_collector_success{collector=\"quick\"} "), 1);
  EXPECT_EQ(events_.size(), 1u);
}

TEST_F(SamplerTest, AsksAnUnsupportedSlowCollectorAgainAndTakesWhatItFindsThen) {
  Use(kSlow);
  script.collect = [](const Tick&, Recorder& out) -> Result<void> {
    if (script.runs == 1) return Fail(ErrorCode::kNotSupported, "no such device");
    out.Set(kValue, script.runs);
    return {};
  };
  RunTick();
  sampler_->AwaitSlow(std::chrono::seconds(10));
  EXPECT_EQ(Value("node_scrape_collector_success{collector=\"slow\"} "), 1);
  for (int i = 0; i < 61; ++i) RunTick();
  sampler_->AwaitSlow(std::chrono::seconds(10));
  EXPECT_EQ(Value("value "), 2);
}

TEST_F(SamplerTest, RunsASlowCollectorOnItsIntervalAndKeepsItsValues) {
  Use(kSlow);
  script.collect = [](const Tick&, Recorder& out) -> Result<void> {
    out.Set(kValue, script.runs);
    return {};
  };
  RunTick();
  sampler_->AwaitSlow(std::chrono::seconds(10));
  EXPECT_EQ(Value("value "), 1);
  for (int i = 0; i < 4; ++i) RunTick();
  EXPECT_EQ(Value("value "), 1);
  RunTick();  // five seconds after the first: due
  sampler_->AwaitSlow(std::chrono::seconds(10));
  EXPECT_EQ(Value("value "), 2);
  sampler_->SetSlowStretch(4);
  for (int i = 0; i < 6; ++i) RunTick();  // starts a run, whose next is 20 s later
  sampler_->AwaitSlow(std::chrono::seconds(10));
  for (int i = 0; i < 12; ++i) RunTick();
  sampler_->AwaitSlow(std::chrono::seconds(10));
  EXPECT_EQ(script.runs, 3);
}

TEST_F(SamplerTest, AStuckCollectorDelaysNobodyAndIsNotStartedAgain) {
  Use(kSlow);
  std::latch entered(1), release(1);
  std::promise<void> left;
  script.collect = [&](const Tick& tick, Recorder& out) -> Result<void> {
    if (tick.number == 1) {
      out.Set(kValue, 1);
      return {};
    }
    entered.count_down();
    release.wait();
    left.set_value();
    return {};
  };
  RunTick(10);
  sampler_->AwaitSlow(std::chrono::seconds(10));
  RunTick(10);
  entered.wait();  // it is stuck now
  EXPECT_EQ(Value("value "), 1);
  for (int i = 0; i < 10; ++i) RunTick(10);
  EXPECT_EQ(Value("value "), -1);
  EXPECT_EQ(Value("node_scrape_collector_success{collector=\"slow\"} "), 0);
  EXPECT_EQ(events_.size(), 1u);
  sampler_.reset();  // does not wait
  table_.Publish(99, {});
  EXPECT_EQ(Value("node_scrape_collector_success{collector=\"slow\"} "), -1);
  release.count_down();
  left.get_future().wait();
  EXPECT_EQ(script.runs, 2);
}

}  // namespace
}  // namespace ecsward
