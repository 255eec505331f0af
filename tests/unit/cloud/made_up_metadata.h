// An instance metadata service for tests: its answers by path, with what may be wrong with it.
#pragma once

#include <string>

#include "cloud/timestamps.h"
#include "tests/unit/cloud/answers.h"

namespace ecsward::cloud {

struct MadeUpMetadata {
  int token_status = 200;
  bool takes_token = true;   // false: a request with one gets 401
  bool wants_token = false;  // "hardened": one without gets 403
  int role_status = 200;
  std::string role = "ops-role\n";
  int credentials_status = 200;
  std::string id = "STS.one";
  WallTime expires;

  HttpOutcome operator()(const HttpRequest& request) const {
    const std::string& url = request.url.Reveal();
    if (request.method == "PUT") return Reply(token_status, "metadata-token");
    const bool with_token = HeaderOf(request, "x-aliyun-ecs-metadata-token") == "metadata-token";
    if (with_token && !takes_token) return Reply(401, "");
    if (!with_token && wants_token) return Reply(403, "");
    if (url.ends_with("/security-credentials/")) return Reply(role_status, role);
    return Reply(credentials_status, Json());
  }

  std::string Json() const {
    return R"({"Code":"Success","AccessKeyId":")" + id + R"(","AccessKeySecret":"secret of )" + id +
           R"(","SecurityToken":"token of )" + id + R"(","Expiration":")" + FormatUtc(expires) +
           R"("})";
  }
};

}  // namespace ecsward::cloud
