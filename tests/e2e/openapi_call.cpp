// Our OpenAPI client on a leash: takes calls as JSON, one a line, and answers each with a line. The
// environment has the keys, or the metadata service that is named has a role.
//
//   openapi_call http://127.0.0.1:PORT [--clock-ahead=SECONDS]
//   < {"action": "SendSms", "version": "2017-05-25", "query": {"SignName": "…"}, "timeoutMs": 500}
//   > {"ok": true, "status": 200, "requestId": "…", "body": {…}, "skewSeconds": 0}
//   > {"ok": false, "kind": 1, "stage": "maybe_sent", "code": "…", "text": "…", …}
#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/net.h"
#include "cloud/credentials.h"
#include "cloud/openapi.h"

namespace ecsward {
namespace {

using Json = nlohmann::json;

class ShiftedClock final : public Clock {
 public:
  explicit ShiftedClock(std::chrono::seconds ahead) : ahead_(ahead) {}
  WallTime Wall() const override { return SystemClock().Wall() + ahead_; }
  MonoTime Mono() const override { return SystemClock().Mono(); }

 private:
  std::chrono::seconds ahead_;
};

cloud::Parameters ParametersOf(const Json& object) {
  cloud::Parameters parameters;
  for (const auto& [name, value] : object.items()) parameters.emplace_back(name, value);
  return parameters;
}

cloud::ApiCall CallOf(const Json& json, const std::string& endpoint) {
  cloud::ApiCall call;
  call.endpoint = endpoint;
  call.action = json.at("action");
  call.version = json.at("version");
  call.query = ParametersOf(json.value("query", Json::object()));
  call.form = ParametersOf(json.value("form", Json::object()));
  call.timeout = std::chrono::milliseconds(json.value("timeoutMs", 5000));
  return call;
}

Json Answer(const tl::expected<cloud::ApiAnswer, cloud::ApiFailure>& result) {
  if (result) {
    return {{"ok", true},
            {"status", result->status},
            {"requestId", result->request_id},
            {"body", Json::parse(result->body)}};
  }
  const cloud::ApiFailure& failure = result.error();
  return {{"ok", false},
          {"kind", static_cast<int>(failure.kind)},
          {"stage", failure.stage == NetStage::kNotSent ? "not_sent" : "maybe_sent"},
          {"status", failure.status},
          {"code", failure.code},
          {"message", failure.message},
          {"requestId", failure.request_id},
          {"retryAfterMs", failure.retry_after.count()},
          {"text", failure.ToText()}};
}

int Main(const std::string& endpoint, std::chrono::seconds clock_ahead) {
  const auto network = LoadNetwork(ECSWARD_MODULE_FOLDER);
  if (!network) {
    std::fprintf(stderr, "%s\n", network.error().message.c_str());
    return 1;
  }
  const ShiftedClock clock(clock_ahead);
  cloud::CredentialChain credentials(**network, clock, {endpoint, "", {}});
  if (!credentials.warning().empty()) std::cerr << credentials.warning() << std::endl;
  cloud::OpenApi api(**network, **network, clock, credentials, "ecsward/test");
  std::string line;
  while (std::getline(std::cin, line)) {
    Json answer = Answer(api.Call(CallOf(Json::parse(line), endpoint)));
    answer["skewSeconds"] = api.clock_skew().count();
    std::cout << answer.dump() << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace ecsward

int main(int argc, char** argv) {
  constexpr std::string_view kAhead = "--clock-ahead=";
  long ahead = 0;
  for (int i = 2; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg.starts_with(kAhead)) ahead = std::stol(arg.substr(kAhead.size()));
  }
  if (argc < 2) {
    std::fprintf(stderr, "usage: openapi_call URL [--clock-ahead=SECONDS]\n");
    return 2;
  }
  return ecsward::Main(argv[1], std::chrono::seconds(ahead));
}
