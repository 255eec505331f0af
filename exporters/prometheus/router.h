// Which answer a request gets: a function of the request and of the last tick. Sockets are in
// server.cpp, pages in page_cache.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "exporters/prometheus/page_format.h"

namespace ecsward {

// Views into the connection's buffer: good until it reads on.
struct EndpointRequest {
  std::string_view method;
  std::string_view target;  // "/metrics?x=y"
  std::string_view accept;
  std::string_view accept_encoding;
  std::string_view authorization;
  bool keep_alive = true;
};

struct RouterState {
  std::optional<std::chrono::nanoseconds> last_tick_age;  // nothing: no tick yet
  std::chrono::nanoseconds stale_after{};
};

// What our own metrics call it.
enum class Handler : std::uint8_t { kMetrics, kHealthy, kReady, kIndex, kOther };
inline constexpr std::size_t kHandlers = 5;
std::string_view ToString(Handler handler);  // "metrics", …

struct EndpointResponse {
  int status = 200;
  Handler handler = Handler::kOther;
  std::string_view content_type = "text/plain; charset=utf-8";
  std::string_view fixed_body;  // a constant
  // A page of the cache instead of a body.
  bool is_page = false;
  PageFormat format = PageFormat::kText;
  PageEncoding encoding = PageEncoding::kIdentity;
  // A body made for this answer, when `small_size` is not 0.
  std::array<char, 64> small{};
  std::size_t small_size = 0;

  std::string_view body() const {
    return small_size > 0 ? std::string_view(small.data(), small_size) : fixed_body;
  }
};

EndpointResponse Route(const EndpointRequest& request, const RouterState& state);

// An answer that needs no request: 400, 401, 408, 413, 431, 503.
EndpointResponse ErrorResponse(int status);

// Writes the status line and headers up to, and without, the blank line that ends them: the caller
// sends headers of its own behind it. `date` is RFC 9110's, such as "Sun, 06 Nov 1994 08:49:37
// GMT". `out` has room for kMaxHead. Returns the length.
inline constexpr std::size_t kMaxHead = 512;
std::size_t WriteHead(const EndpointResponse& response, std::size_t content_length, bool keep_alive,
                      std::string_view date, char* out);

}  // namespace ecsward
