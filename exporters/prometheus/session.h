// One connection of the Prometheus endpoint. Private to the server: this header brings Asio.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "exporters/prometheus/page_cache.h"
#include "exporters/prometheus/request_reader.h"
#include "exporters/prometheus/server.h"
#include "exporters/prometheus/server_metrics.h"
#include "exporters/prometheus/web_guard.h"

namespace ecsward {

class Session;

// What the sessions share. Lives as long as the last of them.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  virtual const PrometheusOptions& options() const = 0;
  virtual MonoTime Now() const = 0;
  virtual WebGuard& guard() = 0;
  virtual ServerMetrics& metrics() = 0;
  // The answer to an allowed request; `page` is set where it is a page.
  virtual EndpointResponse Answer(const EndpointRequest& request, PageRef& page) = 0;
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  virtual std::string_view Date() = 0;
  virtual void Forget(Session& session) = 0;  // drops its reference
};

// A state machine that runs as far as the socket lets it and then waits for the socket, so that
// plain and TLS connections are one code, pipelined requests are answered one by one in their
// order, and a quick client costs one wait per request. Every state has a deadline.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<SessionHost> host, boost::asio::ip::tcp::socket socket);
  void Start();
  // Closes it when its deadline has passed.
  void Sweep(MonoTime now);
  void Close();

 private:
  enum class Phase : std::uint8_t {
    kHandshake,
    kReading,
    kChecking,  // the password; somebody else will call Run
    kWriting,
    kLingering,  // answered for the last time: the client reads, we read away what it still sends
    kClosed,
  };
  // What a step of the machine comes to.
  enum class Next : std::uint8_t { kGoOn, kStop };

  void Run();
  Next Handshake();
  Next ReadOn();
  Next WriteOn();
  Next LingerOn();
  Next WaitFor(IoStatus status);  // kWantRead, kWantWrite; closes on anything else
  void OnRequest();
  void Reply();
  void Send(const EndpointResponse& response, PageRef page, bool keep_alive, bool head_only);
  void AfterReply();
  IoResult Read(char* out, std::size_t size);
  IoResult Write();

  std::shared_ptr<SessionHost> host_;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<TlsConnection> tls_;  // null: plain
  RequestReader reader_;
  Phase phase_ = Phase::kReading;
  bool keep_alive_ = true;
  bool begun_ = true;  // a request's time is running; for the first one from the accept on
  MonoTime deadline_;

  std::string head_;  // status line and headers, and small bodies behind them
  PageRef page_;      // the body, when it is a page
  std::size_t sent_ = 0, to_send_ = 0;
  bool scraping_ = false;
  MonoTime request_time_;
};

}  // namespace ecsward
