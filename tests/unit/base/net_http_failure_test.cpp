// The module's HTTP against servers that do not behave, and against those that are not there.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>

#include "tests/unit/base/name_lookup.h"
#include "tests/unit/base/net_under_test.h"
#include "tests/unit/base/test_server.h"

namespace ecsward {
namespace {

using std::chrono::milliseconds;

double SecondsOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(NetHttpFailure, TakesNoMoreThanItWasAllowed) {
  std::size_t taken = 0;
  std::promise<void> gone;
  TestServer server([&](TestConnection& connection) {
    connection.ReadRequest();
    connection.Write("HTTP/1.1 200 OK\r\n\r\n");  // of no stated length
    const std::string piece(65536, 'x');
    while (taken < (std::size_t{1} << 30) && connection.Write(piece)) taken += piece.size();
    gone.set_value();
  });
  HttpRequest request = To(server.Url());
  request.max_answer_bytes = 1000;
  const auto answer = Net().Perform(request);
  ASSERT_TRUE(answer) << answer.error().error.message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->cut);
  EXPECT_EQ(answer->body, std::string(1000, 'x'));
  gone.get_future().wait();
  EXPECT_LT(taken, std::size_t{20} << 20);  // what the kernel's buffers hold
}

TEST(NetHttpFailure, AnAnswerOfJustTheAllowedSizeIsWhole) {
  const TestServer server(Answering(kOk));
  HttpRequest request = To(server.Url());
  request.max_answer_bytes = 2;
  const auto answer = Net().Perform(request);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "ok");
  EXPECT_FALSE(answer->cut);
}

TEST(NetHttpFailure, TakesNoMoreHeadersThanItMust) {
  TestServer server([&](TestConnection& connection) {
    connection.ReadRequest();
    connection.Write("HTTP/1.1 200 OK\r\n");
    const std::string line = "X-Much: " + std::string(1000, 'x') + "\r\n";
    for (int i = 0; i < 1000 && connection.Write(line); ++i) {
    }
    connection.Write("\r\n");
  });
  const auto answer = Net().Perform(To(server.Url()));
  ASSERT_TRUE(answer) << answer.error().error.message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->cut);
  EXPECT_LT(answer->headers.size(), 70U);
}

TEST(NetHttpFailure, SaysThatNobodyListens) {
  const ClosedPort closed;
  const auto answer =
      Net().Perform(To("http://127.0.0.1:" + std::to_string(closed.port()) + "/secret"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().stage, NetStage::kNotSent);
  EXPECT_EQ(answer.error().error.code, ErrorCode::kIo);
  EXPECT_EQ(answer.error().error.message, "connection refused");
}

TEST(NetHttpFailure, SaysThatANameIsNotKnown) {
  const auto answer = Net().Perform(To("http://unknown.invalid/secret"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().stage, NetStage::kNotSent);
  EXPECT_EQ(answer.error().error.code, ErrorCode::kNotFound);
  EXPECT_EQ(answer.error().error.message, "the host name cannot be resolved");
}

TEST(NetHttpFailure, WaitsForANameNoLongerThanForAConnection) {
  HangingLookup lookup;
  HttpRequest request = To("http://hangs.invalid/");
  request.connect_timeout = milliseconds(100);
  const auto answer = Net().Perform(request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().stage, NetStage::kNotSent);
  EXPECT_EQ(answer.error().error.code, ErrorCode::kTimeout);
  EXPECT_EQ(answer.error().error.message, "the host name was not found within 100 ms");
}

TEST(NetHttpFailure, WaitsForAConnectionNoLongerThanForAConnection) {
  const FullPort full;
  HttpRequest request = To("http://127.0.0.1:" + std::to_string(full.port()) + "/");
  request.connect_timeout = milliseconds(100);
  const auto answer = Net().Perform(request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().stage, NetStage::kNotSent);
  EXPECT_EQ(answer.error().error.code, ErrorCode::kTimeout);
  EXPECT_EQ(answer.error().error.message, "no connection within 100 ms");
}

TEST(NetHttpFailure, WaitsForAnAnswerAsLongAsItIsTold) {
  TestServer server([](TestConnection& connection) {
    connection.ReadRequest();
    connection.WaitForEnd();
  });
  HttpRequest request = To(server.Url());
  request.timeout = milliseconds(1000);
  tl::expected<HttpResponse, NetError> answer;
  const double took = SecondsOf([&] { answer = Net().Perform(request); });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().stage, NetStage::kMaybeSent);
  EXPECT_EQ(answer.error().error.code, ErrorCode::kTimeout);
  EXPECT_EQ(answer.error().error.message, "no answer within 1 s");
  EXPECT_GE(took, 1);
  EXPECT_LT(took, 10);
}

TEST(NetHttpFailure, AnAnswerThatDripsIsLateToo) {
  std::promise<void> over;
  TestServer server([done = over.get_future().share()](TestConnection& connection) {
    connection.ReadRequest();
    connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    while (done.wait_for(milliseconds(20)) != std::future_status::ready && connection.Write("x")) {
    }
  });
  HttpRequest request = To(server.Url());
  request.timeout = milliseconds(1000);
  const auto answer = Net().Perform(request);
  over.set_value();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().stage, NetStage::kMaybeSent);
  EXPECT_EQ(answer.error().error.code, ErrorCode::kTimeout);
}

