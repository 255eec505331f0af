#include "tests/fuzz/cloud_targets.h"

#include <cstdio>
#include <cstdlib>

#include "cloud/api_error.h"
#include "cloud/endpoints.h"
#include "cloud/metadata.h"
#include "cloud/timestamps.h"

namespace ecsward {
namespace {

// A broken promise is a finding, like a crash.
void Promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

}  // namespace

void FuzzApiBody(std::string_view t) {
  const cloud::ApiBody body = cloud::ParseApiBody(t);
  (void)cloud::ClassifyApiError(body.code, 400);
  (void)cloud::ClassifyApiError(t, 500);
}

void FuzzCloudTimes(std::string_view t) {
  (void)cloud::ParseHttpDate(t);
  const auto time = cloud::ParseUtc(t);
  if (!time) return;
  Promise(cloud::ParseUtc(cloud::FormatUtc(*time)) == time, "what is written can be read");
}

void FuzzEndpoint(std::string_view t) {
  const auto endpoint = cloud::ParseEndpoint(t);
  if (!endpoint) return;
  const auto again = cloud::ParseEndpoint(endpoint->url);
  Promise(again && again->url == endpoint->url && again->host == endpoint->host,
          "a URL that was made is its own");
  Promise(endpoint->host.find_first_of("/@?#\\ \r\n") == std::string::npos, "a host is a host");
}

void FuzzRoleCredentials(std::string_view t) {
  if (const auto credentials = cloud::ParseRoleCredentials(t)) {
    Promise(!credentials->access_key_id.empty() && !credentials->access_key_secret.empty() &&
                !credentials->security_token.empty() && credentials->expires_at_ms > 0,
            "credentials are complete");
  }
  if (const auto role = cloud::ParseRoleName(t)) {
    Promise(role->find_first_of("/?#% \r\n") == std::string::npos, "a role stays in its URL");
  }
}

}  // namespace ecsward
