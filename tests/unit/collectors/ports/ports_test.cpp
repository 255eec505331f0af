#include "collectors/ports/ports.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

using std::chrono::seconds;

struct Listening {
  std::string_view address = "00000000";
  int port = 80;
  int inode = 4711;
  int uid = 33;
  int queue = 0;
  int drops = 0;
};

std::string Table(const std::vector<Listening>& sockets, bool udp = false) {
  std::string text = "  sl  local_address rem_address   st\n";
  for (const Listening& s : sockets) {
    char line[256];
    std::snprintf(
        line, sizeof line,
        "   0: %s:%04X 00000000:0000 %s 00000000:%08X 00:00000000 00000000 %d 0 %d 2 0 %d\n",
        std::string(s.address).c_str(), static_cast<unsigned>(s.port), udp ? "07" : "0A",
        static_cast<unsigned>(s.queue), s.uid, s.inode, s.drops);
    text += line;
  }
  return text;
}

class PortsTest : public ::testing::Test {
 protected:
  void Process(int pid, std::string_view name, std::vector<int> inodes) {
    const std::string at = "proc/" + std::to_string(pid) + "/";
    host.Write(at + "comm", std::string(name) + "\n");
    host.Write(at + "status", "Uid:\t33\t33\t33\t33\n");
    host.Write(at + "cgroup", "0::/system.slice/" + std::string(name) + ".service\n");
    host.Write(at + "stat", std::to_string(pid) + " (" + std::string(name) +
                                ") S 1 1 1 0 -1 0 1 0 0 0 5 6 0 0 20 0 1 0 " + std::to_string(pid) +
                                " 1000 10 0 0\n");
    host.Link(at + "exe", "/usr/sbin/" + std::string(name));
    host.Write(at + "fd/.keep", "");
    int fd = 3;
    for (const int inode : inodes) {
      host.Link(at + "fd/" + std::to_string(fd++), "socket:[" + std::to_string(inode) + "]");
    }
  }
  void Tcp(const std::vector<Listening>& sockets) { host.Write("proc/net/tcp", Table(sockets)); }
  void Udp(const std::vector<Listening>& sockets) {
    host.Write("proc/net/udp", Table(sockets, true));
  }
  void Start(const std::map<std::string, std::string>& options = {}) {
    collector = host.Make("ports", options);
  }
  std::string Tick() {
    auto samples = host.Run(*collector, set);
    EXPECT_TRUE(samples) << samples.error().message;
    return samples ? *samples : "";
  }
  static bool Has(const std::string& samples, std::string_view line) {
    return samples.find(line) != std::string::npos;
  }

  HostFixture host;
  SeriesSet set;
  std::unique_ptr<Collector> collector;
};

TEST_F(PortsTest, NamesTheOwnerOfEachListener) {
  host.Write("root/etc/passwd", "www-data:x:33:33:::\n");
  Process(42, "nginx", {4711});
  Tcp({{.port = 80, .inode = 4711, .queue = 2}, {.address = "0100007F", .port = 81, .inode = 1}});
  Start();
  Tick();
  Tick();
  EXPECT_EQ(
      Tick(),
      "ecsward_port_accept_queue_length{address=\"0.0.0.0\",port=\"80\"} 2\n"
      "ecsward_port_accept_queue_length{address=\"127.0.0.1\",port=\"81\"} 0\n"
      "ecsward_port_listening{proto=\"tcp\",address=\"0.0.0.0\",port=\"80\",process=\"nginx\","
      "user=\"www-data\",unit=\"nginx.service\"} 1\n"
      "ecsward_port_listening{proto=\"tcp\",address=\"127.0.0.1\",port=\"81\",process=\"\","
      "user=\"www-data\",unit=\"\"} 1\n"
      "ecsward_ports_left_out 0\n"
      "ecsward_ports_owner_scans_total 2\n"
      "ecsward_ports_owners_unknown 1\n");
}

