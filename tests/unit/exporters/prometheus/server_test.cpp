#include "exporters/prometheus/server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>

#include "tests/unit/exporters/prometheus/loopback.h"

namespace ecsward {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view kOneGauge = "# HELP g A gauge.\n# TYPE g gauge\ng 1\n";

TEST(PrometheusServer, AnswersAScrape) {
  LoopbackServer server;
  server.Tick(1);
  LoopbackClient client(server.port());
  ASSERT_TRUE(client.Send(Get("/metrics")));
  const std::string response = client.ReceiveResponse();
  EXPECT_TRUE(response.starts_with("HTTP/1.1 200 OK\r\n")) << response;
  EXPECT_EQ(HeaderOf(response, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_TRUE(BodyOf(response).starts_with(kOneGauge));
  EXPECT_NE(BodyOf(response).find("\necsward_http_connections 1\n"), std::string_view::npos);
}

TEST(PrometheusServer, IsNotReadyBeforeTheFirstTickAndHealthyAlways) {
  LoopbackServer server;
  LoopbackClient client(server.port());
  ASSERT_TRUE(client.Send(Get("/-/ready") + Get("/-/healthy") + Get("/metrics")));
  EXPECT_TRUE(client.ReceiveResponse().starts_with("HTTP/1.1 503"));
  EXPECT_TRUE(client.ReceiveResponse().starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(client.ReceiveResponse().starts_with("HTTP/1.1 503"));
  server.Tick(1);
  ASSERT_TRUE(client.Send(Get("/-/ready")));
  EXPECT_TRUE(client.ReceiveResponse().starts_with("HTTP/1.1 200"));
}

TEST(PrometheusServer, AnswersThePackedPage) {
  LoopbackServer server;
  server.Tick(1);
  LoopbackClient client(server.port());
  ASSERT_TRUE(client.Send(
      Get("/metrics", "Accept-Encoding: gzip\r\nAccept: application/openmetrics-text\r\n")));
  const std::string response = client.ReceiveResponse();
  EXPECT_EQ(HeaderOf(response, "Content-Encoding"), "gzip");
  const std::string page = Unpacked(BodyOf(response));
  EXPECT_TRUE(page.starts_with("# HELP g A gauge.\n# TYPE g gauge\ng 1.0\n")) << page;
  EXPECT_TRUE(page.ends_with("\n# EOF\n"));
}

TEST(PrometheusServer, AnswersPipelinedRequestsInTheirOrder) {
  LoopbackServer server;
  server.Tick(1);
  LoopbackClient client(server.port());
  ASSERT_TRUE(client.Send("\r\n" + Get("/-/healthy") + Get("/metrics") + Get("/nowhere")));
  EXPECT_EQ(BodyOf(client.ReceiveResponse()), "ok\n");
  EXPECT_TRUE(BodyOf(client.ReceiveResponse()).starts_with(kOneGauge));
  EXPECT_TRUE(client.ReceiveResponse().starts_with("HTTP/1.1 404"));
}

TEST(PrometheusServer, ServesAPipeFullOfRequests) {
  LoopbackServer server;
  server.Tick(1);
  LoopbackClient client(server.port());
  std::string many;
  for (int i = 0; i < 1000; ++i) many += Get("/-/healthy");
  ASSERT_TRUE(client.Send(many));
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(BodyOf(client.ReceiveResponse()), "ok\n") << i;
}

TEST(PrometheusServer, ReadsARequestByteByByte) {
  LoopbackServer server;
  server.Tick(1);
  LoopbackClient client(server.port());
  for (const char c : Get("/-/healthy")) ASSERT_TRUE(client.Send({&c, 1}));
  EXPECT_EQ(BodyOf(client.ReceiveResponse()), "ok\n");
}

TEST(PrometheusServer, SendsNoBodyForHead) {
  LoopbackServer server;
  server.Tick(1);
  LoopbackClient client(server.port());
  ASSERT_TRUE(client.Send("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n"));
  const std::string head = client.ReceiveResponse(true);
  EXPECT_GT(std::stoi(std::string(HeaderOf(head, "Content-Length"))), 30);
  ASSERT_TRUE(client.Send(Get("/-/healthy")));
  EXPECT_EQ(BodyOf(client.ReceiveResponse()), "ok\n");
}

TEST(PrometheusServer, ReadsAndForgetsABody) {
  LoopbackServer server;
  LoopbackClient client(server.port());
  const std::string body(60'000, 'x');
  ASSERT_TRUE(client.Send(Get("/-/healthy", "Content-Length: 60000\r\n") + body));
  EXPECT_EQ(BodyOf(client.ReceiveResponse()), "ok\n");
  ASSERT_TRUE(
      client.Send("POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "5\r\nhello\r\n0\r\n\r\n" +
                  Get("/-/healthy")));
  EXPECT_TRUE(client.ReceiveResponse().starts_with("HTTP/1.1 405"));
  EXPECT_EQ(BodyOf(client.ReceiveResponse()), "ok\n");
}

struct BadRequest {
  const char* name;
  std::string bytes;
  int status;
};

TEST(PrometheusServer, RefusesBadRequestsAndCloses) {
  LoopbackServer server;
  const std::string long_header = "X: " + std::string(17'000, 'x') + "\r\n";
  const BadRequest requests[] = {
      {"garbage", "\x16\x03\x01\x02hello\r\n\r\n", 400},
      {"no version", "GET /\r\n\r\n", 400},
      {"http 2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"header too large", Get("/-/healthy", long_header), 431},
      {"header without end", "GET / HTTP/1.1\r\n" + long_header, 431},
      {"body too large", Get("/-/healthy", "Content-Length: 65537\r\n"), 413},
      {"endless chunks",
       Get("/-/healthy", "Transfer-Encoding: chunked\r\n") + "fffff\r\n" + std::string(70'000, 'x'),
       413},
      {"two lengths", Get("/", "Content-Length: 1\r\nContent-Length: 2\r\n") + "xx", 400},
  };
  for (const BadRequest& request : requests) {
    LoopbackClient client(server.port());
    client.Send(request.bytes);
    const std::string response = client.ReceiveResponse();
    EXPECT_TRUE(response.starts_with("HTTP/1.1 " + std::to_string(request.status)))
        << request.name << ": " << response;
    EXPECT_EQ(HeaderOf(response, "Connection"), "close") << request.name;
    EXPECT_EQ(client.ReceiveAll(), "") << request.name;
  }
}

TEST(PrometheusServer, ClosesWhenTheClientWantsItTo) {
  LoopbackServer server;
  for (const std::string& request : {Get("/-/healthy", "Connection: close\r\n"),
                                     std::string("GET /-/healthy HTTP/1.0\r\n\r\n")}) {
    LoopbackClient client(server.port());
    ASSERT_TRUE(client.Send(request));
    EXPECT_EQ(BodyOf(client.ReceiveAll()), "ok\n");
  }
}

TEST(PrometheusServer, CutsOffSlowAndIdleClients) {
  PrometheusOptions options;
  options.header_timeout = milliseconds(60);
  options.idle_timeout = milliseconds(120);
  LoopbackServer server(options);
  LoopbackClient silent(server.port());
  LoopbackClient slow(server.port());
  LoopbackClient idle(server.port());
  ASSERT_TRUE(slow.Send("GET /-/healthy HTT"));
  ASSERT_TRUE(idle.Send(Get("/-/healthy")));
  EXPECT_EQ(BodyOf(idle.ReceiveResponse()), "ok\n");
  EXPECT_EQ(silent.ReceiveAll(), "");
  EXPECT_TRUE(slow.ReceiveAll().starts_with("HTTP/1.1 408"));
  EXPECT_EQ(idle.ReceiveAll(), "");
  EXPECT_EQ(server.SelfMetric("ecsward_http_timeouts_total"), "3");
}

TEST(PrometheusServer, RenewsItsOwnNumbersBesideTheScrapes) {
  PrometheusOptions options;
  options.self_refresh = milliseconds(10);
  LoopbackServer server(options);
  server.Tick(1);
  LoopbackClient client(server.port());
  const auto scrape = [&] {
    EXPECT_TRUE(client.Send(Get("/metrics")));
    return client.ReceiveResponse();
  };
  EXPECT_NE(scrape().find("\necsward_http_connections 1\n"), std::string::npos);
  const LoopbackClient other(server.port());
  const auto begin = steady_clock::now();
  while (scrape().find("\necsward_http_connections 2\n") == std::string::npos) {
    ASSERT_LT(steady_clock::now() - begin, std::chrono::seconds(30));
  }
}

TEST(PrometheusServer, CutsOffAClientThatDoesNotRead) {
  PrometheusOptions options;
  options.write_timeout = milliseconds(100);
  LoopbackServer server(options);
  server.Tick(1, 5000);
  LoopbackClient client(server.port());
  const int small = 4096;
  setsockopt(client.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  std::string many;
  for (int i = 0; i < 100; ++i) many += Get("/metrics");
  ASSERT_TRUE(client.Send(many));
  const auto begin = steady_clock::now();
  while (server.SelfMetric("ecsward_http_timeouts_total") != "1") {
    ASSERT_LT(steady_clock::now() - begin, std::chrono::seconds(5));
  }
  EXPECT_EQ(server.SelfMetric("ecsward_http_connections"), "0");
}

TEST(PrometheusServer, TurnsAwayConnectionsBeyondTheLimit) {
  PrometheusOptions options;
  options.max_connections = 2;
  LoopbackServer server(options);
  LoopbackClient one(server.port());
  LoopbackClient two(server.port());
  ASSERT_TRUE(one.Send(Get("/-/healthy")));
  ASSERT_TRUE(two.Send(Get("/-/healthy")));
  EXPECT_EQ(BodyOf(one.ReceiveResponse()), "ok\n");
  EXPECT_EQ(BodyOf(two.ReceiveResponse()), "ok\n");
  LoopbackClient three(server.port());
  const std::string response = three.ReceiveAll();
  EXPECT_TRUE(response.starts_with("HTTP/1.1 503")) << response;
  EXPECT_EQ(HeaderOf(response, "Connection"), "close");
  EXPECT_EQ(server.SelfMetric("ecsward_http_refused_connections_total{reason=\"max_connections\"}"),
            "1");
  ASSERT_TRUE(one.Send(Get("/-/healthy")));
  EXPECT_EQ(BodyOf(one.ReceiveResponse()), "ok\n");
}

TEST(PrometheusServer, DropsClientsThatAreNotAllowedWithoutAWord) {
  PrometheusOptions options;
  options.allow_from = {"10.0.0.0/8"};
  LoopbackServer server(options);
  LoopbackClient client(server.port());
  client.Send(Get("/-/healthy"));
  const std::string nothing = client.ReceiveAll();
  EXPECT_TRUE(nothing.empty() || nothing == "<reset>") << nothing;
  EXPECT_EQ(server.SelfMetric("ecsward_http_refused_connections_total{reason=\"allow_from\"}"),
            "1");
}

TEST(PrometheusServer, ListensOnBothFamiliesSideBySide) {
  PrometheusOptions options;
  options.listen = {"127.0.0.1:0"};
  LoopbackServer server(options);
  const std::string port = std::to_string(server.port());
  options.listen = {"127.0.0.1:0", "[::]:" + port};
  const auto ok = server.Reload(options);
  if (!ok && ok.error().message.find("Address family") != std::string::npos) {
    GTEST_SKIP() << "this host has no IPv6";
  }
  ASSERT_TRUE(ok) << ok.error().message;
  ASSERT_EQ(server.Ports(), (std::vector<std::uint16_t>{server.port(), server.port()}));
  LoopbackClient v6(server.port(), "::1");
  if (!v6.connected()) GTEST_SKIP() << "this host has no ::1";
  ASSERT_TRUE(v6.Send(Get("/-/healthy")));
  EXPECT_EQ(BodyOf(v6.ReceiveResponse()), "ok\n");
}

TEST(PrometheusServer, ReloadsAllOrNothing) {
  LoopbackServer server;
  LoopbackServer other;
  PrometheusOptions options;
  options.max_connections = 1;
  options.listen = {"127.0.0.1:0", "127.0.0.1:" + std::to_string(other.port())};
  auto ok = server.Reload(options);
  ASSERT_FALSE(ok);
  EXPECT_NE(ok.error().message.find("Address already in use"), std::string::npos)
      << ok.error().message;
  EXPECT_EQ(server.Ports(), std::vector<std::uint16_t>{server.port()});
  options.listen = {"nonsense"};
  options.allow_from = {"10.0.0.1/8"};
  ok = server.Reload(options);
  ASSERT_FALSE(ok);
  EXPECT_EQ(std::count(ok.error().message.begin(), ok.error().message.end(), '\n'), 1)
      << ok.error().message;
  LoopbackClient one(server.port());
  LoopbackClient two(server.port());
  ASSERT_TRUE(two.Send(Get("/-/healthy")));
  EXPECT_EQ(BodyOf(two.ReceiveResponse()), "ok\n");
}

TEST(PrometheusServer, MovesFromOneAddressOfAPortToAnother) {
  LoopbackServer server;
  const std::string port = std::to_string(server.port());
  PrometheusOptions options;
  options.listen = {"127.0.0.1:" + port};
  ASSERT_TRUE(server.Reload(options));
  options.listen = {"0.0.0.0:" + port};
  const auto ok = server.Reload(options);
  ASSERT_TRUE(ok) << ok.error().message;
  LoopbackClient client(server.port(), "127.0.0.2");
  ASSERT_TRUE(client.Send(Get("/-/healthy")));
  EXPECT_EQ(BodyOf(client.ReceiveResponse()), "ok\n");
}

TEST(PrometheusServer, SaysWhichPortIsInUse) {
  LoopbackServer server;
  PrometheusOptions options;
  const std::string address = "127.0.0.1:" + std::to_string(server.port());
  options.listen = {address};
  LoopbackServer other;
  const auto ok = other.Reload(options);
  ASSERT_FALSE(ok);
  EXPECT_EQ(ok.error().message,
            "exporters.prometheus.listen: " + address + ": Address already in use");
}

}  // namespace
}  // namespace ecsward
