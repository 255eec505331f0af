// The built-in rules at work over a made-up host, second by second: collectors, table, history and
// rules as the daemon strings them together, under a clock that is the test's. What is asked here
// is whether a measured trouble becomes an alert at all and on time; where the thresholds lie is
// tested in tests/rules/.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <latch>

#include "agent/stock_rules.h"
#include "collectors/sampler.h"
#include "metrics/history_feed.h"
#include "rules/rule_engine.h"
#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr unsigned kUnsynchronised = 0x40;  // STA_UNSYNC of adjtimex(2)
constexpr unsigned kNano = 0x2000;          // STA_NANO: offsets are nanoseconds
constexpr int kTimeOk = 0;
constexpr int kTimeError = 5;

// Between a change of the host and a rule that knows it: rules are evaluated each 15 s, and the
// slowest of these collectors runs each 5 s.
constexpr std::int64_t kSlack = 20;

// A slow collector that gets stuck where the test says. Reset by each host.
struct Disturbance {
  std::atomic<bool> stuck = false;
  std::latch release{1};
};
std::shared_ptr<Disturbance> disturbance;

class Stuck final : public Collector {
 public:
  Result<void> Collect(const Tick&, Recorder&) override {
    if (mine_->stuck) mine_->release.wait();
    return {};
  }

 private:
  std::shared_ptr<Disturbance> mine_ = disturbance;
};

std::unique_ptr<Collector> MakeStuck(const CollectorEnv&, const CollectorOptions&) {
  return std::make_unique<Stuck>();
}

const CollectorSpec kStuck{"stuck", true, Pace::kSlow, seconds(5), {}, MakeStuck};

std::vector<SamplerCollector> Collectors() {
  std::vector<SamplerCollector> all{{&kStuck, CollectorOptions({}), {}}};
  for (const char* name : {"cpu", "filesystem", "stat", "time", "timex"}) {
    const CollectorSpec* spec = FindCollector(name);
    all.push_back({spec, CollectorOptions(spec->options), {}});
  }
  return all;
}

std::vector<RuleGroup> StockGroups() {
  std::vector<RuleGroup> groups;
  for (const StockRuleFile& stock : StockRules()) {
    RuleFile file = ParseRuleFile(stock.yaml, std::string(stock.name));
    EXPECT_TRUE(file.problems.empty()) << stock.name;
    std::ranges::move(file.groups, std::back_inserter(groups));
  }
  return groups;
}

RuleEngineOptions Options(std::string_view language, seconds interval) {
  RuleEngineOptions options;
  options.language = language;
  options.evaluation_interval_ms = interval.count() * 1000;
  return options;
}

// A change of one alert: "firing", and how many seconds after the host was made.
struct Event {
  std::string state;
  std::int64_t at = 0;
};