TEST_F(PortsTest, SocketsOfOneOwnerAreOneSeries) {
  Process(42, "nginx", {11, 12});
  Process(43, "nginx", {13});
  Process(50, "other", {14});
  Tcp({{.inode = 11}, {.inode = 12}, {.inode = 13}, {.inode = 14}});
  Start();
  const std::string samples = Tick();
  EXPECT_TRUE(Has(samples, "process=\"nginx\",user=\"33\",unit=\"nginx.service\"} 3\n")) << samples;
  EXPECT_TRUE(Has(samples, "process=\"other\",user=\"33\",unit=\"other.service\"} 1\n")) << samples;
  const auto picture = host.boards->ports.Read();
  ASSERT_TRUE(picture);
  ASSERT_EQ(picture->listeners.size(), 2u);
  EXPECT_EQ(picture->listeners[0].pid, 42);
  EXPECT_EQ(picture->listeners[0].sockets, 3u);
  EXPECT_EQ(picture->listeners[0].executable, "/usr/sbin/nginx");
}

TEST_F(PortsTest, RefusedNeverGoesDownWhenASocketOfTheGroupCloses) {
  const auto udp = [&](const std::vector<Listening>& sockets) { Udp(sockets); };
  udp({{.port = 53, .inode = 11, .drops = 5}, {.port = 53, .inode = 12, .drops = 2}});
  Start();
  EXPECT_TRUE(Has(Tick(), "port=\"53\"} 7\n"));
  udp({{.port = 53, .inode = 12, .drops = 3}});
  EXPECT_TRUE(Has(Tick(), "port=\"53\"} 8\n"));
  udp({{.port = 53, .inode = 12, .drops = 3}, {.port = 53, .inode = 13, .drops = 4}});
  EXPECT_TRUE(Has(Tick(), "port=\"53\"} 12\n"));
}

TEST(AcceptPressure, IsHowFullTheQueueIs) {
  ListenerPlace place;
  EXPECT_EQ(AcceptPressure(place, 0.98), 0);  // no limit, as in /proc/net/tcp
  place.queue = 96;
  place.limit = 128;
  EXPECT_EQ(AcceptPressure(place, 0.98), 0.75);
}

TEST(AcceptPressure, IsOneWhereConnectionsAreDroppedEachSecond) {
  const double fade = std::exp(-1.0 / 60);
  ListenerPlace place;
  place.limit = 128;
  place.refused = 1000;
  EXPECT_EQ(AcceptPressure(place, fade), 0);  // whatever was before the agent
  int ticks = 0;
  do {
    place.refused += 1;
    ++ticks;
  } while (AcceptPressure(place, fade) < 1 && ticks < 1000);
  EXPECT_GT(ticks, 45);
  EXPECT_LT(ticks, 75);
  for (int i = 0; i < 60; ++i) (void)AcceptPressure(place, fade);
  EXPECT_EQ(AcceptPressure(place, fade), 0);
}

TEST_F(PortsTest, AClientsUdpSocketIsNoListener) {
  host.Write("proc/sys/net/ipv4/ip_local_port_range", "40000\t50000\n");
  Udp({{.port = 45000, .inode = 11}, {.port = 39999, .inode = 12}});
  Start();
  for (int i = 0; i < 5; ++i) {
    const std::string samples = Tick();
    EXPECT_FALSE(Has(samples, "45000")) << i;
    EXPECT_TRUE(i <= 2 || Has(samples, "39999")) << i;
  }
  Tick();
  EXPECT_TRUE(Has(Tick(), "45000"));
}

