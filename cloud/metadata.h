// An instance's RAM role, as its metadata service hands out credentials for it.
// source: docs/aliyun.md, credentials
#pragma once

#include <string>
#include <string_view>

#include "base/net.h"
#include "base/result.h"
#include "cloud/credentials.h"

namespace ecsward::cloud {

struct MetadataOptions {
  std::string endpoint;          // "http://100.100.100.200"
  std::string role;              // empty: the one that is attached
  bool must_have_token = false;  // "hardened": never without a session token
};

// One to five requests of at most 2 s each; nothing is kept.
// errors: kNotFound: no role is attached; kDenied; kTimeout, kIo: no answer, or a failing service;
// kParse; kInvalidArgument: the role's name. Never anything of what was answered.
Result<Credentials> FetchRoleCredentials(HttpClient& http, const MetadataOptions& options);

// The service's JSON.
// errors: kParse, when it is something else, does not say Success, or one of the three is empty
Result<Credentials> ParseRoleCredentials(std::string_view json);

// The name of the attached role: one line.
// errors: kParse, when it cannot be one
Result<std::string> ParseRoleName(std::string_view text);

}  // namespace ecsward::cloud
