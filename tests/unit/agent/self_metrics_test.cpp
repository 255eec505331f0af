#include "agent/self_metrics.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <vector>

#include "tests/unit/allocation_counter.h"
#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(SelfMetrics, SayHowTheAgentIsDoing) {
  FakeClock clock;
  ReloadStatus reload;
  reload.success_unix_seconds = 1'700'000'005;
  SelfMetrics self(clock.Wall(), reload);
  SeriesSet set;
  self.Measure(clock.Mono());
  self.Report(clock.Mono(),
              {.ticks = 7,
               .missed = 2,
               .last_duration = std::chrono::milliseconds(250),
               .governor_level = 3},
              set);
  const std::string text = Samples(set);
  for (const char* line :
       {"ecsward_self_ticks_total 7\n", "ecsward_self_ticks_missed_total 2\n",
        "ecsward_self_tick_duration_seconds 0.25\n",
        "ecsward_self_tick_duration_max_seconds{window=\"60s\"} 0.25\n",
        "ecsward_self_governor_level 3\n", "ecsward_config_last_reload_successful 1\n",
        "ecsward_config_last_reload_success_timestamp_seconds 1.700000005e+09\n",
        "process_start_time_seconds 1.7e+09\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
  EXPECT_GT(self.cpu_seconds(), 0);
  EXPECT_GT(self.resident_bytes(), 1u << 20);
}

double Value(const SeriesSet& set, std::string_view name) {
  const std::string text = "\n" + Samples(set);
  const auto at = text.find("\n" + std::string(name) + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

TEST(SelfMetrics, CountThreadsAndDescriptorsWithoutAllocating) {
  FakeClock clock;
  const ReloadStatus reload;
  SelfMetrics self(clock.Wall(), reload);
  SeriesSet set;
  self.Measure(clock.Mono());
  self.Report(clock.Mono(), {}, set);
  const double before = Value(set, "process_open_fds");
  EXPECT_GE(before, 3);
  EXPECT_GE(Value(set, "ecsward_self_threads"), 1);

  std::vector<int> more;
  for (int i = 0; i < 300; ++i) more.push_back(::dup(0));  // more than one read of the folder
  clock.Advance(std::chrono::seconds(15));
  const auto allocations = AllocationsOfThisThread();
  self.Measure(clock.Mono());
  EXPECT_EQ(AllocationsOfThisThread(), allocations);
  for (const int fd : more) ::close(fd);
  self.Report(clock.Mono(), {}, set);
  EXPECT_EQ(Value(set, "process_open_fds"), before + 300);
}

TEST(SelfMetrics, SayThatAReloadFailed) {
  FakeClock clock;
  ReloadStatus reload;
  reload.successful = false;
  SelfMetrics self(clock.Wall(), reload);
  SeriesSet set;
  self.Report(clock.Mono(), {}, set);
  EXPECT_NE(Samples(set).find("ecsward_config_last_reload_successful 0\n"), std::string::npos);
}

}  // namespace
}  // namespace ecsward
