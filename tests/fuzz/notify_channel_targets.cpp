#include "tests/fuzz/notify_channel_targets.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "exporters/notify/channel.h"
#include "exporters/notify/channels/hidden_words.h"
#include "exporters/notify/channels/http_channel.h"
#include "exporters/notify/channels/http_options.h"
#include "exporters/notify/channels/retry_after.h"
#include "exporters/notify/content.h"

namespace ecsward {
namespace {

constexpr std::string_view kUrl = "https://hooks.example.com/robot/send?access_token=t0k3n-t0k3n";
constexpr std::size_t kMostProblem = 1000;

// A broken promise is a finding, like a crash.
void Promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

notify::HttpOutcome AnswerOf(int status, std::string_view body) {
  HttpResponse response;
  response.status = status;
  response.body = body;
  response.headers = {{"retry-after", std::string(body.substr(0, 64))},
                      {"date", std::string(body.substr(body.size() / 2))}};
  return response;
}

constexpr notify::VendorFields kFields[] = {
    {"errcode", "errmsg"}, {"code", "msg"}, {"StatusCode", "StatusMessage"}};
constexpr notify::VendorCode kCodes[] = {{1, notify::VendorCode::Kind::kTooFast, "slower"},
                                         {2, notify::VendorCode::Kind::kPermanent, "never"}};
constexpr notify::VendorTraits kVendor{"Vendor", kFields, kCodes};

}  // namespace

// The first line is a URL or a secret, the rest what somebody says.
void FuzzHiddenWords(std::string_view t) {
  const std::string_view secret = t.substr(0, t.find('\n'));
  notify::HiddenWords hidden;
  hidden.HideUrl(secret);
  const std::string clean = hidden.Clean(t);
  Promise(notify::CountCharacters(clean) <= notify::HiddenWords::kMostCharacters, "a short text");
  Promise(clean.find('\n') == std::string::npos, "one line");
  (void)hidden.Quote(t);
  (void)notify::CheckHttpUrl(secret);
  (void)notify::CheckMobile(secret);
}

void FuzzRetryAfter(std::string_view t) {
  const WallTime now{std::chrono::seconds(1'700'000'000)};
  for (const std::string_view date : {std::string_view(), t.substr(t.size() / 2)}) {
    const auto wait = notify::ParseRetryAfter(t, date, now);
    Promise(!wait || (wait->count() >= 0 && *wait <= notify::kLongestRetryAfter),
            "a wait is no longer than a day");
  }
}

void FuzzVendorAnswer(std::string_view t) {
  notify::HiddenWords hidden;
  hidden.HideUrl(kUrl);
  const WallTime now{std::chrono::seconds(1'700'000'000)};
  for (const int status : {200, 302, 400, 429, 503}) {
    const notify::Delivery delivery = notify::JudgeVendor(AnswerOf(status, t), kVendor, hidden, now,
                                                          std::chrono::milliseconds(60'000));
    const bool delivered = delivery.outcome == notify::Delivery::Outcome::kDelivered;
    Promise(!delivered || status == 200, "only 2xx delivers");
    Promise(delivered == delivery.problem.empty(), "what failed says why");
    Promise(delivery.problem.size() < kMostProblem, "a short problem");
    Promise(delivery.problem.find("t0k3n-t0k3n") == std::string::npos, "no secret in a problem");
  }
}

}  // namespace ecsward
