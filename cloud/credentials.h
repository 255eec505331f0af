// Where credentials come from: environment, then the ECS instance's RAM role through its metadata.
// source: docs/aliyun.md, credentials
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/net.h"
#include "base/result.h"
#include "base/secret.h"

namespace ecsward::cloud {

struct Credentials {
  std::string access_key_id;
  Secret access_key_secret;
  Secret security_token;           // empty: a long-lived key
  std::int64_t expires_at_ms = 0;  // 0: never, or unknown
  std::string_view provider;       // "env", "ecs_ram_role": x-acs-credentials-provider's words

  bool IsSameAs(const Credentials& other) const {
    return access_key_id == other.access_key_id &&
           access_key_secret.Reveal() == other.access_key_secret.Reveal() &&
           security_token.Reveal() == other.security_token.Reveal();
  }
};

struct CredentialOptions {
  std::string metadata_endpoint = "http://100.100.100.200";
  std::string role;  // empty: ALIBABA_CLOUD_ECS_METADATA, or whatever is attached
  std::function<std::string(const char* name)> environment;  // empty: getenv(3)
};

// Thread-safe; Get may block, a few seconds at most. Keys in the environment win; they are read
// once. A role's credentials are refreshed ahead: from 60 minutes before their end, by one caller
// while the others go on with the old ones; from 15 minutes everybody waits for it. When it fails,
// what is still valid is used to its end. After a failure the metadata is left alone for 5 s, then
// 10, 20, 40, 60.
class CredentialChain {
 public:
  // Both outlive this.
  CredentialChain(HttpClient& http, const Clock& clock, CredentialOptions options);
  ~CredentialChain();
  // errors: kNotFound when there are none, naming what was tried; kDenied, kIo, kTimeout, kParse
  Result<Credentials> Get();
  // The API says that `stale` no longer serve: the next Get fetches anew, unless somebody already
  // has. Those of the environment stay.
  void Drop(const Credentials& stale);
  // What a person should hear of the environment's keys, for the log; empty when all is well.
  const std::string& warning() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ecsward::cloud