// Up for days, in time, half busy, with room on its disk.
class StockRulesHost {
 public:
  explicit StockRulesHost(std::string_view language = "en", seconds interval = seconds(15))
      : engine_(history_, Options(language, interval)) {
    BootedAgo(std::chrono::hours(100));
    host.Write("proc/1/mountinfo", "1 0 253:0 / / rw - ext4 /dev/vda1 rw\n");
    RootFs() = {.size_bytes = 40e9,
                .free_bytes = 30e9,
                .avail_bytes = 30e9,
                .files = 1e6,
                .files_free = 9e5};
    host.kernel.discipline =
        ClockDiscipline{.state = kTimeOk, .status = kNano, .offset = 100'000};  // 0.1 ms
    engine_.Load(StockGroups(), NowMs());
    engine_.OnChange([this](const AlertChange& change) {
      events_[change.now->rule].push_back(
          {std::string(ToString(change.now->alert.state)), Seconds()});
    });
    feed_.SetNeeds(engine_.Needs());
  }
  ~StockRulesHost() { disturbance_->release.count_down(); }
  StockRulesHost(const StockRulesHost&) = delete;
  StockRulesHost& operator=(const StockRulesHost&) = delete;

  FsUsage& RootFs() { return host.kernel.filesystems[host.Env().root.Path(Tree::kRoot, "/")]; }
  void BootedAgo(seconds ago) {
    booted_ = static_cast<std::int64_t>(UnixSeconds(host.clock.Wall() - ago));
  }
  void BeBusy(double ratio) { busy_ = ratio; }
  void GetStuck() { disturbance_->stuck = true; }

  void RunFor(seconds time) {
    for (seconds gone(0); gone < time; gone += seconds(1)) {
      WorkASecond();
      sampler_.RunTick();
      // The clock is faster than any thread; the one that is stuck never ends.
      if (!disturbance_->stuck) sampler_.AwaitSlow(seconds(20));
      feed_.OnTick(NowMs());
      engine_.RunDue(NowMs());
      history_.Trim(NowMs());
      host.clock.Advance(seconds(1));
    }
    EXPECT_EQ(engine_.figures().failures, 0u);
  }

  std::int64_t Seconds() const { return (NowMs() - begin_ms_) / 1000; }
  // "ClockOffset firing; …", those that are resolved left out.
  std::string Active() const {
    std::string text;
    for (const RuleAlert& of : engine_.Alerts()) {
      if (of.alert.state == AlertState::kInactive) continue;
      if (!text.empty()) text += "; ";
      text.append(of.rule).append(" ").append(ToString(of.alert.state));
    }
    return text;
  }
  Alert Of(std::string_view rule) const {
    for (const RuleAlert& of : engine_.Alerts()) {
      if (of.rule == rule) return of.alert;
    }
    ADD_FAILURE() << rule << " is not active";
    return {};
  }
  // Takes the oldest change of the rule's alert and looks whether it is that one, at `when` seconds
  // or up to kSlack later.
  void ExpectNext(const std::string& rule, std::string_view state, std::int64_t when) {
    std::vector<Event>& events = events_[rule];
    ASSERT_FALSE(events.empty()) << rule << " has not become " << state;
    EXPECT_EQ(events.front().state, state) << rule;
    EXPECT_GE(events.front().at, when) << rule << " became " << state << " too early";
    EXPECT_LE(events.front().at, when + kSlack) << rule << " became " << state << " too late";
    events.erase(events.begin());
  }
  void ExpectNothingMore() const {
    for (const auto& [rule, events] : events_) {
      for (const Event& event : events) {
        ADD_FAILURE() << rule << " became " << event.state << " at " << event.at << " s";
      }
    }
  }

  HostFixture host;

 private:
  std::int64_t NowMs() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               host.clock.Wall().time_since_epoch())
        .count();
  }

  // One CPU, whose kernel counts hundredths of seconds.
  void WorkASecond() {
    user_ticks_ += 100 * busy_;
    idle_ticks_ += 100 * (1 - busy_);
    // Written over, at the same length: to truncate a file a thousand times takes a disk seconds.
    if (!proc_stat_.is_open()) {
      host.Write("proc/stat", "");
      proc_stat_.open(host.Env().root.Path(Tree::kProc, "stat"));
    }
    proc_stat_.seekp(0);
    proc_stat_ << fmt::format("cpu0 {:9.0f} 0 0 {:9.0f} 0 0 0 0 0 0\nbtime {:12}\n", user_ticks_,
                              idle_ticks_, booted_)
               << std::flush;
  }

  std::fstream proc_stat_;
  std::int64_t booted_ = 0;
  double busy_ = 0.5, user_ticks_ = 0, idle_ticks_ = 0;
  const std::int64_t begin_ms_ = NowMs();
  std::shared_ptr<Disturbance> disturbance_ = disturbance = std::make_shared<Disturbance>();
  CollectorEnv env_ = host.Env();
  SeriesTable table_;
  Sampler sampler_{env_.root, env_.kernel, host.clock, table_, Collectors(), {}};
  LabelTable labels_;
  History history_{labels_};
  HistoryFeed feed_{table_, history_, {{"instance", "web-1"}, {"job", "node"}}};
  RuleEngine engine_;
  std::map<std::string, std::vector<Event>> events_;
};

