#include "collectors/systemd/systemd.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/collectors/host_fixture.h"
#include "tests/unit/collectors/systemd/fake_systemd_bus.h"

namespace ecsward {
namespace {

class SystemdTest : public testing::Test {
 protected:
  SystemdTest() {
    systemd_.properties[std::string(kManagerPath)] = {{"Version", std::string("252.38-1~deb12u1")},
                                                      {"SystemState", std::string("running")}};
  }
  std::string Look() {
    if (!collector_) {
      collector_ =
          std::make_unique<SystemdCollector>(std::make_unique<FakeSystemdBus>(systemd_), options_);
    }
    const auto samples = host_.Run(*collector_, set_);
    EXPECT_TRUE(samples) << samples.error().message;
    return samples.value_or("");
  }
  // The samples whose name begins with node_systemd_<what>.
  std::string Look(const std::string& what) {
    std::string some;
    const std::string all = Look();
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end = all.find('\n', at) + 1;
      const std::string line = all.substr(at, end - at);
      if (line.starts_with("node_systemd_" + what)) some += line;
      at = end;
    }
    return some;
  }

  HostFixture host_;
  FakeSystemd systemd_;
  CollectorOptions options_{kSystemdOptions};
  SeriesSet set_;
  std::unique_ptr<SystemdCollector> collector_;
};

TEST_F(SystemdTest, ShowsEachUnitInItsState) {
  systemd_.units = {{"a.service", "loaded", "active", "running"}};
  systemd_.Set("a.service", "Type", std::string("notify"));
  EXPECT_EQ(Look(),
            "node_systemd_system_running 1\n"
            "node_systemd_unit_state{name=\"a.service\",state=\"activating\",type=\"notify\"} 0\n"
            "node_systemd_unit_state{name=\"a.service\",state=\"active\",type=\"notify\"} 1\n"
            "node_systemd_unit_state{name=\"a.service\",state=\"deactivating\",type=\"notify\"} 0\n"
            "node_systemd_unit_state{name=\"a.service\",state=\"failed\",type=\"notify\"} 0\n"
            "node_systemd_unit_state{name=\"a.service\",state=\"inactive\",type=\"notify\"} 0\n"
            "node_systemd_units{state=\"activating\"} 0\n"
            "node_systemd_units{state=\"active\"} 1\n"
            "node_systemd_units{state=\"deactivating\"} 0\n"
            "node_systemd_units{state=\"failed\"} 0\n"
            "node_systemd_units{state=\"inactive\"} 0\n"
            "node_systemd_version{version=\"252.38-1~deb12u1\"} 252.38\n");
}

TEST_F(SystemdTest, CountsAllUnitsButShowsLoadedOnesThatTheFilterTakes) {
  systemd_.units = {{"a.service", "loaded", "active", "running"},
                    {"gone.service", "not-found", "inactive", "dead"},
                    {"sda.device", "loaded", "active", "plugged"},
                    {"x.service", "loaded", "reloading", "reload"}};
  EXPECT_EQ(
      Look("units"),
      "node_systemd_units{state=\"activating\"} 0\nnode_systemd_units{state=\"active\"} 2\n"
      "node_systemd_units{state=\"deactivating\"} 0\nnode_systemd_units{state=\"failed\"} 0\n"
      "node_systemd_units{state=\"inactive\"} 1\nnode_systemd_units{state=\"reloading\"} 1\n");
  const std::string states = Look("unit_state");
  EXPECT_EQ(std::count(states.begin(), states.end(), '\n'), 10);
}

TEST_F(SystemdTest, PatternsMatchWholeNames) {
  options_.Set("unit_include", "a.service|b");
  systemd_.units = {{"a.service", "loaded", "active", "running"},
                    {"aa.service", "loaded", "active", "running"},
                    {"b.service", "loaded", "active", "running"}};
  const std::string states = Look("unit_state");
  EXPECT_EQ(std::count(states.begin(), states.end(), '\n'), 5);
  EXPECT_NE(states.find("\"a.service\""), std::string::npos);
}

TEST_F(SystemdTest, ShowsSocketsAndTimers) {
  systemd_.units = {{"a.socket", "loaded", "active", "listening"},
                    {"old.socket", "loaded", "active", "listening"},
                    {"t.timer", "loaded", "active", "waiting"}};
  systemd_.Set("a.socket", "NAccepted", std::uint64_t{12});
  systemd_.Set("a.socket", "NConnections", std::uint64_t{2});
  systemd_.Set("a.socket", "NRefused", std::uint64_t{1});
  systemd_.Set("old.socket", "NAccepted", std::uint64_t{3});
  systemd_.Set("t.timer", "LastTriggerUSec", std::uint64_t{1'700'000'000'500'000});
  EXPECT_EQ(Look("socket"),
            "node_systemd_socket_accepted_connections_total{name=\"a.socket\"} 12\n"
            "node_systemd_socket_accepted_connections_total{name=\"old.socket\"} 3\n"
            "node_systemd_socket_current_connections{name=\"a.socket\"} 2\n"
            "node_systemd_socket_refused_connections_total{name=\"a.socket\"} 1\n");
  EXPECT_EQ(Look("timer"),
            "node_systemd_timer_last_trigger_seconds{name=\"t.timer\"} 1.7000000005e+09\n");
}

TEST_F(SystemdTest, ShowsMoreOnRequest) {
  systemd_.units = {{"a.service", "loaded", "active", "running"},
                    {"b.service", "loaded", "inactive", "dead"}};
  for (const char* option :
       {"enable_task_metrics", "enable_restarts_metrics", "enable_start_time_metrics"}) {
    options_.Set(option, "true");
  }
  systemd_.Set("a.service", "NRestarts", std::uint64_t{3});
  systemd_.Set("a.service", "TasksCurrent", std::uint64_t{7});
  systemd_.Set("a.service", "TasksMax", std::uint64_t{100});
  systemd_.Set("a.service", "ActiveEnterTimestamp", std::uint64_t{1'700'000'000'000'000});
  systemd_.Set("b.service", "TasksCurrent", std::numeric_limits<std::uint64_t>::max());
  systemd_.Set("b.service", "TasksMax", std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(Look("unit_tasks"),
            "node_systemd_unit_tasks_current{name=\"a.service\"} 7\n"
            "node_systemd_unit_tasks_max{name=\"a.service\"} 100\n");
  EXPECT_EQ(Look("service"), "node_systemd_service_restart_total{name=\"a.service\"} 3\n");
  EXPECT_EQ(Look("unit_start"),
            "node_systemd_unit_start_time_seconds{name=\"a.service\"} 1.7e+09\n"
            "node_systemd_unit_start_time_seconds{name=\"b.service\"} 0\n");
}

TEST_F(SystemdTest, AsksForTypesNowAndThenOnly) {
  systemd_.units = {{"a.service", "loaded", "active", "running"}};
  systemd_.Set("a.service", "Type", std::string("simple"));
  Look();
  systemd_.queries = 0;
  Look();
  EXPECT_EQ(systemd_.queries, 2u);  // version and state of the whole
  systemd_.Set("a.service", "Type", std::string("forking"));
  for (int look = 0; look < 20; ++look) Look();
  EXPECT_NE(Look("unit_state").find("type=\"forking\""), std::string::npos);
}

TEST_F(SystemdTest, DegradedHostIsNotRunning) {
  systemd_.properties[std::string(kManagerPath)]["SystemState"] = std::string("degraded");
  EXPECT_EQ(Look("system"), "node_systemd_system_running 0\n");
}

TEST(SystemdVersionNumber, IsTheFirstNumberOfThreeDigits) {
  EXPECT_EQ(SystemdVersionNumber("252.38-1~deb12u1"), 252.38);
  EXPECT_EQ(SystemdVersionNumber("v219"), 219);
  EXPECT_EQ(SystemdVersionNumber("el8_10: 239 (239-82.)"), 239);
  EXPECT_EQ(SystemdVersionNumber("12"), 0);
  EXPECT_EQ(SystemdVersionNumber(""), 0);
}

TEST(ValidUnitName, IsWhatSystemdAllows) {
  EXPECT_TRUE(ValidUnitName("systemd-fsck@dev-disk-by\\x2duuid-1.service"));
  EXPECT_FALSE(ValidUnitName(""));
  EXPECT_FALSE(ValidUnitName("a b.service"));
  EXPECT_FALSE(ValidUnitName("a\n.service"));
  EXPECT_FALSE(ValidUnitName("\xe4.service"));
  EXPECT_FALSE(ValidUnitName(std::string(256, 'a')));
}

TEST(UnitPath, EscapesLikeSystemd) {
  EXPECT_EQ(UnitPath("a-b@x\\x2dy.service"),
            "/org/freedesktop/systemd1/unit/a_2db_40x_5cx2dy_2eservice");
  EXPECT_EQ(UnitPath("0a.service"), "/org/freedesktop/systemd1/unit/_30a_2eservice");
}

}  // namespace
}  // namespace ecsward
