#include "cloud/openapi.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

#include "cloud/signing.h"
#include "cloud/timestamps.h"

namespace ecsward::cloud {
namespace {

// Beyond 15 minutes the API refuses; what is less than a minute may be the way of the answer.
constexpr std::chrono::minutes kSkewWorthCorrecting{1};
constexpr std::chrono::minutes kSkewRefused{15};
constexpr std::chrono::milliseconds kLongestRetryAfter{120'000};  // the official SDK's cap, too
constexpr std::size_t kMaxMessageBytes = 400;

bool IsSafeName(std::string_view name) { return !name.empty() && PercentEncode(name) == name; }

bool AreSafeNames(const Parameters& parameters) {
  return std::all_of(parameters.begin(), parameters.end(),
                     [](const auto& parameter) { return IsSafeName(parameter.first); });
}

std::chrono::milliseconds Milliseconds(std::string_view number, std::int64_t unit) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size() || value < 0) return {};
  // No product of untrusted numbers: it may not fit.
  if (value > kLongestRetryAfter.count() / unit) return kLongestRetryAfter;
  return std::chrono::milliseconds(value * unit);
}

std::chrono::milliseconds RetryAfter(const HttpResponse& response) {
  const std::string_view ours = response.Header("x-acs-retry-after");
  if (!ours.empty()) return Milliseconds(ours, 1);
  return Milliseconds(response.Header("retry-after"), 1000);
}

void ReplaceAll(std::string& text, std::string_view what, std::string_view with) {
  if (what.empty()) return;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

// One line of limited length. When a signature is refused, the API says what it would have signed,
// token and parameters included: that is not for a log.
std::string ForPeople(std::string text, const Credentials& credentials) {
  for (const std::string_view talk : {"server StringToSign", "server CanonicalRequest"}) {
    if (const auto at = text.find(talk); at != std::string::npos) text.resize(at);
  }
  for (const Secret& secret : {credentials.access_key_secret, credentials.security_token}) {
    ReplaceAll(text, secret.Reveal(), ToString(secret));
    ReplaceAll(text, PercentEncode(secret.Reveal()), ToString(secret));
  }
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  while (text.ends_with(' ')) text.pop_back();
  if (text.size() <= kMaxMessageBytes) return text;
  std::size_t end = kMaxMessageBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text + "…";
}

ApiFailure OfCredentials(const Error& error) {
  ApiFailure failure;
  // Without a role there is nothing to wait for; a metadata service that fails comes back.
  const bool hopeless = error.code == ErrorCode::kNotFound || error.code == ErrorCode::kDenied ||
                        error.code == ErrorCode::kInvalidArgument;
  failure.kind = hopeless ? ApiErrorClass::kCredentialsWrong : ApiErrorClass::kNetwork;
  failure.stage = NetStage::kNotSent;
  failure.message = error.message;
  return failure;
}

ApiFailure OfRequest(std::string code, std::string message) {
  ApiFailure failure;
  failure.kind = ApiErrorClass::kBug;
  failure.stage = NetStage::kNotSent;
  failure.code = std::move(code);
  failure.message = std::move(message);
  return failure;
}

// Whether the request was refused because its date was `off`, so that with a better one it may
// pass.
bool MayBeTheClock(const ApiFailure& failure, std::chrono::seconds off) {
  if (failure.kind == ApiErrorClass::kResign) return off != std::chrono::seconds(0);
  return failure.status >= 400 && failure.status < 500 &&
         failure.kind != ApiErrorClass::kThrottled && std::chrono::abs(off) >= kSkewRefused;
}

// What the HTTP answer means.
tl::expected<ApiAnswer, ApiFailure> Judge(HttpResponse response, const Credentials& credentials) {
  ApiBody body = ParseApiBody(response.body);
  if (body.request_id.empty()) body.request_id = response.Header("x-acs-request-id");
  if (response.status >= 200 && response.status < 300 && body.whole && !response.cut) {
    return ApiAnswer{response.status, ForPeople(std::move(body.request_id), credentials),
                     std::move(response.body)};
  }
  ApiFailure failure;
  failure.status = response.status;
  failure.request_id = ForPeople(std::move(body.request_id), credentials);
  if (response.status >= 200 && response.status < 300) {
    // Most likely done, but who can tell: as if the answer had not come.
    failure.kind = ApiErrorClass::kNetwork;
    failure.stage = NetStage::kMaybeSent;
    failure.message = response.cut ? "the answer is too long" : "the answer is not a JSON object";
    return tl::unexpected(std::move(failure));
  }
  failure.code = ForPeople(std::move(body.code), credentials);
  failure.message = ForPeople(std::move(body.message), credentials);
  if (!body.denied_action.empty()) {
    failure.message += " [" + ForPeople(std::move(body.denied_action), credentials) + ']';
  }
  if (response.status >= 300 && response.status < 400) {
    failure.message = "a redirect, which is not followed";
  }
  failure.kind = ClassifyApiError(failure.code, response.status);
  failure.retry_after = RetryAfter(response);
  return tl::unexpected(std::move(failure));
}

}  // namespace

struct OpenApi::Exchange {
  tl::expected<ApiAnswer, ApiFailure> result;
  WallTime signed_at;                // by our own clock, corrected by:
  std::chrono::seconds skew;         // what was known of it
  std::optional<WallTime> answered;  // the answer's Date
};

OpenApi::OpenApi(HttpClient& http, const Digests& digests, const Clock& clock,
                 CredentialChain& credentials, std::string user_agent)
    : http_(http),
      digests_(digests),
      clock_(clock),
      credentials_(credentials),
      user_agent_(std::move(user_agent)) {}

tl::expected<ApiAnswer, ApiFailure> OpenApi::Call(const ApiCall& call) {
  const auto fail = [&call](ApiFailure failure) {
    failure.action = call.action;
    return tl::unexpected(std::move(failure));
  };
  const auto endpoint = ParseEndpoint(call.endpoint);
  if (!endpoint) return fail(OfRequest("InvalidEndpoint", endpoint.error().message));
  if (!AreSafeNames(call.query) || !AreSafeNames(call.form)) {
    return fail(OfRequest("InvalidParameterName", "names are of A-Z a-z 0-9 - _ . ~"));
  }
  auto credentials = credentials_.Get();
  if (!credentials) return fail(OfCredentials(credentials.error()));

  bool clock_corrected = false;
  bool credentials_renewed = false;
  while (true) {
    Exchange exchange = Try(call, *endpoint, *credentials);
    const std::chrono::seconds off = LearnSkew(exchange);
    if (exchange.result) return std::move(*exchange.result);
    ApiFailure& failure = exchange.result.error();
    if (!clock_corrected && MayBeTheClock(failure, off)) {
      clock_corrected = true;
      continue;
    }
    if (failure.kind == ApiErrorClass::kRefreshCredentials && !credentials_renewed) {
      credentials_renewed = true;
      credentials_.Drop(*credentials);
      auto renewed = credentials_.Get();
      if (renewed && !renewed->IsSameAs(*credentials)) {
        credentials = std::move(renewed);
        continue;
      }
    }
    return fail(std::move(failure));
  }
}

OpenApi::Exchange OpenApi::Try(const ApiCall& call, const ParsedEndpoint& endpoint,
                               const Credentials& credentials) {
  const std::chrono::seconds skew = clock_skew();
  const WallTime now = clock_.Wall();
  const std::string query = CanonicalQuery(call.query);
  HttpRequest request;
  request.method = "POST";
  request.url = Secret(query.empty() ? endpoint.url : endpoint.url + '?' + query);
  request.timeout = call.timeout;
  request.connect_timeout = std::min(request.connect_timeout, call.timeout);
  request.body = FormBody(call.form);
  const std::string body_sha256 = Sha256Hex(digests_, request.body);
  request.headers = {
      {"accept", "application/json"},
      {"user-agent", user_agent_},
      {"x-acs-action", call.action},
      {"x-acs-content-sha256", body_sha256},
      {"x-acs-credentials-provider", std::string(credentials.provider)},
      {"x-acs-date", FormatUtc(now + skew)},
      {"x-acs-signature-nonce", digests_.RandomHex(32)},
      {"x-acs-version", call.version},
  };
  if (!credentials.security_token.empty()) {
    request.headers.emplace_back("x-acs-accesskey-id", credentials.access_key_id);
    request.headers.emplace_back("x-acs-security-token", credentials.security_token.Reveal());
  }
  if (!call.form.empty()) {
    request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
  }
  HttpHeaders with_host = request.headers;  // the client itself sends Host
  with_host.emplace_back("host", endpoint.host);
  const CanonicalRequest canonical =
      Canonicalize(request.method, "/", query, with_host, body_sha256);
  request.headers.emplace_back(
      "authorization",
      Authorization(digests_, canonical, credentials.access_key_id, credentials.access_key_secret));

  auto response = http_.Perform(request);
  if (!response) {
    ApiFailure failure;
    failure.kind = ApiErrorClass::kNetwork;
    failure.stage = response.error().stage;
    failure.message = response.error().error.message;
    return {tl::unexpected(std::move(failure)), now, skew, std::nullopt};
  }
  const auto answered = ParseHttpDate(response->Header("date"));
  return {Judge(*std::move(response), credentials), now, skew, answered};
}

// How far the request's date was behind the answer's; 0 when that is too little to matter, or
// unknown.
std::chrono::seconds OpenApi::LearnSkew(const Exchange& exchange) {
  if (!exchange.answered) return {};
  const auto skew =
      std::chrono::duration_cast<std::chrono::seconds>(*exchange.answered - exchange.signed_at);
  const auto off = skew - exchange.skew;
  if (std::chrono::abs(off) < kSkewWorthCorrecting) return {};
  skew_seconds_ = skew.count();
  return off;
}

}  // namespace ecsward::cloud