TEST(StockRulesPipeline, IsSilentOnAHealthyHost) {
  StockRulesHost web("en", seconds(1));  // so often, that nothing is overlooked
  web.RunFor(minutes(20));
  EXPECT_EQ(web.Active(), "");
  web.ExpectNothingMore();
}

TEST(StockRulesPipeline, TellsWhenTimeServersStopAnswering) {
  StockRulesHost web;
  web.RunFor(minutes(2));
  EXPECT_EQ(web.Active(), "");

  // What the kernel says when nobody has set the clock for a while.
  web.host.kernel.discipline->state = kTimeError;
  web.host.kernel.discipline->status = kNano | kUnsynchronised;
  web.RunFor(seconds(590));
  EXPECT_EQ(web.Active(), "ClockNotSynchronised pending");
  web.RunFor(seconds(60));
  EXPECT_EQ(web.Active(), "ClockNotSynchronised firing");
  const Alert alert = web.Of("ClockNotSynchronised");
  EXPECT_EQ(Get(alert.labels, "instance"), "web-1");
  EXPECT_EQ(Get(alert.labels, "severity"), "warning");
  EXPECT_EQ(Get(alert.annotations, "summary"), "The clock of web-1 is not synchronised");
  web.RunFor(minutes(9));  // for as long as it lasts
  EXPECT_EQ(web.Active(), "ClockNotSynchronised firing");
  const std::int64_t answered = web.Seconds();

  web.host.kernel.discipline->state = kTimeOk;
  web.host.kernel.discipline->status = kNano;
  web.RunFor(minutes(1));
  EXPECT_EQ(web.Active(), "");

  web.ExpectNext("ClockNotSynchronised", "pending", 120);
  web.ExpectNext("ClockNotSynchronised", "firing", 120 + 600);
  web.ExpectNext("ClockNotSynchronised", "inactive", answered);
  web.ExpectNothingMore();
}

TEST(StockRulesPipeline, KeepsSilentWhenTimeServersAreBackWithinTenMinutes) {
  StockRulesHost web;
  web.host.kernel.discipline->state = kTimeError;
  web.RunFor(minutes(9));
  EXPECT_EQ(web.Active(), "ClockNotSynchronised pending");
  web.host.kernel.discipline->state = kTimeOk;
  web.RunFor(minutes(12));
  web.ExpectNext("ClockNotSynchronised", "pending", 0);
  web.ExpectNext("ClockNotSynchronised", "inactive", 540);
  web.ExpectNothingMore();
}

TEST(StockRulesPipeline, SpeaksChinese) {
  StockRulesHost web("zh");
  web.host.kernel.discipline->state = kTimeError;
  web.RunFor(minutes(11));
  EXPECT_EQ(web.Active(), "ClockNotSynchronised firing");
  EXPECT_EQ(Get(web.Of("ClockNotSynchronised").annotations, "summary"), "web-1 时钟未同步");
}

TEST(StockRulesPipeline, TellsOfAClockThatIsOff) {
  StockRulesHost web;
  web.host.kernel.discipline->offset = -20'000'000;  // 20 ms behind
  web.RunFor(minutes(6));
  EXPECT_EQ(web.Active(), "ClockOffset firing");
  EXPECT_DOUBLE_EQ(web.Of("ClockOffset").value, 0.02);
  EXPECT_EQ(Get(web.Of("ClockOffset").annotations, "summary"), "The clock of web-1 is off by 20ms");
  web.host.kernel.discipline->offset = 4'000'000;  // within the five that are allowed
  web.RunFor(minutes(1));
  web.ExpectNext("ClockOffset", "pending", 0);
  web.ExpectNext("ClockOffset", "firing", 300);
  web.ExpectNext("ClockOffset", "inactive", 360);
  web.ExpectNothingMore();
}

TEST(StockRulesPipeline, TellsOfABusyCpu) {
  StockRulesHost web;
  web.RunFor(minutes(3));
  web.BeBusy(0.95);
  web.RunFor(minutes(14));
  EXPECT_EQ(web.Active(), "HostCpuBusy firing");
  EXPECT_EQ(Get(web.Of("HostCpuBusy").annotations, "summary"), "CPU of web-1 at 95%");
  web.BeBusy(0.5);
  web.RunFor(minutes(1));
  // Of two minutes, 107 s at 95 % and 13 s at 50 % are 90 %; and the way back is as far.
  web.ExpectNext("HostCpuBusy", "pending", 180 + 106);
  web.ExpectNext("HostCpuBusy", "firing", 180 + 106 + 600);
  web.ExpectNext("HostCpuBusy", "inactive", 1020 + 13);
  web.ExpectNothingMore();
}

