#include "cloud/metadata.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json_fields.h"
#include "cloud/timestamps.h"

namespace ecsward::cloud {
namespace {

constexpr std::string_view kRolePath = "/latest/meta-data/ram/security-credentials/";
constexpr std::chrono::milliseconds kPatience{1'000};  // for the connection, and for the answer
constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 10;
constexpr std::size_t kMaxRoleName = 64;

// The conversation of one refresh: the session token is asked for once.
class Session {
 public:
  Session(HttpClient& http, const MetadataOptions& options) : http_(http), options_(options) {}

  // errors: as FetchRoleCredentials
  Result<void> Open() {
    HttpRequest request = Request("PUT", "/latest/api/token");
    request.headers.emplace_back("X-aliyun-ecs-metadata-token-ttl-seconds", "21600");
    const auto response = http_.Perform(request);
    if (response && response->status == 200 && IsToken(response->body)) {
      token_ = Secret(response->body);
      return {};
    }
    // Who cannot be reached for this will not be reached for the rest.
    if (!response && response.error().stage == NetStage::kNotSent) return response.error().error;
    if (!options_.must_have_token) return {};
    if (!response) return response.error().error;
    return Fail(StatusCode(response->status),
                fmt::format("no session token: HTTP {}", response->status));
  }

  // The body of a 200.
  Result<std::string> Get(const std::string& path) {
    HttpRequest request = Request("GET", path);
    if (!token_.empty()) {
      request.headers.emplace_back("X-aliyun-ecs-metadata-token", token_.Reveal());
    }
    auto response = http_.Perform(request);
    // A service that gives tokens and then will not take them is asked in the old way.
    const bool refused = response && response->status >= 400 && response->status != 404;
    if (refused && !token_.empty() && !options_.must_have_token) {
      request.headers.clear();
      response = http_.Perform(request);
    }
    if (!response) return response.error().error;
    if (response->status != 200) {
      return Fail(StatusCode(response->status), fmt::format("HTTP {}", response->status));
    }
    if (response->cut) return Fail(ErrorCode::kParse, "the answer is too long");
    return std::move(response->body);
  }

 private:
  static bool IsToken(std::string_view body) {
    if (body.empty() || body.size() > 4096) return false;
    for (const char c : body) {
      if (c <= ' ' || c > '~') return false;  // it becomes a header
    }
    return true;
  }

  static ErrorCode StatusCode(int status) {
    if (status == 404) return ErrorCode::kNotFound;
    return status == 401 || status == 403 ? ErrorCode::kDenied : ErrorCode::kIo;
  }

  HttpRequest Request(std::string method, const std::string& path) const {
    HttpRequest request;
    request.method = std::move(method);
    request.url = Secret(options_.endpoint + path);
    request.connect_timeout = kPatience;
    request.timeout = 2 * kPatience;
    request.max_answer_bytes = kMaxAnswerBytes;
    return request;  // no proxy: the service is on the host's own link
  }

  HttpClient& http_;
  const MetadataOptions& options_;
  Secret token_;
};

Result<std::string> RoleName(Session& session, const std::string& configured) {
  if (!configured.empty()) {
    auto name = ParseRoleName(configured);
    if (!name) return Fail(ErrorCode::kInvalidArgument, "the role's name cannot be one");
    return name;
  }
  auto text = session.Get(std::string(kRolePath));
  if (!text && text.error().code == ErrorCode::kNotFound) {
    return Fail(ErrorCode::kNotFound, "no RAM role is attached to this instance");
  }
  if (!text) return std::move(text).error().Context("role");
  return ParseRoleName(*text);
}

}  // namespace

Result<Credentials> FetchRoleCredentials(HttpClient& http, const MetadataOptions& options) {
  Session session(http, options);
  if (auto open = session.Open(); !open) return std::move(open).error().Context("metadata");
  const auto role = RoleName(session, options.role);
  if (!role) return Error(role.error()).Context("metadata");
  const auto json = session.Get(std::string(kRolePath) + *role);
  if (!json) return Error(json.error()).Context("metadata: role " + *role);
  auto credentials = ParseRoleCredentials(*json);
  if (!credentials) return std::move(credentials).error().Context("metadata: role " + *role);
  return credentials;
}

Result<Credentials> ParseRoleCredentials(std::string_view json) {
  const auto parsed = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return Fail(ErrorCode::kParse, "want a JSON object");
  if (TextAt(parsed, "Code") != "Success") return Fail(ErrorCode::kParse, "Code is not Success");
  Credentials credentials;
  credentials.provider = "ecs_ram_role";
  credentials.access_key_id = TextAt(parsed, "AccessKeyId");
  credentials.access_key_secret = Secret(TextAt(parsed, "AccessKeySecret"));
  credentials.security_token = Secret(TextAt(parsed, "SecurityToken"));
  if (credentials.access_key_id.empty() || credentials.access_key_secret.empty() ||
      credentials.security_token.empty()) {
    return Fail(ErrorCode::kParse, "AccessKeyId, AccessKeySecret or SecurityToken is missing");
  }
  const auto expiration = ParseUtc(TextAt(parsed, "Expiration"));
  if (!expiration) return Fail(ErrorCode::kParse, "Expiration is not a time");
  credentials.expires_at_ms = UnixMilliseconds(*expiration);
  return credentials;
}

Result<std::string> ParseRoleName(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
  const auto first = text.find_first_not_of(kBlank);
  if (first != std::string_view::npos) {
    text = text.substr(first, text.find_last_not_of(kBlank) - first + 1);
    // It becomes part of a URL.
    if (text.size() <= kMaxRoleName && text.find_first_not_of(kLetters) == std::string_view::npos) {
      return std::string(text);
    }
  }
  return Fail(ErrorCode::kParse, "want the name of a role");
}

}  // namespace ecsward::cloud
