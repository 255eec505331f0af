#include "agent/ports_text.h"

#include <gtest/gtest.h>

#include "agent/board_json.h"

namespace ecsward {
namespace {

constexpr std::int64_t kNow = 1'740'830'400'000;

PortListener Nginx() {
  PortListener nginx;
  nginx.proto = "tcp";
  nginx.address = "0.0.0.0";
  nginx.port = 443;
  nginx.sockets = 2;
  nginx.pid = 812;
  nginx.process = "nginx";
  nginx.executable = "/usr/sbin/nginx";
  nginx.user = "root";
  nginx.unit = "nginx.service";
  nginx.holders = {812, 813};
  nginx.accept_queue = 3;
  nginx.accept_limit = 511;
  nginx.refused = 7;
  nginx.since_ms = kNow - 192'000;
  nginx.verdict = PortVerdict::kExpected;
  return nginx;
}

ExpectedPort Missing() {
  ExpectedPort port;
  port.expect = "tcp:5432";
  port.proto = "tcp";
  port.port = 5432;
  port.since_ms = kNow - 5'000;
  port.process = "postgres";
  port.how_it_ended = "killed by SIGKILL (9)";
  return port;
}

TEST(PortsText, NamesEveryListenerAndWhatIsMissing) {
  PortPicture picture;
  picture.judged = true;
  picture.listeners = {Nginx()};
  PortListener unknown;
  unknown.proto = "udp";
  unknown.address = "::";
  unknown.port = 68;
  unknown.since_ms = kNow;
  unknown.verdict = PortVerdict::kUnexpected;
  picture.listeners.push_back(unknown);
  picture.expected = {Missing()};
  picture.note = "owners of other users' sockets: needs CAP_SYS_PTRACE";
  EXPECT_EQ(
      PortsText(picture, kNow),
      "PROTO  ADDRESS  PORT  PROCESS            PID  USER  UNIT           QUEUE  SINCE  VERDICT\n"
      "tcp    0.0.0.0  443   nginx (2 sockets)  812  root  nginx.service  3/511  3m12s  expected\n"
      "udp    ::       68    -                  -    -     -              -      0s     "
      "unexpected\n"
      "\n"
      "expected:\n"
      "  tcp:5432  missing for 5s (postgres: killed by SIGKILL (9))\n"
      "\n"
      "owners of other users' sockets: needs CAP_SYS_PTRACE\n");
}

TEST(PortsText, LetsNoNameCommandTheTerminal) {
  PortPicture picture;
  picture.listeners = {Nginx()};
  picture.listeners[0].process = "a\x1b[2J";
  EXPECT_NE(PortsText(picture, kNow).find("a?[2J"), std::string::npos);
}

TEST(PlaceText, PutsBracketsAroundIPv6) {
  PortListener listener = Nginx();
  EXPECT_EQ(PlaceText(listener), "tcp 0.0.0.0:443");
  listener.address = "::1";
  EXPECT_EQ(PlaceText(listener), "tcp [::1]:443");
}

TEST(PortsOnTheWire, AreReadBack) {
  PortPicture picture;
  picture.time_ms = kNow;
  picture.judged = true;
  picture.note = "n";
  picture.listeners = {Nginx()};
  picture.expected = {Missing()};
  const auto back = ParsePorts(ToText(picture));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(ToText(*back), ToText(picture));
  EXPECT_EQ(back->listeners[0].holders, (std::vector<std::int64_t>{812, 813}));
  EXPECT_EQ(back->listeners[0].verdict, PortVerdict::kExpected);
}

TEST(PortsOnTheWire, LeaveOutWhatIsNotWhatItShouldBe) {
  const auto odd = ParsePorts(R"({"listeners": [7, {"port": "x", "pid": null}], "expected": 3})");
  ASSERT_TRUE(odd);
  ASSERT_EQ(odd->listeners.size(), 1u);
  EXPECT_EQ(odd->listeners[0].port, 0);
  EXPECT_FALSE(ParsePorts("[]"));
  EXPECT_FALSE(ParsePorts("{"));
}

}  // namespace
}  // namespace ecsward
