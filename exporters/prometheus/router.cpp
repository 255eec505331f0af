#include "exporters/prometheus/router.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "exporters/prometheus/negotiate.h"

namespace ecsward {
namespace {

constexpr std::string_view kTextType = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kOpenMetricsType =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

constexpr std::string_view kIndex = R"(<!DOCTYPE html>
<html lang="zh-CN"><meta charset="utf-8"><title>ecsward</title>
<h1>ecsward</h1>
<p>本机指标，供 Prometheus 抓取。 <span lang="en">This host's metrics, for Prometheus.</span></p>
<ul>
<li><a href="/metrics">/metrics</a></li>
<li><a href="/-/healthy">/-/healthy</a></li>
<li><a href="/-/ready">/-/ready</a></li>
</ul>
</html>
)";

// "http://host/path?query" and "/path?query" → "/path".
std::string_view PathOf(std::string_view target) {
  if (!target.starts_with('/')) {
    const auto scheme = target.find("://");
    if (scheme == std::string_view::npos) return {};
    target.remove_prefix(scheme + 3);
    const auto slash = target.find('/');
    if (slash == std::string_view::npos) return "/";
    target.remove_prefix(slash);
  }
  return target.substr(0, target.find('?'));
}

Handler HandlerOf(std::string_view path) {
  if (path == "/metrics") return Handler::kMetrics;
  if (path == "/-/healthy") return Handler::kHealthy;
  if (path == "/-/ready") return Handler::kReady;
  if (path == "/") return Handler::kIndex;
  return Handler::kOther;
}

// 503 with the reason, when there is nothing fit to show.
bool NotReady(const RouterState& state, EndpointResponse& out) {
  if (!state.last_tick_age) {
    out.status = 503;
    out.fixed_body = "no collection has finished yet\n";
    return true;
  }
  if (*state.last_tick_age <= state.stale_after) return false;
  out.status = 503;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*state.last_tick_age);
  constexpr std::string_view kBefore = "the last collection was ", kAfter = " s ago\n";
  char* to = std::copy(kBefore.begin(), kBefore.end(), out.small.data());
  to = std::to_chars(to, out.small.data() + out.small.size() - kAfter.size(), seconds.count()).ptr;
  to = std::copy(kAfter.begin(), kAfter.end(), to);
  out.small_size = static_cast<std::size_t>(to - out.small.data());
  return true;
}

std::string_view Reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Service Unavailable";
  }
}

}  // namespace

std::string_view ToString(Handler handler) {
  constexpr std::array<std::string_view, kHandlers> kNames = {"metrics", "healthy", "ready",
                                                              "index", "other"};
  return kNames[static_cast<std::size_t>(handler)];
}

EndpointResponse Route(const EndpointRequest& request, const RouterState& state) {
  EndpointResponse out;
  out.handler = HandlerOf(PathOf(request.target));
  if (request.method != "GET" && request.method != "HEAD") {
    out.status = 405;
    out.fixed_body = "only GET and HEAD\n";
    return out;
  }
  switch (out.handler) {
    case Handler::kMetrics:
      if (NotReady(state, out)) break;
      out.is_page = true;
      out.format = ParseAccept(request.accept);
      out.encoding = ParseAcceptEncoding(request.accept_encoding);
      out.content_type = out.format == PageFormat::kText ? kTextType : kOpenMetricsType;
      break;
    case Handler::kHealthy:
      out.fixed_body = "ok\n";
      break;
    case Handler::kReady:
      if (!NotReady(state, out)) out.fixed_body = "ok\n";
      break;
    case Handler::kIndex:
      out.content_type = "text/html; charset=utf-8";
      out.fixed_body = kIndex;
      break;
    case Handler::kOther:
      out.status = 404;
      out.fixed_body = "not found; metrics are at /metrics\n";
      break;
  }
  return out;
}

EndpointResponse ErrorResponse(int status) {
  EndpointResponse out;
  out.status = status;
  switch (status) {
    case 400:
      out.fixed_body = "not an HTTP/1.x request\n";
      break;
    case 401:
      out.fixed_body = "a user and a password are needed\n";
      break;
    case 408:
      out.fixed_body = "the request took too long\n";
      break;
    case 413:
      out.fixed_body = "the request's body is too large\n";
      break;
    case 431:
      out.fixed_body = "the request's headers are too large\n";
      break;
    default:
      out.fixed_body = "busy; try again\n";
      break;
  }
  return out;
}

std::size_t WriteHead(const EndpointResponse& response, std::size_t content_length, bool keep_alive,
                      std::string_view date, char* out) {
  char* to = out;
  const auto put = [&to](std::string_view text) {
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    to += text.size();
  };
  const auto number = [&to](std::size_t value) { to = std::to_chars(to, to + 20, value).ptr; };
  put("HTTP/1.1 ");
  number(static_cast<std::size_t>(response.status));
  put(" ");
  put(Reason(response.status));
  put("\r\nContent-Type: ");
  put(response.content_type);
  put("\r\nContent-Length: ");
  number(content_length);
  put("\r\nDate: ");
  put(date);
  if (response.is_page) {
    if (response.encoding == PageEncoding::kGzip) put("\r\nContent-Encoding: gzip");
    put("\r\nVary: Accept, Accept-Encoding");
  }
  if (response.status == 405) put("\r\nAllow: GET, HEAD");
  if (response.status == 401) put("\r\nWWW-Authenticate: Basic realm=\"ecsward\"");
  put(keep_alive ? "\r\nConnection: keep-alive\r\n" : "\r\nConnection: close\r\n");
  return static_cast<std::size_t>(to - out);
}

}  // namespace ecsward
