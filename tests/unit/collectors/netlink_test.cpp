#include "collectors/netlink.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/fake_netlink.h"

namespace ecsward {
namespace {

struct Collected final : NetlinkSink {
  void Begin() override { payloads.clear(); }
  void Message(std::uint16_t, std::string_view payload) override { payloads.emplace_back(payload); }
  std::vector<std::string> payloads;
};

constexpr std::uint16_t kType = 16;

class NetlinkDump : public ::testing::Test {
 protected:
  int Dump(std::vector<std::vector<FakeNetlinkPort::Datagram>> answers) {
    Netlink netlink(0, std::make_unique<FakeNetlinkPort>(std::move(answers), log));
    return netlink.Dump(18, "body", sink);
  }
  FakeNetlinkPort::Log log;
  Collected sink;
};

TEST(NextAttribute, WalksOverPaddingAndStopsAtTheEnd) {
  const std::string bytes = Attribute(3, "eth0\0") + Attribute(4, Bytes(std::uint32_t{1400}));
  std::string_view rest = bytes;
  NetlinkAttribute a;
  ASSERT_TRUE(NextAttribute(rest, a));
  EXPECT_EQ(a.type, 3);
  ASSERT_TRUE(NextAttribute(rest, a));
  EXPECT_EQ(LoadBytes<std::uint32_t>(a.value), 1400u);
  EXPECT_FALSE(NextAttribute(rest, a));
}

TEST(NextAttribute, RefusesALengthThatCannotBe) {
  NetlinkAttribute a;
  std::string longer = Attribute(3, "abcd");
  longer[0] = 40;
  std::string_view rest = longer;
  EXPECT_FALSE(NextAttribute(rest, a));
  std::string shorter = Attribute(3, "abcd");
  shorter[0] = 2;
  rest = shorter;
  EXPECT_FALSE(NextAttribute(rest, a));
}

TEST(LoadBytes, IsZeroWhereTheKernelSentLess) {
  EXPECT_EQ(LoadBytes<std::uint64_t>("abc"), 0u);
  EXPECT_EQ(LoadBytes<std::uint32_t>("abcd", 1), 0u);
}

TEST(ParseDatagram, SkipsAnswersToAnotherQuestion) {
  Collected sink;
  DumpProgress progress;
  ParseDatagram(NetlinkBytes(kType, "old!", 0, 6) + NetlinkBytes(kType, "mine", 0, 7), 7, sink,
                progress);
  EXPECT_EQ(sink.payloads, std::vector<std::string>{"mine"});
  EXPECT_FALSE(progress.done);
}

TEST(ParseDatagram, StopsAtALengthThatCannotBe) {
  std::string bytes = NetlinkBytes(kType, "good", 0, 7) + NetlinkBytes(kType, "bad!", 0, 7);
  bytes[20] = 3;
  Collected sink;
  DumpProgress progress;
  ParseDatagram(bytes, 7, sink, progress);
  EXPECT_EQ(sink.payloads.size(), 1u);
}

TEST_F(NetlinkDump, HandsOverEveryMessageOfEveryDatagram) {
  EXPECT_EQ(Dump({{{0, NetlinkBytes(kType, "a") + NetlinkBytes(kType, "b")},
                   {0, NetlinkBytes(kType, "c") + DumpEnd()}}}),
            0);
  EXPECT_EQ(sink.payloads, (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(NetlinkDump, AsksOnceMoreWhenSomethingChangedMeanwhile) {
  EXPECT_EQ(Dump({{{0, NetlinkBytes(kType, "old", NLM_F_DUMP_INTR) + DumpEnd()}},
                  {{0, NetlinkBytes(kType, "new") + DumpEnd()}}}),
            0);
  EXPECT_EQ(sink.payloads, std::vector<std::string>{"new"});
}

TEST_F(NetlinkDump, TakesTheSecondAnswerEvenIfItWasInterruptedToo) {
  EXPECT_EQ(Dump({{{0, NetlinkBytes(kType, "x") + DumpEnd(NLM_F_DUMP_INTR)}}}), 0);
  EXPECT_EQ(log.requests, 2);
  EXPECT_EQ(sink.payloads.size(), 1u);
}

TEST_F(NetlinkDump, StartsAfreshAfterAnOverrun) {
  EXPECT_EQ(Dump({{{0, NetlinkBytes(kType, "half")}, {ENOBUFS, ""}},
                  {{0, NetlinkBytes(kType, "whole") + DumpEnd()}}}),
            0);
  EXPECT_EQ(sink.payloads, std::vector<std::string>{"whole"});
  EXPECT_EQ(log.opened, 2);
}

TEST_F(NetlinkDump, GrowsItsBufferForALongMessage) {
  const std::string longer(100'000, 'x');
  EXPECT_EQ(Dump({{{0, NetlinkBytes(kType, longer)}, {0, DumpEnd()}}}), 0);
  ASSERT_EQ(sink.payloads.size(), 1u);
  EXPECT_EQ(sink.payloads[0].size(), longer.size());
}

TEST_F(NetlinkDump, GivesUpOnAnEndlessMessage) {
  EXPECT_EQ(Dump({{{0, std::string(3'000'000, 'x')}}}), EFBIG);
}

TEST_F(NetlinkDump, ReportsTheKernelsRefusal) {
  EXPECT_EQ(Dump({{{0, NetlinkBytes(NLMSG_ERROR, Bytes(std::int32_t{-EPERM}))}}}), EPERM);
  EXPECT_EQ(log.requests, 1);
}

TEST_F(NetlinkDump, ReportsAForbiddenSocketAndAMissingAnswer) {
  EXPECT_EQ(Dump({{}}), ETIMEDOUT);
  log.open_error = EAFNOSUPPORT;
  EXPECT_EQ(Dump({{}}), EAFNOSUPPORT);
}

}  // namespace
}  // namespace ecsward