TEST_F(PortsTest, AListenerThatNobodyAllowsIsUnexpectedWithItsOwner) {
  Process(42, "sshd", {11});
  Tcp({{.port = 22, .inode = 11}, {.address = "0100007F", .port = 99, .inode = 13}});
  Start({{"allow", "tcp:22 process=sshd"}});
  EXPECT_FALSE(Has(Tick(), "ecsward_port_unexpected"));
  Process(666, "nc", {12});
  Tcp({{.port = 22, .inode = 11},
       {.port = 31337, .inode = 12},
       {.address = "0100007F", .port = 99, .inode = 13}});
  EXPECT_TRUE(
      Has(Tick(),
          "ecsward_port_unexpected{proto=\"tcp\",address=\"0.0.0.0\",port=\"31337\","
          "process=\"nc\",user=\"33\",unit=\"nc.service\",executable=\"/usr/sbin/nc\"} 1\n"));
  const auto picture = host.boards->ports.Read();
  EXPECT_TRUE(picture->judged);
  EXPECT_EQ(picture->listeners.back().verdict, PortVerdict::kUnexpected);
  EXPECT_EQ(picture->listeners.front().verdict, PortVerdict::kAllowed);
}

TEST_F(PortsTest, AnExpectedPortThatGoesAwaySaysHow) {
  Process(42, "nginx", {11});
  Tcp({{.port = 443, .inode = 11}});
  Start({{"expect", "tcp:443, udp:53"}});
  std::string samples = Tick();
  EXPECT_TRUE(Has(samples,
                  "ecsward_port_expected_up{expect=\"tcp:443\",proto="
                  "\"tcp\",address=\"\",port=\"443\"} 1\n"))
      << samples;
  EXPECT_TRUE(Has(samples,
                  "ecsward_port_expected_down_info{expect=\"udp:53\",process=\"\",how=\"\"} "
                  "1\n"));
  Tcp({});
  host.Remove("proc/42");
  ProcessEnd end;
  end.pid = 42;
  end.time_ms = 1'700'000'001'000;
  end.how = ProcessEnd::How::kSignal;
  end.number = 11;
  host.boards->exits.Add(end);
  samples = Tick();
  EXPECT_TRUE(Has(samples,
                  "ecsward_port_expected_down_info{expect=\"tcp:443\","
                  "process=\"nginx\",how=\"killed by SIGSEGV (11)\"} 1\n"))
      << samples;
  Tick();
  samples = Tick();
  EXPECT_TRUE(Has(samples, "expected_outage_seconds{expect=\"tcp:443\"} 2\n"));
  EXPECT_TRUE(Has(samples,
                  "since_timestamp_seconds{expect=\"tcp:443\"} "
                  "1.700000001e+09\n"))
      << samples;
  EXPECT_EQ(host.boards->ports.Read()->expected[0].how_it_ended, "killed by SIGSEGV (11)");
}

TEST_F(PortsTest, LeavesOutWhatIsTooManyButNotWhatIsExpected) {
  Tcp({{.port = 1, .inode = 1}, {.port = 2, .inode = 2}, {.port = 443, .inode = 3}});
  Start({{"max_listeners", "1"}, {"expect", "tcp:443"}});
  Tick();
  const std::string samples = Tick();
  EXPECT_TRUE(Has(samples, "ecsward_ports_left_out 1\n")) << samples;
  EXPECT_TRUE(
      Has(samples, "expected_up{expect=\"tcp:443\",proto=\"tcp\",address=\"\",port=\"443\"} 1"));
  EXPECT_FALSE(Has(samples, "port=\"2\""));
}

TEST_F(PortsTest, SocketsOfTheKernelHaveNoOwnerAndAreNotLookedFor) {
  Udp({{.port = 51820, .inode = 0, .uid = 0}});
  host.Write("proc/sys/net/ipv4/ip_local_port_range", "60000\t61000\n");
  Start();
  const std::string samples = Tick();
  EXPECT_TRUE(Has(samples, "port=\"51820\",process=\"\",user=\"0\",unit=\"\"} 1\n")) << samples;
  EXPECT_TRUE(Has(samples, "owners_unknown 0\n"));
}

