#include "agent/sampler_thread.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

MonoTime At(double t) {
  return MonoTime(std::chrono::duration_cast<MonoTime::duration>(std::chrono::duration<double>(t)));
}

TEST(NextDeadline, KeepsTheRhythm) {
  const Deadline deadline = NextDeadline(At(10), seconds(1), At(10.25));
  EXPECT_EQ(deadline.next, At(11));
  EXPECT_EQ(deadline.missed, 0u);
}

TEST(NextDeadline, LeavesOutWhatHasPassed) {
  const Deadline deadline = NextDeadline(At(10), seconds(1), At(12.5));
  EXPECT_EQ(deadline.next, At(13));
  EXPECT_EQ(deadline.missed, 2u);
  EXPECT_EQ(NextDeadline(At(10), seconds(1), At(11)).next, At(12));  // at the stroke: too late
}

TEST(NextDeadline, DoesNotCatchUpAfterASuspend) {
  const Deadline deadline = NextDeadline(At(10), seconds(1), At(86'410));
  EXPECT_EQ(deadline.next, At(86'411));
  EXPECT_EQ(deadline.missed, 86'400u);
}

struct World {
  World() {
    config.paths.procfs = "/nowhere/proc";
    config.paths.sysfs = "/nowhere/sys";
    config.collect.disable_defaults = true;
    config.collect.collectors["timex"].enabled = true;
    config.collect.interval = milliseconds(1);
    kernel.discipline = ClockDiscipline{};
  }
  std::uint64_t Tick() const {
    Snapshot snapshot;
    return table.ReadLatest(snapshot) ? snapshot.tick : 0;
  }
  // Waits until a tick of at least `number` is published; ten seconds are forever.
  bool AwaitTick(std::uint64_t number) const {
    const auto until = std::chrono::steady_clock::now() + seconds(10);
    while (Tick() < number) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::yield();
    }
    return true;
  }
  bool Shows(std::string_view name) const {
    Snapshot snapshot;
    if (!table.ReadLatest(snapshot)) return false;
    for (const auto& family : snapshot.layout->families) {
      if (family.name != name) continue;
      const auto& entry = snapshot.layout->entries[family.first_entry];
      return !IsStale(snapshot.values[entry.value_index]);
    }
    return false;
  }

  FakeKernel kernel;
  SystemClock clock;
  SeriesTable table;
  ReloadStatus reload;
  Logger log{LogLevel::kError, [](LogLevel, std::string_view) {}};
  Config config;
};

TEST(SamplerThread, HasATickToShowBeforeItStarts) {
  World world;
  SamplerThread sampler(world.kernel, world.clock, world.table, world.reload, world.log);
  ASSERT_TRUE(sampler.Configure(world.config));
  EXPECT_TRUE(world.Shows("node_timex_offset_seconds"));
  EXPECT_TRUE(world.Shows("ecsward_self_ticks_total"));
}

TEST(SamplerThread, TicksUntilStopped) {
  World world;
  SamplerThread sampler(world.kernel, world.clock, world.table, world.reload, world.log);
  ASSERT_TRUE(sampler.Configure(world.config));
  sampler.Start();
  EXPECT_TRUE(world.AwaitTick(5));
  EXPECT_TRUE(sampler.Stop(seconds(10)));
  const auto last = world.Tick();
  EXPECT_EQ(world.Tick(), last);
}

TEST(SamplerThread, ShowsTheNewCollectorsAtOnceAndCountsOn) {
  World world;
  SamplerThread sampler(world.kernel, world.clock, world.table, world.reload, world.log);
  ASSERT_TRUE(sampler.Configure(world.config));
  world.config.collect.interval = std::chrono::hours(1);
  ASSERT_TRUE(sampler.Configure(world.config));
  sampler.Start();
  const auto before = world.Tick();
  world.config.collect.collectors["timex"].enabled = false;
  world.config.collect.collectors["time"].enabled = true;
  ASSERT_TRUE(sampler.Configure(world.config));
  EXPECT_GT(world.Tick(), before);
  EXPECT_FALSE(world.Shows("node_timex_offset_seconds"));
  EXPECT_TRUE(world.Shows("node_time_seconds"));
  // A shorter interval does not wait for the old one to end.
  world.config.collect.interval = milliseconds(1);
  ASSERT_TRUE(sampler.Configure(world.config));
  EXPECT_TRUE(world.AwaitTick(before + 5));
  EXPECT_TRUE(sampler.Stop(seconds(10)));
}

// A kernel that hangs when it is asked a second time, until let go.
class HangingKernel final : public FakeKernel {
 public:
  Result<ClockDiscipline> AdjTimex() const override {
    if (++calls_ == 2) {
      hangs_.set_value();
      go_on.get_future().wait();
    }
    return ClockDiscipline{};
  }
  void AwaitHang() const { hangs_.get_future().wait(); }
  mutable std::promise<void> go_on;

 private:
  mutable std::atomic<int> calls_{0};
  mutable std::promise<void> hangs_;
};

TEST(SamplerThread, IsLeftBehindWhenATickIsStuck) {
  World world;
  const HangingKernel kernel;
  SamplerThread sampler(kernel, world.clock, world.table, world.reload, world.log);
  ASSERT_TRUE(sampler.Configure(world.config));
  sampler.Start();
  kernel.AwaitHang();
  EXPECT_EQ(sampler.Configure(world.config).error().code, ErrorCode::kTimeout);
  EXPECT_FALSE(sampler.Stop(milliseconds(1)));
  kernel.go_on.set_value();
  EXPECT_TRUE(sampler.Stop(seconds(10)));  // it came back after all
}

}  // namespace
}  // namespace ecsward
