// Where credentials come from: environment, then the ECS instance's RAM role through its metadata.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
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
  std::int64_t expires_at_ms = 0;  // 0: never
  std::string_view provider;       // "env", "ecs_ram_role": x-acs-credentials-provider's words
};

struct CredentialOptions {
  std::string metadata_endpoint = "http://100.100.100.200";
  std::string role;                                          // empty: whatever is attached
  std::function<std::string(const char* name)> environment;  // empty: getenv(3)
};

// Thread-safe; Get may block. Refreshed ahead: at 60 minutes left when that works, at 15 it must.
class CredentialChain {
 public:
  // Both outlive this.
  CredentialChain(HttpClient& http, const Clock& clock, CredentialOptions options);
  ~CredentialChain();
  // errors: kNotFound when there are none, naming what was tried; kDenied, kIo, kTimeout, kParse
  Result<Credentials> Get();
  // The API says that they are stale: the next Get fetches anew.
  void Drop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ecsward::cloud
