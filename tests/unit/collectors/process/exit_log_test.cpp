#include "collectors/process/exit_log.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

using How = ProcessEnd::How;

ProcessEnd End(std::int64_t pid, std::int64_t time_ms, How how, int number = 0,
               std::string process = "", std::string unit = "") {
  ProcessEnd end;
  end.pid = pid;
  end.time_ms = time_ms;
  end.how = how;
  end.number = number;
  end.process = std::move(process);
  end.unit = std::move(unit);
  return end;
}

TEST(Describe, SaysHowItEnded) {
  EXPECT_EQ(Describe(End(1, 0, How::kExit, 1)), "exit status 1");
  EXPECT_EQ(Describe(End(1, 0, How::kSignal, 9)), "killed by SIGKILL (9)");
  EXPECT_EQ(Describe(End(1, 0, How::kSignal, 99)), "killed by signal (99)");
  EXPECT_EQ(Describe(End(1, 0, How::kOutOfMemory)), "killed for lack of memory (OOM)");
  EXPECT_EQ(Describe(End(1, 0, How::kUnknown)), "");
}

TEST(ExitLog, KeepsWhatIsKnownBetterWhoeverComesFirst) {
  for (const bool oom_first : {false, true}) {
    ExitLog log;
    const ProcessEnd signal = End(42, 1000, How::kSignal, 9, "stress");
    const ProcessEnd oom = End(42, 3000, How::kOutOfMemory, 0, "stress", "x.service");
    log.Add(oom_first ? oom : signal);
    log.Add(oom_first ? signal : oom);
    const auto found = log.Find(42, 0);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->how, How::kOutOfMemory);
    EXPECT_EQ(found->unit, "x.service");
  }
}

TEST(ExitLog, AddsANameToAnEndThatHadNone) {
  ExitLog log;
  log.Add(End(42, 1000, How::kSignal, 11));
  log.Add(End(42, 1500, How::kUnknown, 0, "", "x.service"));
  const auto found = log.Find(42, 0);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->how, How::kSignal);
  EXPECT_EQ(found->unit, "x.service");
  EXPECT_EQ(log.FindUnit("x.service", 0)->number, 11);
}

TEST(ExitLog, TellsLaterProcessesWithTheSameNumberApart) {
  ExitLog log;
  log.Add(End(42, 1000, How::kExit, 1, "a"));
  log.Add(End(42, 60'000, How::kExit, 2, "b"));
  EXPECT_EQ(log.Find(42, 0)->process, "b");
  EXPECT_FALSE(log.Find(42, 70'000));
  EXPECT_FALSE(log.Find(43, 0));
  log.Add(End(42, 120'000, How::kExit, 3));
  EXPECT_EQ(log.Find(42, 0)->number, 3);
}

TEST(ExitLog, FindsTheLastEndOfAUnit) {
  ExitLog log;
  log.Add(End(1, 1000, How::kExit, 1, "a", "x.service"));
  log.Add(End(2, 2000, How::kExit, 2, "a", "x.service"));
  EXPECT_EQ(log.FindUnit("x.service", 0)->pid, 2);
  EXPECT_FALSE(log.FindUnit("x.service", 3000));
  EXPECT_FALSE(log.FindUnit("y.service", 0));
}

TEST(ExitLog, KeepsNamedEndsThroughAStormOfOthers) {
  ExitLog log;
  log.Add(End(7, 1000, How::kSignal, 9, "mysqld", "db.service"));
  for (int i = 0; i < 50'000; ++i) log.Add(End(100 + i, 2000 + i, How::kExit));
  ASSERT_TRUE(log.Find(7, 0));
  EXPECT_EQ(log.Find(7, 0)->process, "mysqld");
  EXPECT_FALSE(log.Find(100, 0));  // long pushed out
  EXPECT_TRUE(log.Find(100 + 49'999, 0));
}

TEST(ExitLog, IsBounded) {
  ExitLog log;
  for (int i = 0; i < 5000; ++i) log.Add(End(i, 20'000 * i, How::kExit, 0, "sh"));
  EXPECT_FALSE(log.Find(5000 - 1 - static_cast<int>(ExitLog::kKept), 0));
  EXPECT_TRUE(log.Find(5000 - static_cast<int>(ExitLog::kKept), 0));
  // One number over and over.
  for (int i = 0; i < 5000; ++i) log.Add(End(1, 200'000'000 + 20'000LL * i, How::kExit, 1, "sh"));
  EXPECT_EQ(log.Find(1, 0)->time_ms, 200'000'000 + 20'000LL * 4999);
}

}  // namespace
}  // namespace ecsward