TEST(NetHttpFailure, SaysThatAnAnswerIsNone) {
  struct Case {
    const char* answer;
    const char* message;
  };
  for (const Case& c :
       {Case{"\x16\x03 garbage\r\n\r\n", "the answer is not HTTP"},
        Case{"HTTP/9.9 what\r\n\r\n", "the answer is not HTTP"},
        Case{"", "the connection was closed without an answer"},
        Case{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
             "the connection was closed in the middle of the answer"},
        Case{"HTTP/1.1 100 Continue\r\n\r\n", "the connection was closed without an answer"}}) {
    const TestServer server(Answering(c.answer));
    const auto answer = Net().Perform(To(server.Url()));
    ASSERT_FALSE(answer) << c.answer;
    EXPECT_EQ(answer.error().stage, NetStage::kMaybeSent) << c.answer;
    EXPECT_EQ(answer.error().error.code, ErrorCode::kIo) << c.answer;
    EXPECT_EQ(answer.error().error.message, c.message) << c.answer;
  }
}

TEST(NetHttpFailure, AConnectionThatBreaksMayHaveDelivered) {
  TestServer server([](TestConnection& connection) {
    connection.ReadRequest();
    connection.Reset();
  });
  const auto answer = Net().Perform(To(server.Url()));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().stage, NetStage::kMaybeSent);
  EXPECT_EQ(answer.error().error.message, "the connection broke");
}

TEST(NetHttpFailure, CancelEndsWhatWaitsAndAllToCome) {
  std::promise<void> asked;
  TestServer server([&](TestConnection& connection) {
    connection.ReadRequest();
    asked.set_value();
    connection.WaitForEnd();
  });
  HangingLookup lookup;
  Network& net = Net();
  auto sent = std::async(std::launch::async, [&] { return net.Perform(To(server.Url())); });
  auto searching =
      std::async(std::launch::async, [&] { return net.Perform(To("http://hangs.invalid/")); });
  asked.get_future().wait();
  lookup.WaitForOne();
  const double took = SecondsOf([&] {
    net.Cancel();
    sent.wait();
    searching.wait();
  });
  EXPECT_LT(took, 1);  // some milliseconds; the limits of these calls are seconds
  const auto given_up = sent.get();
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().stage, NetStage::kMaybeSent);
  EXPECT_EQ(given_up.error().error.message, "given up, because the daemon ends");
  const auto not_found = searching.get();
  ASSERT_FALSE(not_found);
  EXPECT_EQ(not_found.error().stage, NetStage::kNotSent);
  EXPECT_EQ(not_found.error().error.message, "given up, because the daemon ends");

  const auto late = net.Perform(To(server.Url()));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().stage, NetStage::kNotSent);
  EXPECT_EQ(late.error().error.message, "given up, because the daemon ends");
  EXPECT_EQ(server.connections(), 1);
}

}  // namespace
}  // namespace ecsward
