#include "collectors/process/exit_events.h"

#include <gtest/gtest.h>
#include <linux/connector.h>
#include <linux/netlink.h>

#include <cstring>
#include <string>
#include <vector>

namespace ecsward {
namespace {

constexpr std::uint32_t kExitEvent = 0x80000000;

std::string Datagram(std::uint32_t what, std::int32_t pid, std::int32_t process,
                     std::uint32_t exit_code) {
  std::string out(16 + 20 + 16 + 24, '\0');
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(out.size());
  cn_msg message{};
  message.id.idx = CN_IDX_PROC;
  message.id.val = CN_VAL_PROC;
  std::memcpy(out.data(), &header, 16);
  std::memcpy(out.data() + 16, &message, 20);
  std::memcpy(out.data() + 36, &what, 4);
  std::memcpy(out.data() + 52, &pid, 4);
  std::memcpy(out.data() + 56, &process, 4);
  std::memcpy(out.data() + 60, &exit_code, 4);
  return out;
}

std::vector<ProcessEnd> Parse(std::string_view datagram) {
  std::vector<ProcessEnd> ends;
  ParseExitEvents(datagram, [&](const ProcessEnd& end) { ends.push_back(end); });
  return ends;
}

TEST(ParseExitEvents, TellsStatusSignalAndCore) {
  const auto status = Parse(Datagram(kExitEvent, 42, 42, 3 << 8));
  ASSERT_EQ(status.size(), 1u);
  EXPECT_EQ(status[0].pid, 42);
  EXPECT_EQ(Describe(status[0]), "exit status 3");
  EXPECT_EQ(Describe(Parse(Datagram(kExitEvent, 42, 42, 9))[0]), "killed by SIGKILL (9)");
  EXPECT_EQ(Describe(Parse(Datagram(kExitEvent, 42, 42, 11 | 0x80))[0]),
            "killed by SIGSEGV (11), core dumped");
}

TEST(ParseExitEvents, PassesOverThreadsAndOtherEvents) {
  EXPECT_TRUE(Parse(Datagram(kExitEvent, 43, 42, 0)).empty());
  EXPECT_TRUE(Parse(Datagram(1, 42, 42, 0)).empty());  // a fork
  EXPECT_TRUE(Parse(Datagram(kExitEvent, -1, -1, 0)).empty());
}

TEST(ParseExitEvents, StopsAtLengthsThatCannotBeTrue) {
  const std::string whole = Datagram(kExitEvent, 42, 42, 0);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_TRUE(Parse(whole.substr(0, length)).empty()) << length;
  }
  std::string bad = whole;
  bad[0] = 3;
  EXPECT_TRUE(Parse(bad).empty());
  EXPECT_EQ(Parse(whole + whole).size(), 2u);
}

}  // namespace
}  // namespace ecsward
