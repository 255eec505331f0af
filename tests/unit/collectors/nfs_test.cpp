#include <gtest/gtest.h>

#include "collectors/rpc_stats.h"
#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseRpcStats, FindsNumbersByLineAndPlace) {
  RpcStats stats;
  ASSERT_TRUE(ParseRpcStats("net 70 1 69 45\nrpc 5\nth 8 0 0.000 1.5\n", stats));
  EXPECT_EQ(stats.Value("net", 3), 45);
  EXPECT_EQ(stats.Value("th", 3), 1.5);
  EXPECT_EQ(stats.Value("rpc", 1), 0) << "an older kernel's line is shorter";
  EXPECT_EQ(stats.Value("proc9", 0), 0);
}

TEST(ParseRpcStats, NamesTheBadLine) {
  RpcStats stats;
  EXPECT_NE(ParseRpcStats("net 1\nrpc 2 x\n", stats).error().message.find("line 2"),
            std::string::npos);
}

TEST(NfsCollector, NamesProceduresPerVersion) {
  HostFixture host;
  host.Write("proc/net/rpc/nfs",
             "net 3 1 2 1\nrpc 100 5 6\nproc3 22 0 11 12 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 13\n"
             "proc4 3 1 2 3\n");
  const auto samples = host.RunOnce("nfs");
  ASSERT_TRUE(samples) << samples.error().message;
  for (const std::string_view line :
       {"node_nfs_packets_total{protocol=\"tcp\"} 2\n", "node_nfs_rpc_retransmissions_total 5\n",
        "node_nfs_requests_total{proto=\"3\",method=\"GetAttr\"} 11\n",
        "node_nfs_requests_total{proto=\"3\",method=\"Commit\"} 13\n",
        "node_nfs_requests_total{proto=\"4\",method=\"Write\"} 3\n",
        "node_nfs_requests_total{proto=\"4\",method=\"Clone\"} 0\n"}) {
    EXPECT_NE(samples->find(line), std::string::npos) << line;
  }
  EXPECT_EQ(samples->find("proto=\"2\""), std::string::npos);
}

TEST(NfsdCollector, NamesOperationsByTheirNumber) {
  HostFixture host;
  host.Write(
      "proc/net/rpc/nfsd",
      "rc 1 2 3\nfh 4 0 0 0 0\nio 5 6\nth 8 0\nnet 9 1 8 7\nrpc 10 3 1 2 0\nproc4ops 40 "
      "0 0 0 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120 121 122 "
      "123 124 125 126 127 128 129 130 131 132 133 134 135 136 137 138 139\n"
      "wdeleg_getattr 16\n");
  const auto samples = host.RunOnce("nfsd");
  ASSERT_TRUE(samples) << samples.error().message;
  for (const std::string_view line :
       {"node_nfsd_reply_cache_misses_total 2\n", "node_nfsd_server_threads 8\n",
        "node_nfsd_read_ahead_cache_size_blocks 0\n",
        "node_nfsd_rpc_errors_total{error=\"auth\"} 2\n",
        "node_nfsd_requests_total{proto=\"4\",method=\"Access\"} 103\n",
        "node_nfsd_requests_total{proto=\"4\",method=\"Write\"} 138\n",
        "node_nfsd_requests_total{proto=\"4\",method=\"WdelegGetattr\"} 16\n"}) {
    EXPECT_NE(samples->find(line), std::string::npos) << line;
  }
}

TEST(NfsCollectors, AreNotOfferedWithoutNfs) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("nfs").error().code, ErrorCode::kNotSupported);
  EXPECT_EQ(host.RunOnce("nfsd").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
