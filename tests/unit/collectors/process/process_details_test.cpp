#include "collectors/process/process_details.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/unit/collectors/process/process_host.h"

namespace ecsward {
namespace {

TEST(ParseProcessIoLines, TakesBackWhatWasCancelled) {
  ProcessIo io;
  ASSERT_TRUE(ParseProcessIoLines(
      "rchar: 9\nwchar: 9\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 4096\n",
      io));
  EXPECT_EQ(io.read_bytes, 4096u);
  EXPECT_EQ(io.written_bytes, 4096u);
  ASSERT_TRUE(ParseProcessIoLines("read_bytes: 1\nwrite_bytes: 2\ncancelled_write_bytes: 3\n", io));
  EXPECT_EQ(io.written_bytes, 0u);
  EXPECT_FALSE(ParseProcessIoLines("read_bytes: 1\n", io));
  EXPECT_FALSE(ParseProcessIoLines("read_bytes: x\nwrite_bytes: 2\n", io));
}

TEST(ParsePss, FindsTheSum) {
  std::uint64_t bytes = 0;
  ASSERT_TRUE(
      ParsePss("55d0-7ffd ---p 00000000 00:00 0 [rollup]\nRss: 900 kB\nPss:     100 kB\n"
               "Pss_Anon: 7 kB\n",
               bytes));
  EXPECT_EQ(bytes, 102'400u);
  EXPECT_FALSE(ParsePss("Rss: 900 kB\nPss_Anon: 7 kB\n", bytes));
  EXPECT_FALSE(ParsePss("Pss: many\n", bytes));
}

TEST(ProcessDetails, StopsCountingAMillionDescriptors) {
  ProcessHost host;
  for (int fd = 0; fd < 500; ++fd) host.Write("proc/5/fd/" + std::to_string(fd), "");
  host.Write("proc/6/fd/0", "");
  ProcessDetails details(host.Env().root, 100);
  std::size_t budget = details.max_entries();
  std::uint64_t count = 0;
  EXPECT_EQ(details.CountFds(6, budget, count), 0);
  EXPECT_EQ(count, 1u);
  EXPECT_EQ(budget, 99u);
  EXPECT_EQ(details.CountFds(5, budget, count), ENOBUFS);
  EXPECT_EQ(count, 99u);
  EXPECT_EQ(budget, 0u);
  EXPECT_EQ(details.CountFds(7, budget, count), ENOENT);
}

TEST(ProcessDetails, TellsWhoAProcessIs) {
  ProcessHost host;
  host.Put({.pid = 5, .name = "nginx"});
  host.Link("proc/5/exe", "/usr/sbin/nginx (deleted)");
  host.Cgroup(5, "/system.slice/nginx.service");
  host.Write("proc/5/cmdline", std::string("nginx\0-g\0daemon off;\0", 22));
  ProcessDetails details(host.Env().root);
  const ProcessIdentity identity = details.Identify(5, true);
  EXPECT_EQ(identity.executable, "/usr/sbin/nginx");
  EXPECT_EQ(identity.cmdline, "nginx -g daemon off;");
  EXPECT_EQ(identity.cgroup, "0::/system.slice/nginx.service\n");
  EXPECT_TRUE(identity.has_uid);
  EXPECT_EQ(details.Identify(5, false).cmdline, "");
  EXPECT_FALSE(details.Identify(99, true).has_uid);
}

TEST(ProcessDetails, SaysWhatAProcessWaitsOn) {
  ProcessHost host;
  host.Write("proc/5/wchan", "io_schedule");
  host.Write("proc/6/wchan", "0");
  ProcessDetails details(host.Env().root);
  EXPECT_EQ(details.WaitChannel(5), "io_schedule");
  EXPECT_EQ(details.WaitChannel(6), "unknown");
  EXPECT_EQ(details.WaitChannel(7), "unknown");
}

}  // namespace
}  // namespace ecsward
