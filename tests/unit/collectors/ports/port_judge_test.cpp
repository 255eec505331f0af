#include "collectors/ports/port_judge.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

using std::chrono::seconds;

ListenerFacts Facts(std::uint16_t port, std::string_view process = "nginx") {
  return {"tcp", "0.0.0.0", port, true, process, "root", ""};
}

class PortJudgeTest : public ::testing::Test {
 protected:
  void Judge(std::string_view expect, std::string_view allow = "") {
    judge = std::make_unique<PortJudge>(ParseExpectList(expect), ParseAllowList(allow), exits);
  }
  bool Tick(bool listens, std::int64_t pid = 42, std::string_view unit = "nginx.service") {
    clock.Advance(seconds(1));
    if (listens) judge->Seen(0, pid, "nginx", unit);
    return judge->EndTick({0, clock.Wall(), clock.Mono()});
  }
  std::int64_t Ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock.Wall().time_since_epoch())
        .count();
  }
  ProcessEnd End(std::int64_t pid, ProcessEnd::How how, int number) const {
    ProcessEnd end;
    end.pid = pid;
    end.time_ms = Ms();
    end.how = how;
    end.number = number;
    return end;
  }
  const PortJudge::Expected& Expected() const { return judge->expected().front(); }

  ExitLog exits;
  FakeClock clock;
  std::unique_ptr<PortJudge> judge;
};

TEST_F(PortJudgeTest, NothingIsUnexpectedWithoutAList) {
  Judge("tcp:80");
  EXPECT_FALSE(judge->in_force());
  EXPECT_EQ(judge->Judge(Facts(22), false), PortVerdict::kNotJudged);
  EXPECT_EQ(judge->Judge(Facts(80), false), PortVerdict::kExpected);
  EXPECT_EQ(judge->Judge(Facts(22), true), PortVerdict::kLoopback);
}

TEST_F(PortJudgeTest, WhatNoListNamesIsUnexpected) {
  Judge("tcp:80", "tcp:22 process=sshd");
  EXPECT_TRUE(judge->in_force());
  EXPECT_EQ(judge->Judge(Facts(22, "sshd"), false), PortVerdict::kAllowed);
  EXPECT_EQ(judge->Judge(Facts(22, "nc"), false), PortVerdict::kUnexpected);
  EXPECT_EQ(judge->Judge(Facts(31337), false), PortVerdict::kUnexpected);
  EXPECT_EQ(judge->Judge(Facts(31337), true), PortVerdict::kLoopback);
}

TEST_F(PortJudgeTest, LearningExcusesAllAndThenIsAList) {
  Judge("", "tcp:22");
  judge->SetLearned({}, true);
  EXPECT_FALSE(judge->in_force());
  EXPECT_EQ(judge->Judge(Facts(80), false), PortVerdict::kLearned);
  judge->SetLearned(ParseAllowList("tcp:80"), false);
  EXPECT_EQ(judge->Judge(Facts(80), false), PortVerdict::kLearned);
  EXPECT_EQ(judge->Judge(Facts(81), false), PortVerdict::kUnexpected);
}

TEST_F(PortJudgeTest, TellsSinceWhenAndHowLongItWasAway) {
  Judge("tcp:80");
  EXPECT_TRUE(Tick(true));
  const std::int64_t up_since = Ms();
  EXPECT_FALSE(Tick(true));
  EXPECT_TRUE(Expected().up);
  EXPECT_EQ(Expected().since_ms, up_since);
  EXPECT_TRUE(Tick(false));
  EXPECT_FALSE(Expected().up);
  EXPECT_EQ(Expected().since_ms, Ms());
  for (int i = 0; i < 4; ++i) Tick(false);
  EXPECT_EQ(Expected().OutageSeconds(clock.Mono()), 4);
  EXPECT_TRUE(Tick(true));
  EXPECT_EQ(Expected().OutageSeconds(clock.Mono()), 5);
  EXPECT_EQ(Expected().last_outage_seconds, 5);
}

TEST_F(PortJudgeTest, AsksHowTheProcessEndedWhenTheAnswerIsThere) {
  Judge("tcp:80");
  Tick(true);
  exits.Add(End(42, ProcessEnd::How::kSignal, 9));
  EXPECT_TRUE(Tick(false));
  EXPECT_EQ(Expected().how, "killed by SIGKILL (9)");
  EXPECT_EQ(Expected().process, "nginx");
  Tick(true);
  EXPECT_EQ(Expected().how, "");
}

TEST_F(PortJudgeTest, AnAnswerMayComeLateAndGetBetter) {
  Judge("tcp:80");
  Tick(true);
  Tick(false);
  Tick(false);
  EXPECT_EQ(Expected().how, "");
  exits.Add(End(42, ProcessEnd::How::kSignal, 9));
  EXPECT_TRUE(Tick(false));
  EXPECT_EQ(Expected().how, "killed by SIGKILL (9)");
  exits.Add(End(42, ProcessEnd::How::kOutOfMemory, 9));
  Tick(false);
  EXPECT_EQ(Expected().how, "killed for lack of memory (OOM)");
}

TEST_F(PortJudgeTest, TheUnitAnswersForItsMainProcess) {
  Judge("tcp:80");
  Tick(true);
  ProcessEnd end = End(41, ProcessEnd::How::kExit, 3);
  end.unit = "nginx.service";
  exits.Add(end);
  Tick(false);
  EXPECT_EQ(Expected().how, "exit status 3");
}

TEST_F(PortJudgeTest, AnOldEndIsNotTheAnswer) {
  Judge("tcp:80");
  exits.Add(End(42, ProcessEnd::How::kExit, 1));
  for (int i = 0; i < 10; ++i) Tick(true);
  for (int i = 0; i < 70; ++i) Tick(false);
  exits.Add(End(42, ProcessEnd::How::kExit, 2));  // nobody asks any more
  Tick(false);
  EXPECT_EQ(Expected().how, "");
}

TEST_F(PortJudgeTest, WhatNeverListenedIsDownSinceTheStart) {
  Judge("tcp:80");
  EXPECT_TRUE(Tick(false));
  EXPECT_FALSE(Expected().up);
  EXPECT_EQ(Expected().process, "");
  Tick(false);
  EXPECT_EQ(Expected().OutageSeconds(clock.Mono()), 1);
}

}  // namespace
}  // namespace ecsward
