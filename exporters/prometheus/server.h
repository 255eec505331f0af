// The Prometheus endpoint: /metrics, /-/healthy, /-/ready and a small index page.
//
//   SelfRegistry self;
//   PrometheusServer server(io, options, table, clock, self);
//   if (auto ok = server.Start(); !ok) …   // "exporters.prometheus.listen: 0.0.0.0:9100: Address
//   …" io.run();
//
// A scrape is answered with the last published tick, rendered once per tick and form however many
// clients ask. Nothing here waits for a collector. Everything runs on the thread that runs the
// io_context, except password checks, which take a tenth of a second each and have a thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace boost::asio {
class io_context;
}

namespace ecsward {

class SelfRegistry;
class SeriesTable;

struct PrometheusOptions {
  // "0.0.0.0:9100", "[::]:9100" (IPv6 only: name both for both), "127.0.0.1:0" (any free port).
  std::vector<std::string> listen = {"0.0.0.0:9100"};
  // Who is answered. Others are closed after accept, before a byte of theirs is read, so that a
  // forgotten security-group rule does not publish the host.
  std::vector<std::string> allow_from = DefaultAllowFrom();
  std::string web_config_file;  // Prometheus's web configuration (TLS, users); empty: plain HTTP

  std::size_t max_connections = 128;  // beyond: 503
  std::size_t max_header_bytes = std::size_t{16} << 10;
  std::size_t max_body_bytes = std::size_t{64} << 10;
  std::chrono::milliseconds header_timeout{10'000};  // TLS handshake and whole request
  std::chrono::milliseconds idle_timeout{60'000};    // between two requests
  std::chrono::milliseconds write_timeout{30'000};   // whole response
  // A last tick older than this answers 503: an old value must not look like a new one. Set it to
  // several collection intervals.
  std::chrono::milliseconds stale_after{30'000};
  std::chrono::milliseconds self_refresh{10'000};  // how often SelfRegistry is collected

  // Where libecsward-websec.so is looked for first; empty: next to the program and where it was
  // installed. It is needed, and loaded, only with TLS or users.
  std::string module_folder;

  // Told about what goes wrong later: an unreadable new certificate, a bad new web configuration.
  std::function<void(const std::string& message)> warn;

  // loopback, RFC 1918, link-local, 100.64/10 (Alibaba Cloud's own services), fc00::/7, fe80::/10.
  static std::vector<std::string> DefaultAllowFrom();
};

// Every mistake in `options` that can be seen without opening a port: addresses, networks, the web
// configuration file with the files it names. For `ecsward check`. Each is one line,
// `exporters.prometheus.allow_from[2]: message`.
std::vector<std::string> CheckPrometheusOptions(const PrometheusOptions& options);

// Event-loop thread only. Destroy it when nothing runs the io_context, or after Stop().
class PrometheusServer {
 public:
  // All four outlive the server; `self` gets the server's own metrics.
  PrometheusServer(boost::asio::io_context& io, PrometheusOptions options, const SeriesTable& table,
                   const Clock& clock, SelfRegistry& self);
  ~PrometheusServer();
  PrometheusServer(const PrometheusServer&) = delete;
  PrometheusServer& operator=(const PrometheusServer&) = delete;

  // Opens the ports. errors: an address in use or not ours, an unreadable or wrong web
  // configuration, certificate or key; nothing stays open then.
  Result<void> Start();

  // All or nothing: on an error the old options go on as if nothing had happened. Connections stay,
  // except that a new allow_from holds for new connections only.
  Result<void> Reload(PrometheusOptions options);

  // Closes ports and connections. A response half written is cut.
  void Stop();

  // The ports that are open, in the order of `listen`.
  std::vector<std::uint16_t> ports() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with the handlers that are still queued after Stop
};

}  // namespace ecsward
