#include "exporters/notify/delivery/worker.h"

#include <gtest/gtest.h>

#include <thread>

namespace ecsward::notify {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// Counts steps; a test waits for them, and may hold one up.
class WorkerTest : public testing::Test {
 protected:
  std::optional<milliseconds> Step() {
    std::unique_lock lock(mutex_);
    ++steps_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    return wait_;
  }
  bool Stepped(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds(20), [&] { return steps_ >= count; });
  }
  void Hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }
  static steady_clock::time_point In(milliseconds span) { return steady_clock::now() + span; }
  ~WorkerTest() override {
    Hold(false);
    worker_.AskToStop();
    EXPECT_TRUE(worker_.WaitUntil(In(seconds(20))));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int steps_ = 0;
  bool held_ = false;
  std::optional<milliseconds> wait_;
  Worker worker_{[this] { return Step(); }, milliseconds(1)};
};

TEST_F(WorkerTest, StepsAgainWhenTheWaitIsOver) {
  wait_ = milliseconds(1);
  EXPECT_TRUE(worker_.Wake());
  EXPECT_TRUE(Stepped(3));
}

TEST_F(WorkerTest, StepsAgainWhenItIsWoken) {
  wait_ = hours(1);
  worker_.Wake();
  EXPECT_TRUE(Stepped(1));
  worker_.Wake();
  EXPECT_TRUE(Stepped(2));
}

TEST_F(WorkerTest, AWakeInTheMiddleOfAStepIsNotLost) {
  wait_ = hours(1);
  held_ = true;
  worker_.Wake();
  EXPECT_TRUE(Stepped(1));
  worker_.Wake();
  Hold(false);
  EXPECT_TRUE(Stepped(2));
}

TEST_F(WorkerTest, EndsWithoutWorkAndBeginsAgain) {
  EXPECT_FALSE(worker_.running());
  worker_.Wake();
  EXPECT_TRUE(worker_.WaitUntil(In(seconds(20)))) << "there is nothing to do";
  EXPECT_EQ(steps_, 1);
  worker_.Wake();
  EXPECT_TRUE(Stepped(2));
}

TEST_F(WorkerTest, StopsWithoutAnotherStep) {
  wait_ = hours(1);
  worker_.Wake();
  EXPECT_TRUE(Stepped(1));
  worker_.AskToStop();
  EXPECT_TRUE(worker_.WaitUntil(In(seconds(20))));
  worker_.Wake();
  EXPECT_FALSE(worker_.running());
  EXPECT_EQ(steps_, 1);
}

TEST_F(WorkerTest, AStepThatDoesNotEndIsSaid) {
  held_ = true;
  worker_.Wake();
  EXPECT_TRUE(Stepped(1));
  worker_.AskToStop();
  EXPECT_FALSE(worker_.WaitUntil(In(milliseconds(10))));
}

}  // namespace
}  // namespace ecsward::notify
