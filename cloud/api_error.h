// What the API says when it refuses, and what to do about it.
// source: docs/aliyun.md, errors
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/net.h"

namespace ecsward::cloud {

// What to do about a failure.
enum class ApiErrorClass : std::uint8_t {
  kNetwork,             // no answer, or none that can be read
  kThrottled,           // later, and not before retry_after
  kTransient,           // later
  kInProgress,          // the same is being done already: later
  kBusyState,           // the resource is in a state that passes: look again, later
  kResign,              // signed anew it may pass: nonce, clock
  kRefreshCredentials,  // with new credentials it may pass
  kCredentialsWrong,    // a person has to act: keys, role
  kNotAllowed,          // a person has to act: RAM policy
  kQuotaOrMoney,        // a person has to act: quota, balance
  kNeverPossible,
  kBlocked,   // something else holds on to the resource
  kDone,      // of a deletion: what was to go is gone
  kBug,       // the request itself is wrong
  kDryRunOk,  // it would have worked
  kOther,
};

struct ApiFailure {
  ApiErrorClass kind = ApiErrorClass::kOther;
  NetStage stage = NetStage::kMaybeSent;  // of kNetwork
  std::string code, message, request_id;  // as the API said
  std::chrono::milliseconds retry_after{0};
  int status = 0;
  std::string action;  // "SendSms"
  // `SendSms: Throttling.User: Request was denied (RequestId …)`; never a secret.
  std::string ToText() const;
};

// What an answer's body says of itself.
struct ApiBody {
  std::string code, message, request_id;
  // Of a refusal for want of permission: the action that a RAM policy would have to allow.
  std::string denied_action;
  bool whole = false;  // it is one JSON object, complete
};

// Of JSON (names may begin in lower case, texts may be numbers) or of an XML <Error>. Whatever else
// it is, or where it breaks off: what could be read until there.
ApiBody ParseApiBody(std::string_view body);

// By its code, and where that says nothing by the HTTP status.
ApiErrorClass ClassifyApiError(std::string_view code, int status);

}  // namespace ecsward::cloud
