#include "exporters/prometheus/server_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>

namespace ecsward {
namespace {

prometheus::Counter* Counter(prometheus::Registry& registry, const char* name, const char* help) {
  return &prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

ServerMetrics::ServerMetrics(prometheus::Registry& registry)
    : requests_(&prometheus::BuildCounter()
                     .Name("ecsward_http_requests_total")
                     .Help("Requests answered by the Prometheus endpoint.")
                     .Register(registry)),
      scrape_seconds_(
          &prometheus::BuildHistogram()
               .Name("ecsward_http_scrape_duration_seconds")
               .Help("Time from a parsed /metrics request to its last byte sent.")
               .Register(registry)
               .Add({}, prometheus::Histogram::BucketBoundaries{0.0001, 0.00025, 0.0005, 0.001,
                                                                0.0025, 0.01, 0.05, 0.25, 1})),
      response_bytes_(
          Counter(registry, "ecsward_http_response_bytes_total", "Bytes of response bodies sent.")),
      connections_(&prometheus::BuildGauge()
                        .Name("ecsward_http_connections")
                        .Help("Open connections of the Prometheus endpoint.")
                        .Register(registry)
                        .Add({})),
      timed_out_(Counter(registry, "ecsward_http_timeouts_total",
                         "Connections closed because the client was too slow or idle.")),
      tls_failed_(Counter(registry, "ecsward_http_tls_handshake_errors_total",
                          "TLS handshakes that failed.")) {
  auto& refused = prometheus::BuildCounter()
                      .Name("ecsward_http_refused_connections_total")
                      .Help(
                          "Connections refused: the client is not in allow_from, or there are "
                          "max_connections already.")
                      .Register(registry);
  refused_by_network_ = &refused.Add({{"reason", "allow_from"}});
  refused_over_limit_ = &refused.Add({{"reason", "max_connections"}});
}

void ServerMetrics::Answered(Handler handler, int status, std::size_t bytes) {
  response_bytes_->Increment(static_cast<double>(bytes));
  for (Status& known : by_handler_[static_cast<std::size_t>(handler)]) {
    if (known.counter == nullptr) {
      known.code = status;
      known.counter = &requests_->Add(
          {{"handler", std::string(ToString(handler))}, {"code", std::to_string(status)}});
    }
    if (known.code == status) return known.counter->Increment();
  }
}

void ServerMetrics::Scraped(std::chrono::nanoseconds took) {
  scrape_seconds_->Observe(std::chrono::duration<double>(took).count());
}

void ServerMetrics::SetConnections(std::size_t open) {
  connections_->Set(static_cast<double>(open));
}

void ServerMetrics::RefusedByNetwork() { refused_by_network_->Increment(); }
void ServerMetrics::RefusedOverLimit() { refused_over_limit_->Increment(); }
void ServerMetrics::TimedOut() { timed_out_->Increment(); }
void ServerMetrics::TlsHandshakeFailed() { tls_failed_->Increment(); }

}  // namespace ecsward
