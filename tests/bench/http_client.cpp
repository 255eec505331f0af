#include "tests/bench/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>

namespace ecsward::bench {
namespace {

// The value of a header, or empty. Names as servers write them: the two that matter here are spelt
// the same by all of ours.
std::string_view Header(std::string_view head, std::string_view name) {
  const auto at = head.find(name);
  if (at == std::string_view::npos) return {};
  const auto begin = at + name.size();
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

bool ParseSize(std::string_view text, std::size_t& out, int base) {
  return std::from_chars(text.data(), text.data() + text.size(), out, base).ec == std::errc();
}

}  // namespace

HttpClient::HttpClient(int port, bool gzip)
    : port_(port),
      request_(
          "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n"
          "Accept: text/plain;version=0.0.4\r\n"),
      buffer_(std::size_t{4} << 20) {
  if (gzip) request_ += "Accept-Encoding: gzip\r\n";
  request_ += "\r\n";
}

HttpClient::~HttpClient() {
  if (socket_ >= 0) close(socket_);
}

bool HttpClient::Connect() {
  if (socket_ >= 0) close(socket_);
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port_));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // The sockets API wants this cast.
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (connect(socket_, generic, sizeof(address)) != 0) return false;
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return true;
}

bool HttpClient::Fill() {
  if (used_ == buffer_.size()) return false;
  const ssize_t n = recv(socket_, buffer_.data() + used_, buffer_.size() - used_, 0);
  if (n <= 0) return false;
  used_ += static_cast<std::size_t>(n);
  return true;
}

std::size_t HttpClient::Get() {
  if (send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request_.size())) {
    return 0;
  }
  used_ = 0;
  std::size_t head_end = std::string_view::npos;
  while (head_end == std::string_view::npos) {
    if (!Fill()) return 0;
    head_end = std::string_view(buffer_.data(), used_).find("\r\n\r\n");
  }
  const std::string head(buffer_.data(), head_end + 2);
  body_begin_ = head_end + 4;
  if (!head.starts_with("HTTP/1.1 200")) return 0;

  std::size_t size = 0;
  chunked_ = !ParseSize(Header(head, "Content-Length: "), size, 10);
  if (!chunked_) {
    while (used_ < body_begin_ + size) {
      if (!Fill()) return 0;
    }
    return size;
  }
  // Chunks: a line with the size in hexadecimal, so many bytes, an empty line; the last is of size
  // 0.
  std::size_t at = body_begin_, total = 0;
  for (;;) {
    std::size_t line_end = std::string_view::npos;
    while ((line_end = std::string_view(buffer_.data(), used_).find("\r\n", at)) ==
           std::string_view::npos) {
      if (!Fill()) return 0;
    }
    std::size_t chunk = 0;
    if (!ParseSize(std::string_view(buffer_.data() + at, line_end - at), chunk, 16)) return 0;
    at = line_end + 2 + chunk + 2;
    while (used_ < at) {
      if (!Fill()) return 0;
    }
    if (chunk == 0) return total;
    total += chunk;
  }
}

std::string HttpClient::Body() const {
  if (!chunked_) return std::string(buffer_.data() + body_begin_, used_ - body_begin_);
  std::string body;
  std::size_t at = body_begin_;
  for (;;) {
    const std::string_view all(buffer_.data(), used_);
    const auto line_end = all.find("\r\n", at);
    std::size_t chunk = 0;
    ParseSize(all.substr(at, line_end - at), chunk, 16);
    if (chunk == 0) return body;
    body.append(all.substr(line_end + 2, chunk));
    at = line_end + 2 + chunk + 2;
  }
}

}  // namespace ecsward::bench
