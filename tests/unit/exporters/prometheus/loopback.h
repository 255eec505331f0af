// A server on a loopback port with its own event-loop thread, and a plain client to tease it with.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/prometheus/self_registry.h"
#include "exporters/prometheus/server.h"
#include "metrics/series_table.h"

namespace ecsward {

// One blocking connection to 127.0.0.1. Every wait ends after five seconds.
class LoopbackClient {
 public:
  explicit LoopbackClient(std::uint16_t port, const char* address = "127.0.0.1");
  ~LoopbackClient();
  LoopbackClient(const LoopbackClient&) = delete;
  LoopbackClient& operator=(const LoopbackClient&) = delete;

  bool connected() const { return connected_; }
  bool Send(std::string_view bytes);
  void FinishSending();
  // Until the other side closes (or resets, which shows as "<reset>" at the end).
  std::string ReceiveAll();
  // One response with its body, by its Content-Length; empty when the connection ends before.
  std::string ReceiveResponse(bool head_only = false);
  int fd() const { return fd_; }

 private:
  bool Fill();  // more into pending_

  int fd_ = -1;
  bool connected_ = false;
  std::string pending_;
};

// "GET /metrics" with its headers ("X: y\r\n").
std::string Get(std::string_view target, std::string_view headers = "");
// The body of a response, and a header's value ("" when absent).
std::string_view BodyOf(std::string_view response);
std::string_view HeaderOf(std::string_view response, std::string_view name);
// What gzip packed; "<bad>" when it did not.
std::string Unpacked(std::string_view gzip);

// Where the build put libecsward-websec.so.
std::string ModuleFolder();

class LoopbackServer {
 public:
  // Listens on 127.0.0.1, any port, whatever `options.listen` says unless it names other loopback
  // addresses. Fails the test when it does not start.
  explicit LoopbackServer(PrometheusOptions options = {});
  ~LoopbackServer();

  // Publishes a tick with one gauge "g" of this value, and `more` series of a counter.
  void Tick(double value, int more = 0);
  std::uint16_t port() const { return port_; }
  // On the event-loop thread, waiting for it.
  Result<void> Reload(PrometheusOptions options);
  std::vector<std::uint16_t> Ports();
  // The value of one of the server's own series: `ecsward_http_connections`.
  std::string SelfMetric(std::string_view series);
  // Runs work on the event-loop thread and waits.
  void OnLoop(const std::function<void()>& work);
  std::vector<std::string> Warnings();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::uint16_t port_ = 0;
};

}  // namespace ecsward
