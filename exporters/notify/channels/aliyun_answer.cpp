#include "exporters/notify/channels/aliyun_answer.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/json_fields.h"
#include "exporters/notify/channels/one_line.h"

namespace ecsward::notify {
namespace {

using nlohmann::json;
using Outcome = Delivery::Outcome;

constexpr std::size_t kMostProblem = 240;

// A number, or a text that is one: the API writes TotalCount as a text. Else 0.
std::size_t CountAt(const json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end()) return 0;
  if (it->is_number_unsigned()) return it->get<std::size_t>();
  if (!it->is_string()) return 0;
  const std::string& text = it->get_ref<const std::string&>();
  std::size_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

// The object that `key` holds, or an empty one.
const json& ObjectAt(const json& object, const char* key) {
  static const json kNone = json::object();
  const auto it = object.find(key);
  return it != object.end() && it->is_object() ? *it : kNone;
}

Result<json> ParseObject(std::string_view body) {
  json value = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) return Fail(ErrorCode::kParse, "the answer is no JSON object");
  return value;
}

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

struct Verdict {
  Outcome outcome;
  std::string_view reason;
};

// source: the API references' lists of codes. `isv.` is what the caller or the account did, `isp.`
// what befell the service.
Verdict VerdictOf(std::string_view code) {
  // The carriers' limits on one number, and the account's own. To repeat it makes it worse.
  if (Contains(code, "LIMIT_CONTROL")) return {Outcome::kRefused, "rate_limited"};
  if (Contains(code, "RAM_PERMISSION")) return {Outcome::kRefused, "credentials"};
  if (Contains(code, "Throttling")) return {Outcome::kRetry, "rate_limited"};
  if (code.substr(0, 4) == "isv.") return {Outcome::kRefused, "api_code"};
  return {Outcome::kRetry, "api_code"};
}

}  // namespace

Result<MessageAnswer> ParseMessageAnswer(std::string_view body) {
  const auto object = ParseObject(body);
  if (!object) return object.error();
  MessageAnswer answer{TextAt(*object, "Code"), TextAt(*object, "Message"),
                       TextAt(*object, "RequestId")};
  if (answer.code.empty()) return Fail(ErrorCode::kParse, "the answer has no Code");
  return answer;
}

Result<SendDetails> ParseSendDetails(std::string_view body) {
  const auto object = ParseObject(body);
  if (!object) return object.error();
  SendDetails out{TextAt(*object, "Code"),
                  TextAt(*object, "Message"),
                  TextAt(*object, "RequestId"),
                  CountAt(*object, "TotalCount"),
                  {}};
  if (out.code.empty()) return Fail(ErrorCode::kParse, "the answer has no Code");
  for (const json& item : ListAt(ObjectAt(*object, "SmsSendDetailDTOs"), "SmsSendDetailDTO")) {
    out.out_ids.push_back(item.is_object() ? TextAt(item, "OutId") : std::string());
  }
  return out;
}

Delivery FromBusinessCode(std::string_view action, const MessageAnswer& answer) {
  const auto [outcome, reason] = VerdictOf(answer.code);
  Delivery delivery;
  delivery.outcome = outcome;
  delivery.reason = reason;
  delivery.messages = 0;
  delivery.problem = ShortLine(fmt::format("{}: {}: {} (RequestId {})", action, answer.code,
                                           answer.message, answer.request_id),
                               kMostProblem);
  return delivery;
}

Delivery FromApiFailure(const cloud::ApiFailure& failure) {
  using Kind = cloud::ApiErrorClass;
  Delivery delivery;
  delivery.outcome = Outcome::kRetry;
  delivery.reason = "api_code";
  delivery.messages = 0;
  switch (failure.kind) {
    case Kind::kNetwork:
      delivery.reason = failure.stage == NetStage::kNotSent ? "connect" : "no_answer";
      if (failure.stage == NetStage::kMaybeSent) delivery.outcome = Outcome::kUnclear;
      break;
    case Kind::kThrottled:
      delivery.reason = "rate_limited";
      break;
    case Kind::kTransient:
      delivery.reason = "http_status";
      if (failure.code.empty()) delivery.outcome = Outcome::kUnclear;
      break;
    case Kind::kInProgress:
    case Kind::kBusyState:
    case Kind::kResign:
      break;
    case Kind::kRefreshCredentials:
      delivery.reason = "credentials";
      break;
    case Kind::kCredentialsWrong:
    case Kind::kNotAllowed:
      delivery.outcome = Outcome::kRefused;
      delivery.reason = "credentials";
      break;
    case Kind::kQuotaOrMoney:
    case Kind::kNeverPossible:
    case Kind::kBlocked:
    case Kind::kDone:
    case Kind::kBug:
    case Kind::kDryRunOk:
      delivery.outcome = Outcome::kRefused;
      break;
    case Kind::kOther:
      if (failure.code.empty()) {
        const bool redirect = failure.status >= 300 && failure.status < 400;
        delivery.outcome = failure.status < 500 ? Outcome::kRefused : Outcome::kRetry;
        delivery.reason = redirect ? "redirect" : "http_status";
      } else {
        const Verdict verdict = VerdictOf(failure.code);
        // A 4xx says that the request is at fault, unless the code says that the service is.
        const bool at_fault = failure.status >= 400 && failure.status < 500 &&
                              verdict.reason == "api_code" && failure.code.substr(0, 4) != "isp.";
        delivery.outcome = at_fault ? Outcome::kRefused : verdict.outcome;
        delivery.reason = verdict.reason;
      }
      break;
  }
  if (failure.retry_after.count() > 0) delivery.retry_after = failure.retry_after;
  delivery.problem = ShortLine(failure.ToText(), kMostProblem);
  return delivery;
}

}  // namespace ecsward::notify
