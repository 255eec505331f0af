#include "base/net/http.h"

#include <strings.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>

#include "base/net/failure.h"

namespace ecsward {
namespace {

// Of all headers that come, interim answers included.
constexpr std::size_t kMaxHeaderBytes = std::size_t{64} << 10;

struct HttpExchange {
  explicit HttpExchange(const HttpRequest& request)
      : max_answer_bytes(request.max_answer_bytes), transfer(request.ca_file) {}

  std::size_t max_answer_bytes;
  HttpResponse answer;
  std::size_t header_bytes = 0;
  CurlList headers;
  Transfer transfer;  // the last: see End()
};

std::string_view Trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// One line with its end. Returning less than its size ends the transfer.
std::size_t OnHttpHeader(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<HttpExchange*>(user);
  const std::string_view line(data, size * count);
  exchange.header_bytes += line.size();
  if (exchange.header_bytes > kMaxHeaderBytes) {
    exchange.answer.cut = true;
    return 0;
  }
  const auto colon = line.find(':');
  if (line.starts_with("HTTP/")) {
    exchange.answer.headers.clear();  // an interim answer's
  } else if (colon != std::string_view::npos) {
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    exchange.answer.headers.emplace_back(std::move(name), Trimmed(line.substr(colon + 1)));
  }
  return line.size();
}

std::size_t OnHttpBody(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<HttpExchange*>(user);
  const std::size_t bytes = size * count;
  const std::size_t room = exchange.max_answer_bytes - exchange.answer.body.size();
  exchange.answer.body.append(data, std::min(bytes, room));
  exchange.answer.cut = bytes > room;
  return exchange.answer.cut ? 0 : bytes;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool IsOneLine(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool Has(const HttpHeaders& headers, const char* name) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& header) {
    return strcasecmp(header.first.c_str(), name) == 0;
  });
}

// Of a URL; empty when it is none.
std::string SchemeOf(const std::string& url) {
  const std::unique_ptr<CURLU, UrlDeleter> parts(curl_url());
  if (!parts || curl_url_set(parts.get(), CURLUPART_URL, url.c_str(),
                             CURLU_PATH_AS_IS | CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return {};
  }
  char* text = nullptr;
  if (curl_url_get(parts.get(), CURLUPART_SCHEME, &text, 0) != CURLUE_OK) return {};
  std::string scheme = text;
  curl_free(text);
  return scheme;
}

bool IsProxyScheme(std::string_view scheme) {
  constexpr std::string_view kKnown[] = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
  return std::find(std::begin(kKnown), std::end(kKnown), scheme) != std::end(kKnown);
}

// What is wrong with it; "" when nothing is.
std::string_view WhatIsWrong(const HttpRequest& request) {
  const std::string scheme = SchemeOf(request.url.Reveal());
  if (scheme != "http" && scheme != "https") return "this is no http or https URL";
  if (!request.proxy_url.empty() && !IsProxyScheme(SchemeOf(request.proxy_url))) {
    return "this is no URL of a proxy";
  }
  if (!IsToken(request.method)) return "this is no HTTP method";
  for (const auto& [name, value] : request.headers) {
    if (!IsToken(name)) return "the name of a header has characters that it may not have";
    if (!IsOneLine(value)) return "a header has a line break";
  }
  if (!IsOneLine(request.password_or_token)) return "the token has a line break";
  return {};
}

bool SetHeaders(const HttpRequest& request, HttpExchange& exchange) {
  bool ok = true;
  const auto add = [&](const std::string& line) {
    ok = ok && Transfer::Append(exchange.headers, line);
  };
  // libcurl's own, of which nobody asked for any.
  for (const char* const own : {"Accept", "Content-Type", "Expect"}) {
    if (!Has(request.headers, own)) add(std::string(own) + ":");
  }
  for (const auto& [name, value] : request.headers) {
    std::string line = name;
    line += value.empty() ? ";" : ": ";  // libcurl's way to send an empty one
    line += value;
    add(line);
  }
  if (request.user.empty() && !request.password_or_token.empty()) {
    add("Authorization: Bearer " + request.password_or_token);
  }
  exchange.transfer.Set(CURLOPT_HTTPHEADER, exchange.headers.get());
  exchange.transfer.Set(CURLOPT_USERAGENT, "ecsward/" ECSWARD_VERSION);
  return ok;
}

void SetMethod(const HttpRequest& request, Transfer& transfer) {
  const bool bodiless =
      request.body.empty() &&
      (request.method == "GET" || request.method == "HEAD" || request.method == "DELETE");
  if (!bodiless) {
    // Not copied: it outlives the sending.
    transfer.Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    transfer.Set(CURLOPT_POSTFIELDS, request.body.data());
  } else if (request.method == "HEAD") {
    transfer.Set(CURLOPT_NOBODY, 1L);
  } else {
    transfer.Set(CURLOPT_HTTPGET, 1L);
  }
  if (!bodiless || request.method == "DELETE") {
    transfer.Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

bool Prepare(const HttpRequest& request, HttpExchange& exchange) {
  Transfer& transfer = exchange.transfer;
  if (!transfer.good()) return false;
#if LIBCURL_VERSION_NUM >= 0x075500
  transfer.Set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
  transfer.Set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  transfer.Set(CURLOPT_URL, request.url.Reveal().c_str());
  transfer.Set(CURLOPT_PATH_AS_IS, 1L);
  transfer.Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  transfer.Set(CURLOPT_HTTP09_ALLOWED, 0L);
  transfer.Set(CURLOPT_FOLLOWLOCATION, 0L);
  transfer.Set(CURLOPT_FORBID_REUSE, 1L);
  if (!request.proxy_url.empty()) transfer.Set(CURLOPT_PROXY, request.proxy_url.c_str());
  if (!request.user.empty()) {
    transfer.Set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    transfer.Set(CURLOPT_USERNAME, request.user.c_str());
    transfer.Set(CURLOPT_PASSWORD, request.password_or_token.c_str());
  }
  SetMethod(request, transfer);
  transfer.Set(CURLOPT_HEADERFUNCTION, OnHttpHeader);
  transfer.Set(CURLOPT_HEADERDATA, &exchange);
  transfer.Set(CURLOPT_WRITEFUNCTION, OnHttpBody);
  transfer.Set(CURLOPT_WRITEDATA, &exchange);
  return SetHeaders(request, exchange);
}

// In doubt it was sent. Through a proxy, what libcurl counts as sent may be the CONNECT alone:
// then the handshake with the server tells.
NetStage StageOf(const HttpRequest& request, const Transfer& transfer) {
  const bool tunnelled = !request.proxy_url.empty() && SchemeOf(request.url.Reveal()) == "https" &&
                         SchemeOf(request.proxy_url) != "https";
  if (tunnelled && !transfer.Passed(CURLINFO_APPCONNECT_TIME_T)) return NetStage::kNotSent;
  const bool begun = transfer.Passed(CURLINFO_PRETRANSFER_TIME_T) ||
                     transfer.Info(CURLINFO_REQUEST_SIZE) > 0 ||
                     transfer.code() == CURLE_SEND_ERROR;
  return begun ? NetStage::kMaybeSent : NetStage::kNotSent;
}

tl::unexpected<NetError> NotSent(Error error) {
  return tl::make_unexpected(NetError{NetStage::kNotSent, std::move(error)});
}

}  // namespace

tl::expected<HttpResponse, NetError> PerformHttp(const HttpRequest& request,
                                                 Cancellation& cancellation) {
  if (const std::string_view wrong = WhatIsWrong(request); !wrong.empty()) {
    return NotSent(Fail(ErrorCode::kInvalidArgument, std::string(wrong)));
  }
  auto exchange = std::make_unique<HttpExchange>(request);
  if (!Prepare(request, *exchange)) return NotSent(Fail(ErrorCode::kIo, "out of memory"));
  const Transfer& transfer = exchange->transfer;
  const Transfer::Limits limits{request.connect_timeout, request.timeout};
  const Ending ending = exchange->transfer.Run(limits, cancellation);

  // That we had enough is no failure of the server's.
  const bool answered = transfer.code() == CURLE_OK || exchange->answer.cut;
  const long status = transfer.Info(CURLINFO_RESPONSE_CODE);
  if (ending == Ending::kFinished && answered && status >= 200) {
    exchange->answer.status = static_cast<int>(status);
    HttpResponse answer = std::move(exchange->answer);
    End(std::move(exchange));
    return answer;
  }
  NetError error{StageOf(request, transfer), Explain(transfer, ending, limits, "HTTP")};
  if (ending == Ending::kFinished && answered) {
    error.error = Fail(ErrorCode::kIo, "the answer is not HTTP");
  }
  End(std::move(exchange));
  return tl::make_unexpected(std::move(error));
}

}  // namespace ecsward
