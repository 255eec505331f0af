#include "collectors/systemd/units.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/unit/collectors/host_fixture.h"
#include "tests/unit/collectors/systemd/fake_systemd_bus.h"
#include "tests/unit/temp_folder.h"

namespace ecsward {
namespace {

constexpr std::int64_t kDiedMs = 1'700'000'000'000;
constexpr std::string_view kNoneLeftOut = "ecsward_units_left_out 0\n";

class UnitsTest : public testing::Test {
 protected:
  // One look, 15 seconds after the last one.
  std::string Look(std::chrono::seconds step = std::chrono::seconds(15)) {
    const auto samples = host_.Run(collector_, set_, step);
    EXPECT_TRUE(samples) << samples.error().message;
    return samples.value_or("");
  }
  void Start(const std::string& unit, int id) {
    const auto link = folder_.path() / ("invocation:" + unit);
    std::filesystem::remove(link);
    std::filesystem::create_symlink(std::to_string(id), link);
  }
  void Died(const std::string& unit, std::uint64_t pid, std::int64_t code, std::int64_t status,
            const std::string& result) {
    systemd_.Set(unit, "Result", result);
    systemd_.Set(unit, "ExecMainPID", pid);
    systemd_.Set(unit, "ExecMainCode", code);
    systemd_.Set(unit, "ExecMainStatus", status);
    systemd_.Set(unit, "ExecMainExitTimestamp", std::uint64_t{kDiedMs} * 1000);
    systemd_.Set(unit, "StateChangeTimestampMonotonic", std::uint64_t{++moment_});
  }
  std::string HowItEnded(const std::string& unit) {
    const auto end = exits_.FindUnit(unit, 0);
    return end ? Describe(*end) : "no end";
  }

