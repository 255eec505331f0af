// What the server tells about itself.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include "exporters/prometheus/router.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
template <class T>
class Family;
}  // namespace prometheus

namespace ecsward {

// Event-loop thread only. Counting what was counted before does not allocate.
class ServerMetrics {
 public:
  explicit ServerMetrics(prometheus::Registry& registry);

  void Answered(Handler handler, int status, std::size_t bytes);
  void Scraped(std::chrono::nanoseconds took);
  void SetConnections(std::size_t open);
  void RefusedByNetwork();  // allow_from
  void RefusedOverLimit();  // max_connections
  void TimedOut();
  void TlsHandshakeFailed();

 private:
  struct Status {
    int code = 0;
    prometheus::Counter* counter = nullptr;
  };
  // None of these is ever null or goes away: the registry owns them and outlives the server.
  prometheus::Family<prometheus::Counter>* requests_;
  std::array<std::array<Status, 10>, kHandlers> by_handler_{};
  prometheus::Histogram* scrape_seconds_;
  prometheus::Counter* response_bytes_;
  prometheus::Gauge* connections_;
  prometheus::Counter* refused_by_network_;
  prometheus::Counter* refused_over_limit_;
  prometheus::Counter* timed_out_;
  prometheus::Counter* tls_failed_;
};

}  // namespace ecsward
