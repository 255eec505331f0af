#include "collectors/ports/socket_owners.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

// Time that passes as it is looked at.
class BusyClock final : public Clock {
 public:
  WallTime Wall() const override { return {}; }
  MonoTime Mono() const override {
    now_ += step;
    return now_;
  }
  microseconds step{0};

 private:
  mutable MonoTime now_{seconds(1000)};
};

class CountedFiles final : public ProcessFiles {
 public:
  int OpenAt(int folder, const char* name, int flags) override {
    ++opens;
    if (deny && std::string_view(name).ends_with("/fd")) return -EACCES;
    return ProcessFiles::OpenAt(folder, name, flags);
  }
  std::ptrdiff_t ReadLinkAt(int folder, const char* name, char* buffer, std::size_t size) override {
    ++links;
    return ProcessFiles::ReadLinkAt(folder, name, buffer, size);
  }
  bool deny = false;
  int opens = 0, links = 0;
};

class SocketOwnersTest : public ::testing::Test {
 protected:
  void Process(int pid, std::string_view name, int parent = 1, int start = 0) {
    const std::string at = "proc/" + std::to_string(pid) + "/";
    host.Write(at + "comm", std::string(name) + "\n");
    host.Write(at + "status", "Name:\tx\nUid:\t33\t33\t33\t33\n");
    host.Write(at + "cgroup", "0::/system.slice/" + std::string(name) + ".service\n");
    host.Write(at + "stat", std::to_string(pid) + " (" + std::string(name) + ") S " +
                                std::to_string(parent) +
                                " 1 1 0 -1 4194560 1 0 0 0 5 6 0 0 20 0 1 0 " +
                                std::to_string(start == 0 ? pid : start) + " 1000 10 0 0\n");
    host.Link(at + "exe", "/usr/sbin/" + std::string(name));
    host.Write(at + "fd/.keep", "");
  }
  void Socket(int pid, int fd, int inode) {
    host.Link("proc/" + std::to_string(pid) + "/fd/" + std::to_string(fd),
              "socket:[" + std::to_string(inode) + "]");
  }
  void End(int pid) { host.Remove("proc/" + std::to_string(pid)); }
  void Close(int pid, int fd) {
    host.Remove("proc/" + std::to_string(pid) + "/fd/" + std::to_string(fd));
  }

  SocketOwners& Owners() {
    if (!owners) owners = std::make_unique<SocketOwners>(root(), clock, files, limits);
    return *owners;
  }
  const HostRoot& root() { return env.root; }
  // A tick, a second after the one before.
  void Tick(std::vector<WantedSocket> wanted) {
    now += seconds(1);
    Owners().Update(wanted, now);
  }
  std::int64_t Pid(std::uint64_t inode) {
    const OwnerProcess* owner = Owners().Owner(inode);
    return owner == nullptr ? 0 : owner->pid();
  }
  std::vector<std::int64_t> Holders(std::uint64_t inode) {
    std::vector<std::int64_t> out;
    Owners().Holders(inode, out);
    return out;
  }

  HostFixture host;
  CollectorEnv env = host.Env();
  BusyClock clock;
  CountedFiles files;
  SocketOwners::Limits limits;
  MonoTime now{seconds(1000)};
  std::unique_ptr<SocketOwners> owners;
};

TEST_F(SocketOwnersTest, FindsWhoHasASocketOpen) {
  host.Write("root/etc/passwd", "www-data:x:33:33:::\n");
  Process(42, "nginx");
  Socket(42, 3, 4711);
  Tick({{4711, 0}});
  ASSERT_EQ(Pid(4711), 42);
  const OwnerNames& names = Owners().Owner(4711)->names();
  EXPECT_EQ(names.process, "nginx");
  EXPECT_EQ(names.executable, "/usr/sbin/nginx");
  EXPECT_EQ(names.user, "www-data");
  EXPECT_EQ(names.unit, "nginx.service");
  EXPECT_EQ(Owners().unknown(), 0u);
  EXPECT_EQ(Holders(4711), (std::vector<std::int64_t>{42}));
}

TEST_F(SocketOwnersTest, VerifiesAnOwnerByOneLink) {
  for (int pid = 40; pid < 60; ++pid) Process(pid, "other");
  Process(60, "nginx");
  Socket(60, 3, 4711);
  Tick({{4711, 33}});
  ASSERT_EQ(Pid(4711), 60);
  Tick({{4711, 33}});  // the first look at everything is over
  files.links = files.opens = 0;
  Tick({{4711, 33}});
  EXPECT_EQ(files.links, 1);
  EXPECT_EQ(files.opens, 0);
  EXPECT_EQ(Pid(4711), 60);
}

TEST_F(SocketOwnersTest, AnEndedProcessOwnsNothing) {
  Process(42, "nginx");
  Socket(42, 3, 4711);
  Tick({{4711, 33}});
  ASSERT_EQ(Pid(4711), 42);
  End(42);
  Tick({{4711, 33}});
  EXPECT_EQ(Pid(4711), 0);
  EXPECT_EQ(Owners().unknown(), 1u);
  Tick({});
  EXPECT_EQ(Owners().unknown(), 0u);
  EXPECT_EQ(Owners().open_folders(), 0u);
}

