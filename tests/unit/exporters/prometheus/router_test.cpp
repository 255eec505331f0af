#include "exporters/prometheus/router.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

using std::chrono::seconds;

constexpr RouterState kFresh{.last_tick_age = seconds(1), .stale_after = seconds(30)};

EndpointRequest Get(std::string_view target) {
  EndpointRequest out;
  out.method = "GET";
  out.target = target;
  return out;
}

TEST(Route, AnswersEachPath) {
  EXPECT_TRUE(Route(Get("/metrics"), kFresh).is_page);
  EXPECT_TRUE(Route(Get("/metrics?collect[]=cpu"), kFresh).is_page);
  EXPECT_TRUE(Route(Get("http://host:9100/metrics"), kFresh).is_page);
  EXPECT_EQ(Route(Get("/-/healthy"), kFresh).body(), "ok\n");
  EXPECT_EQ(Route(Get("/-/ready"), kFresh).body(), "ok\n");
  EXPECT_NE(Route(Get("/"), kFresh).body().find("href=\"/metrics\""), std::string_view::npos);
  for (const char* nowhere : {"/metrics/", "/x", "*", "", "metrics", "http://"}) {
    EXPECT_EQ(Route(Get(nowhere), kFresh).status,
              nowhere == std::string_view("http://") ? 200 : 404)
        << nowhere;
  }
}

TEST(Route, IsNotReadyBeforeTheFirstTick) {
  const RouterState none{.last_tick_age = std::nullopt, .stale_after = seconds(30)};
  EXPECT_EQ(Route(Get("/-/ready"), none).status, 503);
  EXPECT_EQ(Route(Get("/metrics"), none).status, 503);
  EXPECT_EQ(Route(Get("/-/healthy"), none).status, 200);
}

TEST(Route, SaysHowOldTheLastTickIsWhenItIsTooOld) {
  const RouterState old{.last_tick_age = seconds(42), .stale_after = seconds(30)};
  EXPECT_EQ(Route(Get("/-/ready"), old).status, 503);
  EXPECT_EQ(Route(Get("/metrics"), old).body(), "the last collection was 42 s ago\n");
  const RouterState ancient{.last_tick_age = std::chrono::nanoseconds::max(), .stale_after = {}};
  EXPECT_EQ(Route(Get("/-/ready"), ancient).status, 503);
}

TEST(Route, AllowsOnlyGetAndHead) {
  EndpointRequest post = Get("/metrics");
  post.method = "POST";
  const EndpointResponse response = Route(post, kFresh);
  EXPECT_EQ(response.status, 405);
  char head[kMaxHead];
  const std::string_view text(head, WriteHead(response, 18, true, "D", head));
  EXPECT_NE(text.find("\r\nAllow: GET, HEAD\r\n"), std::string_view::npos);
}

TEST(WriteHead, IsAResponseHead) {
  EndpointRequest request = Get("/metrics");
  request.accept_encoding = "gzip";
  request.accept = "application/openmetrics-text";
  char head[kMaxHead];
  const std::size_t size = WriteHead(Route(request, kFresh), 123, true, "now", head);
  EXPECT_EQ(std::string_view(head, size),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"
            "Content-Length: 123\r\nDate: now\r\nContent-Encoding: gzip\r\n"
            "Vary: Accept, Accept-Encoding\r\nConnection: keep-alive\r\n");
}

}  // namespace
}  // namespace ecsward
