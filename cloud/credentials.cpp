#include "cloud/credentials.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <optional>

#include "cloud/metadata.h"

namespace ecsward::cloud {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr minutes kRefreshAhead{60};
constexpr minutes kMustRefresh{15};
// The service has a new set only 30 minutes before the old one ends: whoever asks earlier is given
// the same again, and need not ask at every call.
constexpr minutes kBetweenRefreshes{1};
constexpr seconds kFirstBackoff{5};
constexpr seconds kLongestBackoff{60};

std::string FromProcess(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

bool IsTrue(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text == "true";
}

// A header's value and a query must not be broken by what somebody pasted.
bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

struct CredentialChain::Impl {
  Impl(HttpClient& http_client, const Clock& the_clock, CredentialOptions options)
      : http(http_client), clock(the_clock) {
    const auto environment = options.environment ? options.environment : FromProcess;
    metadata.endpoint = std::move(options.metadata_endpoint);
    while (metadata.endpoint.ends_with('/')) metadata.endpoint.pop_back();
    metadata.role =
        options.role.empty() ? environment("ALIBABA_CLOUD_ECS_METADATA") : std::move(options.role);
    metadata.must_have_token = IsTrue(environment("ALIBABA_CLOUD_IMDSV1_DISABLED"));
    metadata_off = IsTrue(environment("ALIBABA_CLOUD_ECS_METADATA_DISABLED"));
    ReadKeys(environment("ALIBABA_CLOUD_ACCESS_KEY_ID"),
             environment("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
             environment("ALIBABA_CLOUD_SECURITY_TOKEN"));
  }

  void ReadKeys(const std::string& id, const std::string& secret, const std::string& token) {
    if (id.empty() && secret.empty()) return;
    if (id.empty() || secret.empty()) {
      warning =
          "of ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET only one is set: "
          "neither is used";
      return;
    }
    if (!IsPrintable(id) || !IsPrintable(secret) || !IsPrintable(token)) {
      warning = "the ALIBABA_CLOUD_ACCESS_KEY_… variables have blanks or odd characters: not used";
      return;
    }
    if (token.empty()) {
      warning =
          "ALIBABA_CLOUD_ACCESS_KEY_ID is a key that never expires; an instance's RAM role is "
          "safer";
    }
    keys = Credentials{id, Secret(secret), Secret(token), 0, "env"};
  }

  // How long `current` lasts, by this host's clock.
  std::chrono::milliseconds Left() const {
    return std::chrono::milliseconds(current->expires_at_ms - UnixMilliseconds(clock.Wall()));
  }

  // A set that came a moment ago is good whatever the clock says: then it is the clock that is
  // wrong, and asking again would not help.
  bool IsUsable() const { return current && (Left().count() > 0 || clock.Mono() < fresh_until); }

  // The answer that needs no fetching. `busy`: somebody else is at it.
  // With `state` locked.
  std::optional<Result<Credentials>> Known(bool busy) const {
    const bool resting = clock.Mono() < rest_until;
    if (!IsUsable()) {
      if (resting && last_error) return Result<Credentials>(*last_error);
      return std::nullopt;
    }
    const bool may_wait = Left() > kRefreshAhead || resting || (busy && Left() > kMustRefresh);
    return may_wait ? std::optional(Result<Credentials>(*current)) : std::nullopt;
  }

  // With `fetching` locked, `state` not.
  Result<Credentials> Fetch() {
    auto fetched = FetchRoleCredentials(http, metadata);
    const std::lock_guard lock(state);
    if (fetched) {
      current = *fetched;
      backoff = seconds(0);
      rest_until = fresh_until = clock.Mono() + kBetweenRefreshes;
      return fetched;
    }
    last_error = std::move(fetched).error().Context(
        "no credentials: the environment has no ALIBABA_CLOUD_ACCESS_KEY_ID");
    backoff = std::clamp(2 * backoff, kFirstBackoff, kLongestBackoff);
    rest_until = clock.Mono() + backoff;
    if (IsUsable()) return *current;
    return *last_error;
  }

  HttpClient& http;
  const Clock& clock;
  MetadataOptions metadata;
  bool metadata_off = false;
  std::optional<Credentials> keys;  // the environment's
  std::string warning;

  std::mutex fetching;  // by one at a time; locked before `state`
  std::mutex state;     // guards what follows
  std::optional<Credentials> current;
  std::optional<Error> last_error;  // of the last fetch that failed
  MonoTime fresh_until{};           // see IsUsable
  MonoTime rest_until{};            // no fetching before
  seconds backoff{0};
};

CredentialChain::CredentialChain(HttpClient& http, const Clock& clock, CredentialOptions options)
    : impl_(std::make_unique<Impl>(http, clock, std::move(options))) {}

CredentialChain::~CredentialChain() = default;

Result<Credentials> CredentialChain::Get() {
  Impl& impl = *impl_;
  if (impl.keys) return *impl.keys;
  if (impl.metadata_off) {
    return Fail(ErrorCode::kNotFound,
                "no credentials: the environment has no ALIBABA_CLOUD_ACCESS_KEY_ID, and "
                "ALIBABA_CLOUD_ECS_METADATA_DISABLED is true");
  }
  std::unique_lock fetching(impl.fetching, std::try_to_lock);
  {
    const std::lock_guard lock(impl.state);
    if (auto known = impl.Known(/*busy=*/!fetching.owns_lock())) return *std::move(known);
  }
  if (!fetching.owns_lock()) {
    fetching.lock();  // waits for whoever fetches, and takes what that brought
    const std::lock_guard lock(impl.state);
    if (auto known = impl.Known(/*busy=*/false)) return *std::move(known);
  }
  return impl.Fetch();
}

void CredentialChain::Drop(const Credentials& stale) {
  const std::lock_guard lock(impl_->state);
  if (!impl_->current || !impl_->current->IsSameAs(stale)) return;
  impl_->current.reset();
  impl_->rest_until = {};
}

const std::string& CredentialChain::warning() const { return impl_->warning; }

}  // namespace ecsward::cloud
