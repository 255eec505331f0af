#include "collectors/offenders.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace ecsward {
namespace {

ProcessReading Process(std::int64_t pid, const std::string& name, double ticks,
                       std::uint64_t start = 100) {
  ProcessReading out;
  out.pid = pid;
  out.name = name;
  out.cpu_ticks = ticks;
  out.rss_bytes = ticks;
  out.io_bytes = ticks;
  out.has_io = true;
  out.start_ticks = start;
  return out;
}

// 4 CPUs for 1 s: 400 ticks.
OffenderReading Host(double second, std::vector<ProcessReading> processes) {
  OffenderReading out;
  out.mono = MonoTime(std::chrono::milliseconds(static_cast<int>(second * 1000)));
  out.cpus = 4;
  out.cpu_ticks = 10'000 + second * 400;
  out.memory_bytes = 1000;
  out.processes = std::move(processes);
  return out;
}

TEST(OffenderName, MakesHostileNamesSafe) {
  EXPECT_EQ(OffenderName("php-fpm", false), "php-fpm");
  EXPECT_EQ(OffenderName("a\nb\x1b[31m\x7f", false), "a?b?[31m?");
  EXPECT_EQ(OffenderName("a\xff\xc3"
                         "b",
                         false),
            "a??b");
  EXPECT_EQ(OffenderName("\xe4\xb8\xad\xc3\xa9\xf0\x9f\x90\x98", false),
            "\xe4\xb8\xad\xc3\xa9\xf0\x9f\x90\x98");
  EXPECT_EQ(OffenderName("\xc2\x9b\xe2\x80\xae\xed\xa0\x80", false),
            "????????");  // CSI, right-to-left, half a character: a "?" for each byte
  EXPECT_EQ(OffenderName("", false), "?");
  EXPECT_EQ(OffenderName(std::string(1000, 'a'), false).size(), 64u);
}

TEST(OffenderName, NamesKernelThreadsByTheirKind) {
  EXPECT_EQ(OffenderName("kworker/0:1-events", true), "[kworker]");
  EXPECT_EQ(OffenderName("jbd2/vda1-8", true), "[jbd2]");
  EXPECT_EQ(OffenderName("kswapd0", true), "[kswapd0]");
}

TEST(CpuOffenders, AddsUpByNameAndNamesTheBusiest) {
  const auto evidence = CpuOffenders(
      Host(0, {Process(1, "init", 50), Process(10, "php-fpm", 100), Process(11, "php-fpm", 0)}),
      Host(1, {Process(1, "init", 50), Process(10, "php-fpm", 140), Process(11, "php-fpm", 100),
               Process(12, "mysqld", 60)}));
  EXPECT_EQ(evidence.unit, "cores");
  ASSERT_EQ(evidence.offenders.size(), 2u);
  EXPECT_EQ(evidence.offenders[0].name, "php-fpm");
  EXPECT_EQ(evidence.offenders[0].pid, 11);
  EXPECT_DOUBLE_EQ(evidence.offenders[0].share, 0.35);  // 40 + 100 of 400 ticks
  EXPECT_DOUBLE_EQ(evidence.offenders[0].amount, 1.4);  // of 4 cores
  EXPECT_EQ(evidence.offenders[1].name, "mysqld");      // new: all it has used
  EXPECT_EQ(Summary(evidence), "php-fpm 35 %, mysqld 15 %");
}

TEST(CpuOffenders, NoticesThatANumberBelongsToAnotherProcess) {
  const auto evidence = CpuOffenders(Host(0, {Process(10, "old", 1000, 100)}),
                                     Host(1, {Process(10, "new", 80, 200)}));
  ASSERT_EQ(evidence.offenders.size(), 1u);
  EXPECT_DOUBLE_EQ(evidence.offenders[0].share, 0.2);
}

TEST(CpuOffenders, TellsOfProcessesThatHaveEnded) {
  OffenderReading before = Host(0, {});
  OffenderReading now = Host(1, {Process(10, "make", 40)});
  now.busy_ticks = before.busy_ticks + 240;
  EXPECT_EQ(CpuOffenders(before, now).note, "50 % went to processes that have ended");
}

TEST(CpuOffenders, IsSilentWhenNoTimePassed) {
  EXPECT_TRUE(CpuOffenders(Host(1, {}), Host(1, {Process(1, "a", 5)})).offenders.empty());
}

TEST(CpuOffenders, KeepsTheBiggestFive) {
  std::vector<ProcessReading> processes;
  for (int i = 1; i <= 5000; ++i)
    processes.push_back(Process(i, "p" + std::to_string(i), i / 100.0));
  const auto evidence = CpuOffenders(Host(0, {}), Host(1, processes));
  ASSERT_EQ(evidence.offenders.size(), 5u);
  EXPECT_EQ(evidence.offenders[0].name, "p5000");
  EXPECT_EQ(evidence.offenders[4].name, "p4996");
}

TEST(MemoryOffenders, SharesOutTheWholeMemory) {
  OffenderReading now = Host(1, {Process(1, "java", 500), Process(2, "sh", 20)});
  now.shared_bytes = 300;
  now.slab_bytes = 50;
  const auto evidence = MemoryOffenders(now);
  EXPECT_EQ(Summary(evidence), "java 50 %, sh 2 % (30 % is shared memory and tmpfs)");
  EXPECT_DOUBLE_EQ(evidence.offenders[0].amount, 500);
}

TEST(DiskOffenders, SharesOutWhatProcessesReadAndWrote) {
  const auto evidence = DiskOffenders(Host(0, {Process(1, "a", 1000), Process(2, "b", 0)}),
                                      Host(2, {Process(1, "a", 4000), Process(2, "b", 1000)}));
  EXPECT_EQ(Summary(evidence), "a 75 %, b 25 %");
  EXPECT_DOUBLE_EQ(evidence.offenders[0].amount, 1500);  // bytes a second
}

TEST(DiskOffenders, NamesDisksWhereProcessesMayNotBeRead) {
  OffenderReading before = Host(0, {Process(1, "a", 0), Process(2, "b", 0)});
  OffenderReading now = Host(1, {Process(1, "a", 10), Process(2, "b", 0)});
  now.processes[1].has_io = false;
  now.io_denied = 1;
  before.devices = {{"vda", 0, true}, {"dm-0", 0, false}, {"vdb", 0, true}};
  now.devices = {{"vda", 900, true}, {"dm-0", 900, false}, {"vdb", 100, true}};
  EXPECT_EQ(Summary(DiskOffenders(before, now)),
            "vda 90 %, vdb 10 % (no permission to read the I/O of 1 process (needs "
            "CAP_SYS_PTRACE); these are disks)");
}

TEST(NetworkOffenders, NamesInterfaces) {
  OffenderReading before = Host(0, {});
  OffenderReading now = Host(2, {});
  before.devices = {{"eth0", 0, true}, {"veth1", 0, false}};
  now.devices = {{"eth0", 2000, true}, {"veth1", 1500, false}, {"new", 5, true}};
  const auto evidence = NetworkOffenders(before, now);
  EXPECT_EQ(Summary(evidence),
            "eth0 100 %, veth1 75 % (these are interfaces: /proc counts no process's packets)");
  EXPECT_DOUBLE_EQ(evidence.offenders[0].amount, 1000);
}

IpAddress Address(const char* text) {
  std::uint32_t bytes = 0;
  EXPECT_EQ(::inet_pton(AF_INET, text, &bytes), 1);
  return MappedV4(&bytes);
}

TrafficRecord Connection(std::uint64_t key, std::uint64_t bytes, const char* peer,
                         std::uint16_t port, bool listening, bool local = false) {
  return {key, bytes, Address(peer), port, listening, local};
}

TEST(NetworkOffenders, NamesPortsAndPeersWhereTheKernelTellsWhatTheyCarried) {
  OffenderReading before = Host(0, {});
  OffenderReading now = Host(2, {});
  before.devices = {{"eth0", 0, true}};
  now.devices = {{"eth0", 2000, true}};
  auto picture = std::make_shared<PortPicture>();
  picture->listeners.resize(1);
  picture->listeners[0].proto = "tcp";
  picture->listeners[0].port = 443;
  picture->listeners[0].process = "nginx";
  picture->listeners[0].pid = 99;
  now.ports = picture;
  before.traffic.told = now.traffic.told = true;
  before.traffic.records = {Connection(2, 500, "203.0.113.7", 443, true),
                            Connection(4, 0, "203.0.113.9", 3306, false)};
  now.traffic.records = {Connection(2, 1700, "203.0.113.7", 443, true),
                         Connection(4, 400, "203.0.113.9", 3306, false)};
  Evidence evidence = NetworkOffenders(before, now);
  EXPECT_EQ(Summary(evidence),
            "nginx :443 60 %, to :3306 20 % (peers: 203.0.113.7 60 %, 203.0.113.9 20 %; "
            "20 % is not TCP of the host itself (UDP, containers, forwarding))");
  EXPECT_EQ(evidence.offenders[0].pid, 99);
  EXPECT_DOUBLE_EQ(evidence.offenders[0].amount, 600);

  // Most of it never leaves the host.
  now.devices = {{"eth0", 1600, true}};
  now.traffic.records.push_back(Connection(6, 14'400, "127.0.0.1", 9000, true, true));
  evidence = NetworkOffenders(before, now);
  EXPECT_EQ(evidence.offenders[0].name, ":9000");
  EXPECT_NE(evidence.note.find("90 % stays on this host"), std::string::npos) << evidence.note;
  EXPECT_EQ(evidence.note.find("not TCP"), std::string::npos) << evidence.note;

  // Nothing of what the interface carried was TCP.
  now.traffic.records = before.traffic.records;
  EXPECT_EQ(Summary(NetworkOffenders(before, now)),
            "eth0 100 % (these are interfaces: it is not TCP of the host itself)");
}

TEST(PortOffenders, CountsConnectionsByListenerAndByTarget) {
  OffenderReading now = Host(1, {});
  now.sockets = {{443, 0, true, 7}, {22, 0, true, 8}};
  for (int i = 0; i < 6; ++i) now.sockets.push_back({443, 50'000, false, 100});
  for (int i = 0; i < 4; ++i) now.sockets.push_back({41'000, 3306, false, 0});
  now.owners[7] = Process(99, "nginx", 0);
  const auto evidence = PortOffenders(now);
  EXPECT_EQ(PortInodes(now.sockets), (std::vector<std::uint64_t>{7, 8}));
  EXPECT_EQ(Summary(evidence),
            "nginx :443 60 %, to :3306 40 %, :22 0 % "
            "(not every port's process could be found (needs CAP_SYS_PTRACE))");
  EXPECT_EQ(evidence.offenders[0].pid, 99);
  EXPECT_DOUBLE_EQ(evidence.offenders[1].amount, 4);
}

TEST(CpuOffenders, NamesNobodyWhoMadeLessThanHalfAPercent) {
  const Evidence evidence =
      CpuOffenders(Host(0, {}), Host(1, {Process(1, "java", 200), Process(2, "cron", 1)}));
  ASSERT_EQ(evidence.offenders.size(), 1u);  // cron: 1 of 400 ticks
  EXPECT_EQ(evidence.offenders[0].name, "java");
}

}  // namespace
}  // namespace ecsward