  HostFixture host_;
  TempFolder folder_;
  FakeSystemd systemd_;
  ExitLog exits_;
  SeriesSet set_;
  std::uint64_t moment_ = 100;
  UnitsCollector collector_{std::make_unique<FakeSystemdBus>(systemd_), folder_.path(), exits_};
};

TEST_F(UnitsTest, HealthyHostIsOneCall) {
  systemd_.units = {{"a.service", "loaded", "active", "running"}};
  Start("a.service", 1);
  EXPECT_EQ(Look(), kNoneLeftOut);
  EXPECT_EQ(Look(), kNoneLeftOut);
  EXPECT_EQ(systemd_.lists, 2u);
  EXPECT_EQ(systemd_.queries, 0u);
}

TEST_F(UnitsTest, FailedUnitSaysWhyAndHowItDied) {
  systemd_.units = {{"a.service", "loaded", "failed", "failed"},
                    {"mnt.mount", "loaded", "failed", "failed"},
                    {"session-1.scope", "loaded", "failed", "failed"}};
  Died("a.service", 77, CLD_DUMPED, SIGSEGV, "core-dump");
  systemd_.Set("a.service", "NRestarts", std::uint64_t{0});
  systemd_.Set("mnt.mount", "Result", std::string("timeout"));
  EXPECT_EQ(Look(),
            "ecsward_unit_failed{unit=\"a.service\",result=\"core-dump\"} 1\n"
            "ecsward_unit_failed{unit=\"mnt.mount\",result=\"timeout\"} 1\n"
            "ecsward_unit_restarts_total{unit=\"a.service\"} 0\n" +
                std::string(kNoneLeftOut));
  EXPECT_EQ(HowItEnded("a.service"), "killed by SIGSEGV (11), core dumped");
  EXPECT_EQ(exits_.Find(77, kDiedMs)->unit, "a.service");
}

TEST_F(UnitsTest, UnitThatStaysFailedCostsOneQuestion) {
  systemd_.units = {{"a.service", "loaded", "failed", "failed"}};
  Died("a.service", 77, CLD_EXITED, 3, "exit-code");
  Look();
  systemd_.queries = 0;
  EXPECT_NE(Look().find("ecsward_unit_failed{unit=\"a.service\",result=\"exit-code\"} 1"),
            std::string::npos);
  EXPECT_EQ(systemd_.queries, 1u);
  // It was started between two looks, and has failed again.
  Died("a.service", 78, CLD_KILLED, SIGKILL, "signal");
  EXPECT_NE(Look().find("result=\"signal\""), std::string::npos);
  EXPECT_EQ(HowItEnded("a.service"), "killed by SIGKILL (9)");
  systemd_.units[0].active_state = "inactive";
  systemd_.units[0].sub_state = "dead";
  EXPECT_EQ(Look(), kNoneLeftOut);
}

TEST_F(UnitsTest, LackOfMemoryIsNotJustASignal) {
  systemd_.units = {{"a.service", "loaded", "failed", "failed"}};
  Died("a.service", 77, CLD_KILLED, SIGKILL, "oom-kill");
  Look();
  EXPECT_EQ(HowItEnded("a.service"), "killed for lack of memory (OOM)");
}

TEST_F(UnitsTest, CrashLoopIsSeenWhileTheServiceRuns) {
  systemd_.units = {{"loop.service", "loaded", "active", "running"}};
  systemd_.Set("loop.service", "NRestarts", std::uint64_t{4});
  Start("loop.service", 1);
  EXPECT_EQ(Look(), kNoneLeftOut);  // what was before the first look is not news
  Start("loop.service", 2);
  systemd_.Set("loop.service", "NRestarts", std::uint64_t{5});
  EXPECT_EQ(Look(),
            "ecsward_unit_restarts_total{unit=\"loop.service\"} 5\n" + std::string(kNoneLeftOut));
  Start("loop.service", 3);
  systemd_.Set("loop.service", "NRestarts", std::uint64_t{9});
  EXPECT_EQ(Look(),
            "ecsward_unit_restarts_total{unit=\"loop.service\"} 9\n" + std::string(kNoneLeftOut));
}

TEST_F(UnitsTest, RestartsStayReportedForAnHour) {
  Start("a.service", 1);
  Look();
  Start("a.service", 2);
  systemd_.Set("a.service", "NRestarts", std::uint64_t{1});
  Look(std::chrono::minutes(59));
  systemd_.queries = 0;
  EXPECT_EQ(Look(std::chrono::minutes(2)),
            "ecsward_unit_restarts_total{unit=\"a.service\"} 1\n" + std::string(kNoneLeftOut));
  EXPECT_EQ(Look(), kNoneLeftOut);
  EXPECT_EQ(systemd_.queries, 0u);
}

TEST_F(UnitsTest, StartByHandOrTimerIsNoRestart) {
  Look();
  Start("job.service", 1);
  systemd_.Set("job.service", "NRestarts", std::uint64_t{0});
  EXPECT_EQ(Look(), kNoneLeftOut);
}

TEST_F(UnitsTest, WaitingForTheNextStartCountsFromNought) {
  systemd_.units = {{"a.service", "loaded", "activating", "auto-restart"}};
  systemd_.Set("a.service", "NRestarts", std::uint64_t{0});
  Died("a.service", 77, CLD_EXITED, 1, "exit-code");
  EXPECT_EQ(Look(),
            "ecsward_unit_restarts_total{unit=\"a.service\"} 0\n" + std::string(kNoneLeftOut));
  EXPECT_EQ(HowItEnded("a.service"), "exit status 1");
}

TEST_F(UnitsTest, ServiceThatStoppedSaysHow) {
  Start("web.service", 1);
  Look();
  std::filesystem::remove(folder_.path() / "invocation:web.service");
  Died("web.service", 77, CLD_KILLED, SIGTERM, "success");
  EXPECT_EQ(Look(), kNoneLeftOut);
  EXPECT_EQ(HowItEnded("web.service"), "killed by SIGTERM (15)");
}

TEST_F(UnitsTest, OldSystemdWithoutLinksAndCountsStillShowsFailures) {
  std::filesystem::remove_all(folder_.path());
  systemd_.units = {{"a.service", "loaded", "failed", "failed"}};
  Died("a.service", 77, CLD_EXITED, 3, "exit-code");
  EXPECT_EQ(Look(), "ecsward_unit_failed{unit=\"a.service\",result=\"exit-code\"} 1\n" +
                        std::string(kNoneLeftOut));
}

TEST_F(UnitsTest, WithoutLinksRestartingUnitsAreAskedAgain) {
  std::filesystem::remove_all(folder_.path());
  systemd_.units = {{"a.service", "loaded", "activating", "auto-restart"}};
  systemd_.Set("a.service", "NRestarts", std::uint64_t{1});
  Look();
  systemd_.units.clear();
  systemd_.Set("a.service", "NRestarts", std::uint64_t{3});
  EXPECT_EQ(Look(),
            "ecsward_unit_restarts_total{unit=\"a.service\"} 3\n" + std::string(kNoneLeftOut));
}

TEST_F(UnitsTest, FiveThousandFailuresAreAHundredSeries) {
  for (int i = 0; i < 5000; ++i) {
    systemd_.units.push_back({fmt::format("u{:04}.service", i), "loaded", "failed", "failed"});
    systemd_.Set(systemd_.units.back().name, "NRestarts", std::uint64_t{1});
  }
  for (int look = 0; look < 3; ++look) {
    systemd_.queries = 0;
    const std::string samples = Look();
    EXPECT_NE(samples.find("ecsward_units_left_out 4900\n"), std::string::npos);
    EXPECT_EQ(std::count(samples.begin(), samples.end(), '\n'), 201);
    EXPECT_LE(systemd_.queries, 700u);
  }
}

TEST_F(UnitsTest, FiveThousandCrashLoopsAreAHundredSeries) {
  for (int look = 0; look < 3; ++look) {
    for (int i = 0; i < 5000; ++i) {
      const std::string name = fmt::format("u{:04}.service", i);
      Start(name, look);
      systemd_.Set(name, "NRestarts", std::uint64_t{1});
    }
    const std::string samples = Look();
    EXPECT_LE(std::count(samples.begin(), samples.end(), '\n'), 101);
    EXPECT_LE(systemd_.queries, 1400u);
  }
}

TEST_F(UnitsTest, HostileResultIsMadeSafe) {
  systemd_.units = {{"a.service", "loaded", "failed", "failed"}};
  systemd_.Set("a.service", "Result", std::string("\x1b[2J\xff"));
  EXPECT_EQ(Look(), "ecsward_unit_failed{unit=\"a.service\",result=\"?[2J?\"} 1\n" +
                        std::string(kNoneLeftOut));
}

TEST_F(UnitsTest, AnswersOfTheWrongTypeAreNone) {
  systemd_.units = {{"a.service", "loaded", "failed", "failed"}};
  systemd_.Set("a.service", "Result", std::uint64_t{7});
  systemd_.Set("a.service", "ExecMainCode", std::string("1"));
  systemd_.Set("a.service", "ExecMainExitTimestamp", std::int64_t{-5});
  EXPECT_EQ(Look(),
            "ecsward_unit_failed{unit=\"a.service\",result=\"\"} 1\n" + std::string(kNoneLeftOut));
  EXPECT_EQ(HowItEnded("a.service"), "no end");
}

TEST_F(UnitsTest, ErrorsOfTheBusAreOurs) {
  systemd_.error = Fail(ErrorCode::kTimeout, "the system bus does not answer");
  const auto samples = host_.Run(collector_, set_);
  ASSERT_FALSE(samples);
  EXPECT_EQ(samples.error().code, ErrorCode::kTimeout);
  EXPECT_EQ(samples.error().message, "units: the system bus does not answer");
}

TEST(UnitsCollector, IsNotSupportedOnAnotherHostsFiles) {
  HostFixture host;
  const auto samples = host.RunOnce("units");
  ASSERT_FALSE(samples);
  EXPECT_EQ(samples.error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
