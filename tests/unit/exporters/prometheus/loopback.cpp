#include "tests/unit/exporters/prometheus/loopback.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <libdeflate.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <mutex>
#include <thread>

#include "base/clock.h"

namespace ecsward {

LoopbackClient::LoopbackClient(std::uint16_t port, const char* address) {
  const bool v6 = std::string_view(address).find(':') != std::string_view::npos;
  fd_ = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{.tv_sec = 5, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_storage to{};
  socklen_t size = 0;
  if (v6) {
    auto* const in6 = reinterpret_cast<sockaddr_in6*>(&to);
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(port);
    inet_pton(AF_INET6, address, &in6->sin6_addr);
    size = sizeof *in6;
  } else {
    auto* const in = reinterpret_cast<sockaddr_in*>(&to);
    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    inet_pton(AF_INET, address, &in->sin_addr);
    size = sizeof *in;
  }
  connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&to), size) == 0;
}

LoopbackClient::~LoopbackClient() { close(fd_); }

bool LoopbackClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void LoopbackClient::FinishSending() { shutdown(fd_, SHUT_WR); }

bool LoopbackClient::Fill() {
  char some[65536];
  const ssize_t n = recv(fd_, some, sizeof some, 0);
  if (n > 0) pending_.append(some, static_cast<std::size_t>(n));
  if (n < 0 && errno == ECONNRESET) pending_ += "<reset>";
  return n > 0;
}

std::string LoopbackClient::ReceiveAll() {
  while (Fill()) {
  }
  return std::move(pending_);
}

std::string LoopbackClient::ReceiveResponse(bool head_only) {
  std::size_t head = std::string::npos;
  while ((head = pending_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return {};
  }
  std::size_t size = head + 4;
  if (!head_only) size += std::stoul(std::string(HeaderOf(pending_, "Content-Length")));
  while (pending_.size() < size) {
    if (!Fill()) return {};
  }
  std::string out = pending_.substr(0, size);
  pending_.erase(0, size);
  return out;
}

std::string Get(std::string_view target, std::string_view headers) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n";
}

std::string_view BodyOf(std::string_view response) {
  const auto at = response.find("\r\n\r\n");
  return at == std::string_view::npos ? std::string_view() : response.substr(at + 4);
}

std::string_view HeaderOf(std::string_view response, std::string_view name) {
  const std::string_view head = response.substr(0, response.find("\r\n\r\n") + 2);
  const auto at = head.find("\r\n" + std::string(name) + ": ");
  if (at == std::string_view::npos) return {};
  const auto begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::string Unpacked(std::string_view gzip) {
  std::string out(1 << 20, '\0');
  std::size_t size = 0;
  libdeflate_decompressor* const d = libdeflate_alloc_decompressor();
  const auto ok =
      libdeflate_gzip_decompress(d, gzip.data(), gzip.size(), out.data(), out.size(), &size);
  libdeflate_free_decompressor(d);
  if (ok != LIBDEFLATE_SUCCESS) return "<bad>";
  out.resize(size);
  return out;
}

std::string ModuleFolder() { return ECSWARD_MODULE_FOLDER; }

struct LoopbackServer::Parts {
  SystemClock clock;
  SeriesTable table;
  SeriesSet& set = table.AddSet();
  std::uint64_t tick = 0;
  SelfRegistry self;
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  std::unique_ptr<PrometheusServer> server;
  std::mutex mutex;  // guards warnings
  std::vector<std::string> warnings;
  std::thread thread;
};

LoopbackServer::LoopbackServer(PrometheusOptions options) : parts_(std::make_unique<Parts>()) {
  if (options.listen == PrometheusOptions().listen) options.listen = {"127.0.0.1:0"};
  options.module_folder = ModuleFolder();
  options.warn = [parts = parts_.get()](const std::string& message) {
    const std::lock_guard lock(parts->mutex);
    parts->warnings.push_back(message);
  };
  parts_->server = std::make_unique<PrometheusServer>(parts_->io, std::move(options), parts_->table,
                                                      parts_->clock, parts_->self);
  const auto ok = parts_->server->Start();
  EXPECT_TRUE(ok) << ok.error().message;
  if (ok) port_ = parts_->server->ports().front();
  parts_->thread = std::thread([parts = parts_.get()] { parts->io.run(); });
}

LoopbackServer::~LoopbackServer() {
  OnLoop([this] { parts_->server->Stop(); });
  parts_->work.reset();
  parts_->thread.join();
}

void LoopbackServer::Tick(double value, int more) {
  static constexpr Metric kGauge{"g", "A gauge.", MetricType::kGauge};
  static constexpr Metric kCounter{"c_total", "A counter.", MetricType::kCounter, "n"};
  parts_->set.BeginRun();
  Recorder to(parts_->set);
  to.Set(kGauge, value);
  for (int i = 0; i < more; ++i) to.Set(kCounter, {std::to_string(i)}, i % 3 == 0 ? value : i);
  parts_->set.EndRun();
  parts_->table.Publish(++parts_->tick, parts_->clock.Wall());
}

void LoopbackServer::OnLoop(const std::function<void()>& work) {
  std::promise<void> done;
  boost::asio::post(parts_->io, [&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

Result<void> LoopbackServer::Reload(PrometheusOptions options) {
  options.module_folder = ModuleFolder();
  Result<void> out;
  OnLoop([&] { out = parts_->server->Reload(std::move(options)); });
  return out;
}

std::vector<std::uint16_t> LoopbackServer::Ports() {
  std::vector<std::uint16_t> out;
  OnLoop([&] { out = parts_->server->ports(); });
  return out;
}

std::string LoopbackServer::SelfMetric(std::string_view series) {
  std::string text;
  OnLoop([&] {
    parts_->self.Refresh();
    text = "\n" + std::string(parts_->self.Text(PageFormat::kText));
  });
  const auto at = text.find("\n" + std::string(series) + " ");
  if (at == std::string::npos) return {};
  const auto begin = at + series.size() + 2;
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::vector<std::string> LoopbackServer::Warnings() {
  const std::lock_guard lock(parts_->mutex);
  return parts_->warnings;
}

}  // namespace ecsward
