// What a scrape costs once everything has been allocated that will be.
#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <iostream>

#include "tests/unit/allocation_counter.h"
#include "tests/unit/exporters/prometheus/loopback.h"

namespace ecsward {
namespace {

constexpr int kScrapes = 100;
constexpr std::int64_t kTheQuestions = 3;  // see OfOneMore
constexpr int kSeries = 1500;              // some 60 KB of page

PrometheusOptions LongLived() {
  PrometheusOptions options;
  options.self_refresh = std::chrono::hours(1);  // collecting prometheus-cpp's registry allocates
  return options;
}

struct Cost {
  std::int64_t allocations = 0;
  double cpu_us = 0;
};

Cost Now(LoopbackServer& server) {
  Cost out;
  server.OnLoop([&] {
    out.allocations = static_cast<std::int64_t>(AllocationsOfThisThread());
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    out.cpu_us = static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
  });
  return out;
}

// The question costs too (Asio keeps the memory of the last operation for the next, and what the
// question leaves there is too small for a scrape), but no more for many scrapes than for one.
Cost OfOneMore(LoopbackServer& server, int more, const std::function<void(int)>& scrape) {
  const Cost a = Now(server);
  scrape(1);
  const Cost b = Now(server);
  scrape(1 + more);
  const Cost c = Now(server);
  return {(c.allocations - b.allocations) - (b.allocations - a.allocations),
          ((c.cpu_us - b.cpu_us) - (b.cpu_us - a.cpu_us)) / more};
}

void Scrape(LoopbackClient& client, const std::string& request, int times) {
  for (int i = 0; i < times; ++i) {
    ASSERT_TRUE(client.Send(request));
    ASSERT_TRUE(client.ReceiveResponse().starts_with("HTTP/1.1 200"));
  }
}

const char* const kRequestHeaders[] = {
    "Accept: text/plain\r\n", "Accept: text/plain\r\nAccept-Encoding: gzip\r\n",
    "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n"
    "User-Agent: Prometheus/2.42.0\r\nX-Prometheus-Scrape-Timeout-Seconds: 10\r\n"
    "Accept-Encoding: gzip\r\n"};

TEST(SteadyScrape, AllocatesNothing) {
  LoopbackServer server(LongLived());
  LoopbackClient client(server.port());
  for (const char* headers : kRequestHeaders) {
    const std::string request = Get("/metrics", headers);
    for (int tick = 0; tick < 4; ++tick) {  // both buffers of each form, and the parser's
      server.Tick(tick, kSeries);
      Scrape(client, request, 2);
    }
    const Cost cost = OfOneMore(server, kScrapes, [&](int n) { Scrape(client, request, n); });
    EXPECT_LT(cost.allocations, kTheQuestions) << headers;
    std::cout << "from the cache: " << cost.cpu_us << " us CPU a scrape\n";
  }
}

TEST(SteadyScrape, AllocatesNothingWhenEveryScrapeSeesANewTick) {
  LoopbackServer server(LongLived());
  LoopbackClient client(server.port());
  for (const char* headers : kRequestHeaders) {
    const std::string request = Get("/metrics", headers);
    int tick = 0;
    const auto ticks = [&](int times) {
      for (const int end = tick + times; tick < end; ++tick) {
        server.Tick(tick * 1.25, kSeries);
        Scrape(client, request, 1);
      }
    };
    ticks(10);
    const Cost cost = OfOneMore(server, kScrapes, ticks);
    EXPECT_LT(cost.allocations, kTheQuestions) << headers;
    std::cout << "a new page each: " << cost.cpu_us << " us CPU a scrape\n";
  }
}

}  // namespace
}  // namespace ecsward