TEST_F(SocketOwnersTest, ALaterProcessOfThatNumberIsNotTakenForIt) {
  Process(42, "nginx");
  Socket(42, 3, 4711);
  Tick({{4711, 33}});
  ASSERT_EQ(Pid(4711), 42);
  End(42);
  Process(42, "bash", 1, 99);  // the number again, with another file under the same number
  Socket(42, 3, 5000);
  Process(50, "nginx");
  Socket(50, 3, 4711);
  Tick({{4711, 33}, {5000, 33}});
  EXPECT_EQ(Pid(4711), 50);
  ASSERT_EQ(Pid(5000), 42);
  EXPECT_EQ(Owners().Owner(5000)->names().process, "bash");
}

TEST_F(SocketOwnersTest, AReusedInodeGetsItsNewOwner) {
  Process(42, "nginx");
  Socket(42, 3, 4711);
  Tick({{4711, 33}});
  Close(42, 3);
  Process(50, "redis");
  Socket(50, 6, 4711);
  Tick({{4711, 33}});
  EXPECT_EQ(Pid(4711), 50);
}

TEST_F(SocketOwnersTest, TheNextHolderOwnsWhenTheFirstIsGone) {
  Process(42, "nginx");
  Process(43, "nginx", 42);
  Socket(42, 3, 4711);
  Socket(43, 3, 4711);
  Tick({{4711, 33}});
  Tick({{4711, 33}});
  EXPECT_EQ(Pid(4711), 42) << "the older of the two";
  EXPECT_EQ(Holders(4711), (std::vector<std::int64_t>{42, 43}));
  End(42);
  files.opens = 0;
  Tick({{4711, 33}});
  EXPECT_EQ(Pid(4711), 43);
  EXPECT_EQ(files.opens, 0) << "nothing was searched";
}

TEST_F(SocketOwnersTest, SystemdOwnsOnlyWhatNobodyElseHas) {
  Process(1, "systemd", 0);
  Process(42, "sshd", 1);
  Socket(1, 30, 4711);
  Socket(1, 31, 4712);
  Socket(42, 3, 4711);
  Tick({{4711, 0}, {4712, 0}});
  Tick({{4711, 0}, {4712, 0}});
  EXPECT_EQ(Pid(4711), 42);
  EXPECT_EQ(Pid(4712), 1);
}

TEST_F(SocketOwnersTest, ASearchIsSpreadOverTicks) {
  // Each look at the clock takes a millisecond: a few processes a tick.
  clock.step = microseconds(1000);
  for (int pid = 100; pid < 140; ++pid) Process(pid, "other");
  Process(50, "nginx");  // the oldest: looked at last
  Socket(50, 3, 4711);
  Tick({});  // the first one may take its time
  Tick({{4711, 33}});
  EXPECT_EQ(Pid(4711), 0);
  EXPECT_TRUE(Owners().Searching(4711));
  int ticks = 1;
  while (Pid(4711) == 0 && ticks < 100) {
    files.opens = 0;
    Tick({{4711, 33}});
    EXPECT_LT(files.opens, 20);
    ++ticks;
  }
  EXPECT_EQ(Pid(4711), 50);
  EXPECT_GT(ticks, 3);
}

TEST_F(SocketOwnersTest, WhatWasThereBeforeTheAgentIsKnownAtOnce) {
  clock.step = microseconds(1000);
  for (int pid = 100; pid < 140; ++pid) Process(pid, "other");
  Process(50, "nginx");
  Socket(50, 3, 4711);
  Tick({{4711, 33}});
  EXPECT_EQ(Pid(4711), 50);
}

TEST_F(SocketOwnersTest, AProcessWithManyFilesIsLookedThroughInPieces) {
  clock.step = microseconds(1000);
  Process(50, "nginx");
  for (int fd = 0; fd < 600; ++fd) {
    host.Link("proc/50/fd/" + std::to_string(fd), fd == 599 ? "socket:[4711]" : "/dev/null");
  }
  Tick({});  // the first one may take its time
  int ticks = 0;
  do {
    files.links = 0;
    Tick({{4711, 33}});
    EXPECT_LE(files.links, 4 * static_cast<int>(FdWalk::kLinks) + 8);
    ++ticks;
  } while (Pid(4711) == 0 && ticks < 100);
  EXPECT_EQ(Pid(4711), 50);
}

TEST_F(SocketOwnersTest, ANewProcessIsLookedAtBeforeOldOnes) {
  for (int pid = 100; pid < 130; ++pid) Process(pid, "other");
  Process(50, "nginx");
  Socket(50, 3, 4711);
  Tick({{4711, 33}});
  ASSERT_EQ(Pid(4711), 50);
  Tick({{4711, 33}});
  Process(200, "redis");
  Socket(200, 6, 5000);
  files.opens = 0;
  Tick({{4711, 33}, {5000, 99}});
  EXPECT_EQ(Pid(5000), 200);
  EXPECT_LT(files.opens, 12);
}

