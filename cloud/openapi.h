// Calls of Alibaba Cloud's OpenAPI, RPC style, signed with ACS3-HMAC-SHA256.
// source: docs/aliyun.md
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/net.h"
#include "cloud/api_error.h"
#include "cloud/credentials.h"
#include "cloud/endpoints.h"
#include "cloud/parameters.h"

namespace ecsward::cloud {

struct ApiCall {
  // "dysmsapi.aliyuncs.com" (see endpoints.h), or a whole URL; http:// only to this host itself,
  // for tests: "http://127.0.0.1:8080"
  std::string endpoint;
  std::string action, version;
  Parameters query;
  Parameters form;  // only DirectMail has one
  std::chrono::milliseconds timeout{10'000};
};

struct ApiAnswer {
  int status = 0;
  std::string request_id;
  std::string body;  // JSON
};

// Thread-safe; blocks. Signs with fresh credentials, corrects the clock by the Date header,
// refetches credentials once when told that they are stale. Waits for nothing and tries nothing
// again besides these two.
class OpenApi {
 public:
  // All outlive this. `user_agent`: "ecsward/0.1".
  OpenApi(HttpClient& http, const Digests& digests, const Clock& clock,
          CredentialChain& credentials, std::string user_agent);
  tl::expected<ApiAnswer, ApiFailure> Call(const ApiCall& call);

  // How far the API's clock is ahead of this host's, as its answers told; 0 while that is little.
  std::chrono::seconds clock_skew() const { return std::chrono::seconds(skew_seconds_); }

 private:
  struct Exchange;
  Exchange Try(const ApiCall& call, const ParsedEndpoint& endpoint, const Credentials& credentials);
  std::chrono::seconds LearnSkew(const Exchange& exchange);

  HttpClient& http_;
  const Digests& digests_;
  const Clock& clock_;
  CredentialChain& credentials_;
  const std::string user_agent_;
  std::atomic<std::int64_t> skew_seconds_{0};
};

}  // namespace ecsward::cloud
