#include "collectors/ports/connections.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <unistd.h>

#include "collectors/ports/traffic.h"
#include "tests/unit/collectors/host_fixture.h"
#include "tests/unit/collectors/ports/tcp_world.h"

namespace ecsward {
namespace {

constexpr int kSynRecv = 3;
constexpr int kTimeWait = 6;
constexpr int kListen = 10;
constexpr std::chrono::seconds kStep{15};

bool Has(const std::string& samples, std::string_view line) {
  return ("\n" + samples).find("\n" + std::string(line) + "\n") != std::string::npos;
}

// Sockets of a dump, kept.
struct Kept final : TcpSink {
  void Begin() override { ++begun; }
  void Socket(const TcpEntry& entry) override { entries.push_back(entry); }
  int begun = 0;
  std::vector<TcpEntry> entries;
};

TEST(ParseTcpMessage, TakesEndsStateAndBytes) {
  TcpEntry entry;
  ASSERT_TRUE(ParseTcpMessage(TcpMessage({1, 443, "203.0.113.7", 50'000, 1000}), entry));
  EXPECT_EQ(entry.local_port, 443);
  EXPECT_EQ(entry.remote_port, 50'000);
  EXPECT_EQ(ToString(entry.remote), "203.0.113.7");
  EXPECT_EQ(ToString(entry.local), "10.0.0.5");
  EXPECT_EQ(entry.state, 1);
  EXPECT_EQ(entry.inode, 77u);
  EXPECT_TRUE(entry.has_bytes);
  EXPECT_EQ(entry.bytes, 1000u);
}

TEST(ParseTcpMessage, TakesAMappedAddressForTheIpv4OneItIs) {
  TcpEntry v4;
  TcpEntry v6;
  ASSERT_TRUE(ParseTcpMessage(TcpMessage({1, 443, "203.0.113.7", 1}), v4));
  FakeSocket mapped{1, 443, "::ffff:203.0.113.7", 1};
  mapped.local = "::ffff:10.0.0.5";
  ASSERT_TRUE(ParseTcpMessage(TcpMessage(mapped), v6));
  EXPECT_EQ(v4.remote, v6.remote);
  EXPECT_EQ(ConnectionKey(v4, 9), ConnectionKey(v6, 9));
}

TEST(ParseTcpMessage, SaysSoWhenThereAreNoBytesOrNoSocket) {
  TcpEntry entry;
  FakeSocket socket{1, 443, "203.0.113.7", 1, 500};
  const std::string whole = TcpMessage(socket);
  EXPECT_FALSE(ParseTcpMessage(std::string_view(whole).substr(0, 40), entry));
  // An older kernel's shorter tcp_info.
  socket.info = false;
  ASSERT_TRUE(ParseTcpMessage(TcpMessage(socket) + Attribute(INET_DIAG_INFO, std::string(104, 'x')),
                              entry));
  EXPECT_FALSE(entry.has_bytes);
  std::string strange = whole;
  strange[0] = 1;  // AF_UNIX
  EXPECT_FALSE(ParseTcpMessage(strange, entry));
}

TEST(ParseTcpTable, TakesLinesOfBothVersions) {
  Kept kept;
  ASSERT_TRUE(ParseTcpTable(
      "heads\n"
      "   0: 0500000A:01BB 077100CB:C350 01 00000000:00000000 00:00000000 00000000  0  0 815 1\n"
      "   1: 0500000A:01BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0  0 816 1\n"
      "   2: 0000000000000000FFFF00000500000A:01BB 00000000000000000000000001000000:0016 01 0:0 "
      "0:0 0 0 0 817 1\n",
      kConnectionStates, kept));
  ASSERT_EQ(kept.entries.size(), 2u);  // not the one that listens
  EXPECT_EQ(ToString(kept.entries[0].remote), "203.0.113.7");
  EXPECT_EQ(kept.entries[0].inode, 815u);
  EXPECT_EQ(ToString(kept.entries[1].local), "10.0.0.5");
  EXPECT_TRUE(IsLoopback(kept.entries[1].remote));
  EXPECT_FALSE(kept.entries[0].has_bytes);
}

TEST(ParseTcpTable, NamesTheBadLine) {
  Kept kept;
  for (const char* bad : {"0: 0500000A:01BB", "0: 05:1 05:2 01 0 0 0 0 0 8",
                          "0: 0500000A:01BB 0500000A:1FFFF 01 0 0 0 0 0 8",
                          "0: 0500000A:01BB 0500000A:0001 XX 0 0 0 0 0 8",
                          "0: 0500000A:01BB 0500000A:0001 01 0 0 0 0 0 -"}) {
    const auto parsed = ParseTcpTable(std::string("heads\n") + bad + "\n", ~0U, kept);
    ASSERT_FALSE(parsed) << bad;
    EXPECT_NE(parsed.error().message.find("line 2"), std::string::npos);
  }
}

TEST(CompareConnections, TellsWhatWasOpenedAndClosed) {
  // Port 1 above; the lowest bit is TIME_WAIT.
  const auto key = [](std::uint64_t n) { return std::uint64_t{1} << 48 | n << 1; };
  const auto changes = [&](std::vector<std::uint64_t> before, std::vector<std::uint64_t> now) {
    std::map<std::uint16_t, ConnectionChanges> out;
    CompareConnections(before, now, out);
    return std::pair(out[1].opened, out[1].closed);
  };
  using P = std::pair<std::uint64_t, std::uint64_t>;
  EXPECT_EQ(changes({}, {}), P(0, 0));
  EXPECT_EQ(changes({key(1)}, {key(1)}), P(0, 0));
  EXPECT_EQ(changes({}, {key(1)}), P(1, 0));
  EXPECT_EQ(changes({key(1)}, {}), P(0, 1));
  EXPECT_EQ(changes({key(1)}, {key(1) | 1}), P(0, 1));      // it rests now
  EXPECT_EQ(changes({key(1) | 1}, {key(1) | 1}), P(0, 0));  // it was counted when it ended
  EXPECT_EQ(changes({key(1) | 1}, {}), P(0, 0));
  EXPECT_EQ(changes({}, {key(1) | 1}), P(1, 1));        // it came and went between
  EXPECT_EQ(changes({key(1) | 1}, {key(1)}), P(1, 0));  // the ends are used again
  EXPECT_EQ(changes({key(1), key(3)}, {key(2), key(3)}), P(1, 1));
}

// What the netlink of a host says: for each run a dump of listeners and one of connections; IPv6
// is not there.
class ConnectionsHost : public HostFixture {
 public:
  void AddRun(const std::vector<FakeSocket>& listening, const std::vector<FakeSocket>& sockets) {
    answers_.push_back(TcpDump(listening));
    answers_.push_back(TcpDump(sockets));
  }
  void Start() {
    Write("proc/net/tcp", "heads\n");
    collector_ = std::make_unique<ConnectionsCollector>(
        Env(), std::make_unique<FakeNetlinkPort>(answers_, log_), &work);
  }
  // Each look at it is so much later than the one before.
  struct WorkClock final : Clock {
    WallTime Wall() const override { return {}; }
    MonoTime Mono() const override { return now += step; }
    mutable MonoTime now{};
    std::chrono::milliseconds step{1};
  } work;
  std::string Go() {
    auto samples = Run(*collector_, set_, kStep);
    EXPECT_TRUE(samples) << samples.error().message;
    return samples.value_or("");
  }

 private:
  std::vector<std::vector<FakeNetlinkPort::Datagram>> answers_;
  FakeNetlinkPort::Log log_;
  std::unique_ptr<ConnectionsCollector> collector_;
  SeriesSet set_;
};

const FakeSocket kWeb{kListen, 443, "0.0.0.0", 0, 0, "0.0.0.0", false};

TEST(ConnectionsCollector, CountsStatesOfPortsThatListenHere) {
  ConnectionsHost host;
  host.AddRun({kWeb, {kListen, 22, "0.0.0.0", 0, 0, "0.0.0.0", false}},
              {{1, 443, "203.0.113.7", 1},
               {1, 443, "203.0.113.7", 2},
               {kTimeWait, 443, "203.0.113.7", 3, 0, "10.0.0.5", false},
               {1, 40'000, "203.0.113.9", 3306}});
  host.Start();
  const std::string samples = host.Go();
  EXPECT_TRUE(
      Has(samples, "ecsward_port_connections{proto=\"tcp\",port=\"443\",state=\"established\"} 2"));
  EXPECT_TRUE(
      Has(samples, "ecsward_port_connections{proto=\"tcp\",port=\"443\",state=\"time_wait\"} 1"));
  EXPECT_TRUE(
      Has(samples, "ecsward_port_connections{proto=\"tcp\",port=\"22\",state=\"established\"} 0"));
  EXPECT_EQ(samples.find("40000"), std::string::npos);
  EXPECT_EQ(samples.find("3306"), std::string::npos);
  EXPECT_EQ(samples.find("close_wait"), std::string::npos);
  EXPECT_TRUE(Has(samples, "ecsward_port_connections_opened_total{port=\"443\"} 0"));
  EXPECT_TRUE(Has(samples, "ecsward_connections_left_out{what=\"connections\"} 0"));
}

TEST(ConnectionsCollector, CountsWhatWasOpenedAndClosedBetweenDumps) {
  ConnectionsHost host;
  host.AddRun({kWeb}, {{1, 443, "203.0.113.7", 1}, {1, 443, "203.0.113.7", 2}});
  host.AddRun({kWeb}, {{1, 443, "203.0.113.7", 2},
                       {1, 443, "203.0.113.7", 3},
                       {kSynRecv, 443, "203.0.113.7", 4},  // only asked for
                       {kTimeWait, 443, "203.0.113.7", 5, 0, "10.0.0.5", false}});
  host.Start();
  (void)host.Go();
  const std::string samples = host.Go();
  EXPECT_TRUE(Has(samples, "ecsward_port_connections_opened_total{port=\"443\"} 2"));  // 3, 5
  EXPECT_TRUE(Has(samples, "ecsward_port_connections_closed_total{port=\"443\"} 2"));  // 1, 5
}

TEST(ConnectionsCollector, DoesNotCallOldConnectionsOfANewListenerOpened) {
  ConnectionsHost host;
  host.AddRun({}, {{1, 443, "203.0.113.7", 1}});
  host.AddRun({kWeb}, {{1, 443, "203.0.113.7", 1}});
  host.Start();
  (void)host.Go();
  EXPECT_TRUE(Has(host.Go(), "ecsward_port_connections_opened_total{port=\"443\"} 0"));
}

TEST(ConnectionsCollector, RestsAfterADearLookAndRepeatsIt) {
  ConnectionsHost host;
  constexpr std::string_view kOne =
      "ecsward_port_connections{proto=\"tcp\",port=\"443\",state=\"established\"} 1";
  constexpr std::string_view kTwo =
      "ecsward_port_connections{proto=\"tcp\",port=\"443\",state=\"established\"} 2";
  host.AddRun({kWeb}, {{1, 443, "203.0.113.7", 1}});
  host.AddRun({kWeb}, {{1, 443, "203.0.113.7", 1}, {1, 443, "203.0.113.7", 2}});
  host.work.step = std::chrono::milliseconds(65);
  host.Start();
  for (int run = 0; run < 3; ++run) EXPECT_TRUE(Has(host.Go(), kOne)) << run;
  EXPECT_TRUE(Has(host.Go(), kTwo));
}

TEST(ConnectionsCollector, ShowsTheBusiestPortsWhenThereAreTooMany) {
  ConnectionsHost host;
  std::vector<FakeSocket> listening;
  for (int i = 0; i < 600; ++i) {
    FakeSocket socket = kWeb;
    socket.local_port = static_cast<std::uint16_t>(1000 + i);
    listening.push_back(socket);
  }
  host.AddRun(listening, {{1, 1599, "203.0.113.7", 1}});
  host.Start();
  const std::string samples = host.Go();
  EXPECT_TRUE(Has(samples,
                  "ecsward_port_connections{proto=\"tcp\",port=\"1599\",state=\"established\"} 1"));
  EXPECT_TRUE(Has(samples, "ecsward_connections_left_out{what=\"ports\"} 500"));
}

TEST(ConnectionsCollector, RemembersWhichPortsAndPeersCarriedTheTraffic) {
  ConnectionsHost host;
  auto picture = std::make_shared<PortPicture>();
  picture->listeners.resize(1);
  picture->listeners[0].proto = "tcp";
  picture->listeners[0].port = 443;
  picture->listeners[0].process = "nginx";
  picture->listeners[0].pid = 99;
  host.boards->ports.Publish(picture);
  host.AddRun({kWeb}, {{1, 443, "203.0.113.7", 1, 5000}, {1, 40'000, "203.0.113.9", 3306, 0}});
  host.AddRun({kWeb}, {{1, 443, "203.0.113.7", 1, 5000 + 15 * 600},
                       {1, 443, "203.0.113.8", 1, 15 * 100},  // new: all it has carried
                       {1, 40'000, "203.0.113.9", 3306, 15 * 300}});
  host.Start();
  (void)host.Go();
  EXPECT_EQ(host.boards->port_traffic.size(), 0u);
  (void)host.Go();
  EvidencePeriod period;
  ASSERT_TRUE(host.boards->port_traffic.Average(0, INT64_MAX, period));
  EXPECT_DOUBLE_EQ(period.total, 1000);
  ASSERT_EQ(period.offenders.size(), 2u);
  EXPECT_EQ(period.offenders[0].name, "nginx :443");
  EXPECT_EQ(period.offenders[0].pid, 99);
  EXPECT_DOUBLE_EQ(period.offenders[0].amount, 700);
  EXPECT_EQ(period.offenders[1].name, "to :3306");
  ASSERT_TRUE(host.boards->peer_traffic.Average(0, INT64_MAX, period));
  EXPECT_EQ(period.offenders[0].name, "203.0.113.7");
  EXPECT_NEAR(period.offenders[0].share, 0.6, 1e-6);
}

TEST(ConnectionsCollector, MeasuresAgainstTheInterfacesWhenTheyCarriedMore) {
  ConnectionsHost host;
  const auto carried = [&](int bytes) {
    host.Write("proc/net/dev",
               "Inter-| Receive\n face |bytes\n  lo: 9999 0 0 0 0 0 0 0 0 0 0 0 0 "
               "0 0 0\n  eth0: " +
                   std::to_string(bytes) + " 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
  };
  host.AddRun({kWeb}, {{1, 443, "203.0.113.7", 1, 0}});
  host.AddRun({kWeb}, {{1, 443, "203.0.113.7", 1, 15 * 100}});
  host.Start();
  carried(0);
  (void)host.Go();
  carried(15 * 400);
  (void)host.Go();
  EvidencePeriod period;
  ASSERT_TRUE(host.boards->port_traffic.Average(0, INT64_MAX, period));
  EXPECT_DOUBLE_EQ(period.total, 400);
  EXPECT_NEAR(period.offenders.at(0).share, 0.25, 1e-6);
}

TEST(ConnectionsCollector, ReadsTheTextWhereThereIsNoNetlink) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("connections").error().code, ErrorCode::kNotSupported);
  host.Write("proc/net/tcp",
             "heads\n"
             "   0: 00000000:0016 00000000:0000 0A 0:0 0:0 0 0 0 815 1\n"
             "   1: 0500000A:0016 077100CB:C350 01 0:0 0:0 0 0 0 816 1\n");
  const auto samples = host.RunOnce("connections");
  ASSERT_TRUE(samples) << samples.error().message;
  EXPECT_TRUE(
      Has(*samples, "ecsward_port_connections{proto=\"tcp\",port=\"22\",state=\"established\"} 1"));
  host.Write("proc/net/tcp", "heads\n garbage\n");
  EXPECT_EQ(host.RunOnce("connections").error().code, ErrorCode::kParse);
}

TEST(ConnectionsCollector, StartsAVersionAnewWhenTheKernelInterruptsTheDump) {
  HostFixture host;
  host.Write("proc/net/tcp", "heads\n");
  const std::string one =
      NetlinkBytes(SOCK_DIAG_BY_FAMILY, TcpMessage({1, 443, "203.0.113.7", 1, 5}));
  FakeNetlinkPort::Log log;
  ConnectionsCollector collector(host.Env(),
                                 std::make_unique<FakeNetlinkPort>(
                                     std::vector<std::vector<FakeNetlinkPort::Datagram>>{
                                         TcpDump({kWeb}),
                                         {{0, one}, {0, DumpEnd(NLM_F_DUMP_INTR)}},
                                         {{0, one}, {0, DumpEnd()}}},
                                     log));
  SeriesSet set;
  const auto samples = host.Run(collector, set);
  ASSERT_TRUE(samples);
  EXPECT_TRUE(Has(*samples,
                  "ecsward_port_connections{proto=\"tcp\",port=\"443\",state=\"established\"} 1"));
}

// A listener on this very host with one connection.
TEST(ConnectionsCollector, SeesAConnectionOfThisHost) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), size), 0);
  const HostRoot root;
  TcpTable table(root);
  ListeningPorts listening;
  ASSERT_TRUE(listening.Read(table));
  EXPECT_TRUE(listening.Contains(ntohs(address.sin_port)));
  ConnectionCount count;
  count.Start(listening, 1, true);
  count.StartVersion(0);
  ASSERT_TRUE(table.Read(AF_INET, kConnectionStates, true, count));
  count.Finish();
  EXPECT_EQ(count.Of(listening.Find(ntohs(address.sin_port)))[1], 1u);
  ::close(client);
  ::close(listener);
}

TEST(CompareTraffic, CountsTrafficWithinTheHostOnceAtTheEndThatListens) {
  ListeningPorts listening;
  listening.Socket({kListen, 9000, 0, {}, {}, 0, false, 0});
  const auto reading = [&](std::uint64_t bytes) {
    TrafficReading out;
    for (FakeSocket socket : {FakeSocket{1, 9000, "127.0.0.1", 50'000, bytes, "127.0.0.1"},
                              FakeSocket{1, 50'000, "127.0.0.1", 9000, bytes, "127.0.0.1"},
                              FakeSocket{1, 40'000, "203.0.113.9", 443, bytes}}) {
      TcpEntry entry;
      EXPECT_TRUE(ParseTcpMessage(TcpMessage(socket), entry));
      out.Add(entry, listening, 1);
    }
    out.Sort();
    return out;
  };
  const TrafficUse use = CompareTraffic(reading(10), reading(110));
  EXPECT_EQ(use.local_bytes, 100);
  EXPECT_EQ(use.remote_bytes, 100);
  ASSERT_EQ(use.ports.size(), 2u);
  EXPECT_TRUE(use.ports[0].listening);
  EXPECT_EQ(use.ports[0].number, 9000);
  EXPECT_EQ(use.ports[1].number, 443);
  EXPECT_EQ(use.peers.size(), 2u);
}

TEST(WholeTraffic, TakesHeadersForNobodysAndTheRestForMissing) {
  TrafficUse use;
  use.remote_bytes = 950;
  use.local_bytes = 50;
  EXPECT_EQ(WholeTraffic(use, 1000), 1000);
  EXPECT_EQ(WholeTraffic(use, 2000), 2050);
}

}  // namespace
}  // namespace ecsward