TEST_F(SocketOwnersTest, AFruitlessSearchBacksOff) {
  Process(50, "nginx");
  Tick({{4711, 33}});
  EXPECT_FALSE(Owners().Searching(4711)) << "a whole round has found nothing";
  EXPECT_EQ(Owners().unknown(), 1u);
  Tick({{4711, 33}});
  const std::uint64_t scans = Owners().scans();
  for (int tick = 0; tick < 7; ++tick) Tick({{4711, 33}});
  EXPECT_EQ(Owners().scans(), scans);
  for (int tick = 0; tick < 4; ++tick) Tick({{4711, 33}});
  EXPECT_GT(Owners().scans(), scans);
}

TEST_F(SocketOwnersTest, SaysWhichCapabilityIsMissing) {
  // So many that it is no whim of one of them.
  for (const int pid : {50, 51, 52, 53}) Process(pid, "nginx");
  Socket(50, 3, 4711);
  files.deny = true;
  Tick({{4711, 33}});
  EXPECT_EQ(Pid(4711), 0);
  EXPECT_EQ(Owners().note(),
            "owners of other users' sockets: needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH");
  for (int tick = 0; tick < 3; ++tick) Tick({{4711, 33}});
  files.opens = 0;
  for (int tick = 0; tick < 100; ++tick)
    Tick({{4711, 33}, {5000 + static_cast<unsigned>(tick), 33}});
  // The slow look at everything goes on; no search does.
  EXPECT_LT(files.opens, 40);
  EXPECT_FALSE(Owners().Searching(5099));
}

TEST_F(SocketOwnersTest, FollowsExec) {
  Process(42, "sh");
  Socket(42, 3, 4711);
  Tick({{4711, 33}});
  host.Write("proc/42/comm", "nginx\n");
  for (int tick = 0; tick < 12; ++tick) Tick({{4711, 33}});
  EXPECT_EQ(Owners().Owner(4711)->names().process, "nginx");
}

TEST_F(SocketOwnersTest, MakesHostileNamesSafe) {
  Process(42, "a\x1b[31m\nb");
  Socket(42, 3, 4711);
  Tick({{4711, 33}});
  EXPECT_EQ(Owners().Owner(4711)->names().process, "a?[31m?b");
}

TEST_F(SocketOwnersTest, GoesByPathWhereDescriptorsAreFew) {
  limits.folders = 1;
  Process(42, "nginx");
  Process(43, "redis");
  Socket(42, 3, 4711);
  Socket(43, 3, 4712);
  Tick({{4711, 33}, {4712, 33}});
  Tick({{4711, 33}, {4712, 33}});
  EXPECT_EQ(Pid(4711), 42);
  EXPECT_EQ(Pid(4712), 43);
  EXPECT_EQ(Owners().open_folders(), 1u);
  for (const int pid : {42, 43}) {
    End(pid);
    Process(pid, "bash", 1, 999);
    Socket(pid, 3, pid == 42 ? 4711 : 4712);
  }
  Tick({{4711, 33}, {4712, 33}});
  EXPECT_EQ(Owners().Owner(4711)->names().process, "bash");
  EXPECT_EQ(Owners().Owner(4712)->names().process, "bash");
}

TEST_F(SocketOwnersTest, NeverNamesAWrongOwnerWhileSocketsComeAndGo) {
  for (int pid = 10; pid < 20; ++pid) Process(pid, "p" + std::to_string(pid));
  std::vector<WantedSocket> wanted;
  for (int tick = 0; tick < 60; ++tick) {
    const int pid = 10 + tick % 10;
    const int inode = 1000 + tick;
    Socket(pid, 100 + tick, inode);
    wanted.push_back({static_cast<std::uint64_t>(inode), 33});
    if (tick >= 20) {
      Close(10 + (tick - 20) % 10, 100 + tick - 20);
      wanted.erase(wanted.begin());
    }
    Tick(wanted);
    for (const WantedSocket& socket : wanted) {
      EXPECT_EQ(Pid(socket.inode), 10 + static_cast<std::int64_t>(socket.inode - 1000) % 10);
    }
  }
}

TEST(ParseSocketLink, TakesSocketsOnly) {
  EXPECT_EQ(ParseSocketLink("socket:[4711]"), 4711u);
  EXPECT_EQ(ParseSocketLink("socket:[]"), 0u);
  EXPECT_EQ(ParseSocketLink("socket:[1"), 0u);
  EXPECT_EQ(ParseSocketLink("pipe:[4711]"), 0u);
  EXPECT_EQ(ParseSocketLink("/tmp/socket:[1]"), 0u);
}

TEST(ParseStatusUser, TakesTheEffectiveOne) {
  std::uint32_t uid = 0;
  EXPECT_TRUE(ParseStatusUser("Name:\tx\nUid:\t1000\t33\t1000\t1000\n", uid));
  EXPECT_EQ(uid, 33u);
  EXPECT_FALSE(ParseStatusUser("Name:\tx\n", uid));
  EXPECT_FALSE(ParseStatusUser("Uid:\tx\n", uid));
}

}  // namespace
}  // namespace ecsward
