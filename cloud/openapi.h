// Calls of Alibaba Cloud's OpenAPI, RPC style, signed with ACS3-HMAC-SHA256.
// source: docs/aliyun.md
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/net.h"
#include "base/result.h"
#include "cloud/credentials.h"

namespace ecsward::cloud {

using Parameters = std::vector<std::pair<std::string, std::string>>;  // flattened: Tag.1.Key

struct ApiCall {
  std::string endpoint;  // "dysmsapi.aliyuncs.com", or a whole URL for tests: http://127.0.0.1:8080
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

// What to do about a failure. source: docs/aliyun.md, errors
enum class ApiErrorClass : std::uint8_t {
  kNetwork,  // no answer
  kThrottled,
  kTransient,
  kInProgress,
  kBusyState,
  kResign,
  kRefreshCredentials,
  kCredentialsWrong,
  kNotAllowed,
  kQuotaOrMoney,
  kNeverPossible,
  kBlocked,
  kDone,
  kBug,
  kDryRunOk,
  kOther,
};
struct ApiFailure {
  ApiErrorClass kind = ApiErrorClass::kOther;
  NetStage stage = NetStage::kMaybeSent;  // of kNetwork
  std::string code, message, request_id;  // as the API said
  std::chrono::milliseconds retry_after{0};
  int status = 0;
  // `SendSms: Throttling.User: Request was denied (RequestId …)`; never a secret.
  std::string ToText() const;
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

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ecsward::cloud