TEST_F(PortsTest, LearnsAndThenJudges) {
  std::string pattern = (std::filesystem::temp_directory_path() / "ecsward-XXXXXX").string();
  host.state_directory = ::mkdtemp(pattern.data());
  Process(42, "sshd", {11});
  Tcp({{.port = 22, .inode = 11}});
  for (int restart = 0; restart < 2; ++restart) {
    Start({{"learn", "1m"}});
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(Has(Tick(), "ecsward_port_unexpected"));
    collector.reset();
  }
  Start({{"learn", "1m"}});
  host.clock.Advance(seconds(60));
  Process(666, "nc", {12});
  Tcp({{.port = 22, .inode = 11}, {.port = 31337, .inode = 12}});
  const std::string samples = Tick();
  EXPECT_TRUE(
      Has(samples, "ecsward_port_unexpected{proto=\"tcp\",address=\"0.0.0.0\",port=\"31337\""));
  EXPECT_FALSE(
      Has(samples, "ecsward_port_unexpected{proto=\"tcp\",address=\"0.0.0.0\",port=\"22\""));
  collector.reset();
  std::filesystem::remove_all(host.state_directory);
}

TEST_F(PortsTest, PublishesAnewOnlyOnNews) {
  Process(42, "nginx", {11});
  Tcp({{.port = 80, .inode = 11}});
  Start();
  for (int i = 0; i < 6; ++i) Tick();
  const auto before = host.boards->ports.Read();
  Tick();
  EXPECT_EQ(host.boards->ports.Read(), before);
  Tcp({{.port = 80, .inode = 11, .queue = 9}});
  for (int i = 0; i < 6; ++i) Tick();
  EXPECT_EQ(host.boards->ports.Read()->listeners[0].accept_queue, 9u);
  Tcp({});
  Tick();
  EXPECT_TRUE(host.boards->ports.Read()->listeners.empty());
}

TEST_F(PortsTest, AHostWithoutIpIsNotSupported) {
  Start();
  const auto run = host.Run(*collector, set);
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kNotSupported);
}

TEST_F(PortsTest, WaitsTwoTicksForAnOwnerThatIsSearched) {
  class SlowClock final : public Clock {
   public:
    WallTime Wall() const override { return {}; }
    MonoTime Mono() const override { return now += std::chrono::milliseconds(5); }
    mutable MonoTime now{seconds(1)};
  } slow;
  for (int pid = 100; pid < 110; ++pid) Process(pid, "other", {});
  Process(50, "nginx", {11});
  PortsCollector ports(host.Env(), CollectorOptions(kPortsOptions), {nullptr, nullptr, &slow});
  Tcp({});
  EXPECT_TRUE(host.Run(ports, set));  // the first tick may take its time
  Tcp({{.port = 80, .inode = 11}});
  EXPECT_FALSE(Has(*host.Run(ports, set), "ecsward_port_listening"));
  EXPECT_FALSE(Has(*host.Run(ports, set), "ecsward_port_listening"));
  EXPECT_TRUE(Has(*host.Run(ports, set), "ecsward_port_listening"));
}

TEST(ReadOtherNamespaces, ReadsOneProcessOfEach) {
  HostFixture host;
  const std::string id(64, 'a');
  host.Link("proc/self", "50");
  for (const int pid : {50, 60, 61}) {
    const std::string at = "proc/" + std::to_string(pid) + "/";
    host.Link(at + "ns/net", pid == 50 ? "net:[1]" : "net:[2]");
    host.Write(at + "net/tcp", Table({{.port = pid, .inode = pid}, {.port = pid, .inode = 99}}));
    host.Write(at + "cgroup", "0::/system.slice/docker-" + id + ".scope\n");
  }
  const auto found = ReadOtherNamespaces(host.Env().root);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].port, 60);
  EXPECT_EQ(found[0].sockets, 2u);
  EXPECT_EQ(found[0].other_namespace, "2");
  EXPECT_EQ(found[0].container, "aaaaaaaaaaaa");
  EXPECT_EQ(ParseNamespaceLink("net:[x]"), "");
  EXPECT_EQ(ParseNamespaceLink("mnt:[1]"), "");

  OtherNamespaces others(host.Env().root);
  others.Tick(MonoTime(seconds(1)));
  others.Await();
  others.Tick(MonoTime(seconds(2)));
  EXPECT_EQ(others.listeners().size(), 1u);
}

}  // namespace
}  // namespace ecsward