TEST(StockRulesPipeline, TellsOfARebootForTenMinutes) {
  StockRulesHost web;
  web.BootedAgo(seconds(30));
  web.RunFor(minutes(11));
  web.ExpectNext("HostRebooted", "firing", 0);
  web.ExpectNext("HostRebooted", "inactive", 570);
  web.ExpectNothingMore();
}

TEST(StockRulesPipeline, TellsOfAFileSystemThatIsFull) {
  StockRulesHost web;
  web.RunFor(minutes(1));
  web.RootFs().avail_bytes = 0.8e9;  // 2 %
  web.RunFor(minutes(6));
  EXPECT_EQ(web.Active(), "FilesystemAlmostFull firing; FilesystemFull firing");
  EXPECT_EQ(Get(web.Of("FilesystemFull").labels, "mountpoint"), "/");
  EXPECT_EQ(Get(web.Of("FilesystemFull").annotations, "summary"), "/ of web-1 is full: 2% left");
  web.RootFs().avail_bytes = 30e9;
  web.RunFor(minutes(1));
  web.ExpectNext("FilesystemFull", "pending", 60);
  web.ExpectNext("FilesystemFull", "firing", 120);
  web.ExpectNext("FilesystemFull", "inactive", 420);
  web.ExpectNext("FilesystemAlmostFull", "pending", 60);
  web.ExpectNext("FilesystemAlmostFull", "firing", 360);
  web.ExpectNext("FilesystemAlmostFull", "inactive", 420);
  web.ExpectNothingMore();
}

// The rule looks five minutes back; once told, it is to stay told for as long as it lasts.
TEST(StockRulesPipeline, TellsOfAFileSystemThatHasBecomeReadOnlyUntilItIsWritable) {
  StockRulesHost web;
  web.RunFor(minutes(1));
  web.host.Write("proc/1/mountinfo", "1 0 253:0 / / ro - ext4 /dev/vda1 ro\n");
  web.RunFor(minutes(19));
  EXPECT_EQ(web.Active(), "FilesystemReadonly firing");
  web.host.Write("proc/1/mountinfo", "1 0 253:0 / / rw - ext4 /dev/vda1 rw\n");
  web.RunFor(minutes(1));
  web.ExpectNext("FilesystemReadonly", "pending", 60);
  web.ExpectNext("FilesystemReadonly", "firing", 120);
  web.ExpectNext("FilesystemReadonly", "inactive", 1200);
  web.ExpectNothingMore();
}

TEST(StockRulesPipeline, TellsOfAFileSystemThatDoesNotAnswer) {
  StockRulesHost web;
  web.host.kernel.filesystems.clear();
  web.RunFor(minutes(6));
  EXPECT_EQ(web.Active(), "FilesystemNotAnswering firing");
  web.ExpectNext("FilesystemNotAnswering", "pending", 0);
  web.ExpectNext("FilesystemNotAnswering", "firing", 300);
  web.ExpectNothingMore();
}

TEST(StockRulesPipeline, TellsOfACollectorThatIsStuck) {
  StockRulesHost web;
  web.RunFor(minutes(1));
  web.GetStuck();
  web.RunFor(minutes(12));
  EXPECT_EQ(web.Active(), "AgentCollectorFailing firing");
  EXPECT_EQ(Get(web.Of("AgentCollectorFailing").labels, "collector"), "stuck");
  // Stuck from its next run on, within 5 s, and noticed half a minute later.
  web.ExpectNext("AgentCollectorFailing", "pending", 60 + 30);
  web.ExpectNext("AgentCollectorFailing", "firing", 60 + 30 + 600);
  web.ExpectNothingMore();
}

}  // namespace
}  // namespace ecsward
