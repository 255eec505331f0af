#include "collectors/mount_guard.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/collectors/blocking_kernel.h"

namespace ecsward {
namespace {

using std::chrono::seconds;
using State = MountGuard::State;

constexpr MonoTime kStart{seconds(1000)};
constexpr seconds kDeadline{5};

auto Soon() { return std::chrono::steady_clock::now() + seconds(30); }

struct MountGuardTest : ::testing::Test {
  std::unique_ptr<MountGuard> Make() {
    return std::make_unique<MountGuard>(kernel.DetachedStatFs(), "/nfs", kDeadline, threads);
  }
  void WaitForThreadsToEnd() const {
    while (threads->count > 0) std::this_thread::yield();
  }

  BlockingKernel kernel;
  std::shared_ptr<GuardThreads> threads = std::make_shared<GuardThreads>();
  FsUsage usage;
};

TEST_F(MountGuardTest, AnswersWhatItsThreadFound) {
  const auto guard = Make();
  EXPECT_EQ(guard->Look(kStart, usage), State::kNoAnswer);
  EXPECT_EQ(threads->count, 0) << "no thread before the first question";
  guard->Ask(kStart);
  guard->WaitUntil(Soon());
  EXPECT_EQ(guard->Look(kStart, usage), State::kAnswered);
  EXPECT_EQ(usage.size_bytes, 1000);
}

TEST_F(MountGuardTest, FailsAtItsDeadlineAndComesBackWithALateAnswer) {
  kernel.Block("/nfs");
  const auto guard = Make();
  guard->Ask(kStart);
  EXPECT_EQ(guard->Look(kStart + seconds(4), usage), State::kNoAnswer);
  EXPECT_EQ(guard->Look(kStart + seconds(5), usage), State::kFailed);
  kernel.Release("/nfs");
  guard->WaitUntil(Soon());
  EXPECT_EQ(guard->Look(kStart + seconds(60), usage), State::kAnswered);
}

TEST_F(MountGuardTest, KeepsTheLastAnswerUntilTheDeadlineOfTheNext) {
  const auto guard = Make();
  guard->Ask(kStart);
  guard->WaitUntil(Soon());
  kernel.Block("/nfs");
  guard->Ask(kStart + seconds(10));
  EXPECT_EQ(guard->Look(kStart + seconds(14), usage), State::kAnswered);
  EXPECT_EQ(guard->Look(kStart + seconds(15), usage), State::kFailed);
  kernel.Release("/nfs");
}

TEST_F(MountGuardTest, NeverHasASecondCallOrThreadOnItsWay) {
  kernel.Block("/nfs");
  const auto guard = Make();
  for (int i = 0; i < 100; ++i) guard->Ask(kStart + seconds(i));
  ASSERT_TRUE(kernel.WaitForCalls("/nfs", 1));
  EXPECT_EQ(kernel.Calls("/nfs"), 1);
  EXPECT_EQ(threads->count, 1);
  kernel.Release("/nfs");
}

TEST_F(MountGuardTest, LetsAnIdleThreadEnd) {
  auto guard = Make();
  guard->Ask(kStart);
  guard->WaitUntil(Soon());
  guard.reset();
  WaitForThreadsToEnd();
}

TEST_F(MountGuardTest, DoesNotWaitForAHangingThreadWhichEndsOnItsOwn) {
  kernel.Block("/nfs");
  auto guard = Make();
  guard->Ask(kStart);
  ASSERT_TRUE(kernel.WaitForCalls("/nfs", 1));
  guard.reset();  // returns though the call hangs
  EXPECT_EQ(threads->count, 1);
  kernel.Release("/nfs");
  WaitForThreadsToEnd();
}

TEST_F(MountGuardTest, FailsWhereThereAreTooManyThreads) {
  threads->count = GuardThreads::kMost;
  const auto guard = Make();
  guard->Ask(kStart);
  EXPECT_EQ(guard->Look(kStart, usage), State::kFailed);
  EXPECT_EQ(kernel.Calls("/nfs"), 0);
  threads->count = 0;
  guard->Ask(kStart + seconds(5));
  guard->WaitUntil(Soon());
  EXPECT_EQ(guard->Look(kStart + seconds(5), usage), State::kAnswered);
}

}  // namespace
}  // namespace ecsward
