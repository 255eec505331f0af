#include "exporters/notify/channels/http_channel.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "exporters/notify/channels/retry_after.h"

namespace ecsward::notify {
namespace {

using Outcome = Delivery::Outcome;

// Answers are a few words of JSON; of somebody's endless page the rest is not waited for.
constexpr std::size_t kMostAnswerBytes = std::size_t{64} << 10;

Delivery JudgeNetError(const NetError& failure, const HiddenWords& hidden) {
  const Error& error = failure.error;
  Delivery delivery{.outcome = Outcome::kRetry,
                    .reason = "connect",
                    .problem = hidden.Clean(error.message),
                    .retry_after = std::nullopt};
  if (failure.stage == NetStage::kMaybeSent) {
    delivery.outcome = Outcome::kUnclear;
    delivery.reason = error.code == ErrorCode::kTimeout ? "timeout" : "no_answer";
    return delivery;
  }
  switch (error.code) {
    case ErrorCode::kTimeout:
      delivery.reason = "timeout";
      break;
    case ErrorCode::kDenied:
      delivery.reason = "tls";
      break;
    case ErrorCode::kNotFound:
      delivery.reason = "dns";
      break;
    case ErrorCode::kInvalidArgument:
      delivery.outcome = Outcome::kRefused;
      delivery.reason = "url";
      break;
    default:
      break;
  }
  return delivery;
}

std::string VendorWords(const VendorAnswer& answer, const VendorTraits& vendor,
                        std::string_view advice, const HiddenWords& hidden) {
  std::string text = fmt::format("{} answered {}", vendor.name, answer.code);
  text += hidden.Quote(answer.message);
  if (!advice.empty()) text += fmt::format(" ({})", advice);
  return text;
}

}  // namespace

Delivery JudgeHttp(const HttpOutcome& outcome, const HiddenWords& hidden, WallTime now) {
  if (!outcome) return JudgeNetError(outcome.error(), hidden);
  const int status = outcome->status;
  if (status >= 200 && status <= 299) return {};
  Delivery delivery{.outcome = Outcome::kRefused,
                    .reason = "http_status",
                    .problem = fmt::format("answered {}{}", status, hidden.Quote(outcome->body)),
                    .retry_after = std::nullopt};
  if (status >= 300 && status <= 399) {
    delivery.reason = "redirect";
    delivery.problem = fmt::format("answered {}: redirects are not followed", status);
    return delivery;
  }
  const bool too_fast = status == 429;
  if (!too_fast && status != 408 && status >= 200 && status < 500) return delivery;
  delivery.outcome = Outcome::kRetry;
  if (too_fast) delivery.reason = "rate_limited";
  delivery.retry_after =
      ParseRetryAfter(outcome->Header("retry-after"), outcome->Header("date"), now);
  return delivery;
}

Delivery JudgeVendor(const HttpOutcome& outcome, const VendorTraits& vendor,
                     const HiddenWords& hidden, WallTime now, std::chrono::milliseconds pause) {
  Delivery delivery = JudgeHttp(outcome, hidden, now);
  const bool by_status = delivery.outcome != Outcome::kDelivered;
  if (by_status && delivery.reason == "rate_limited" && !delivery.retry_after) {
    delivery.retry_after = pause;
  }
  // What they refuse by its status may come with a code that says more.
  if (by_status && (delivery.outcome != Outcome::kRefused || delivery.reason != "http_status")) {
    return delivery;
  }
  const auto answer = outcome->cut ? std::nullopt : ParseVendorAnswer(outcome->body, vendor.fields);
  if (!answer) {
    if (by_status) return delivery;
    return {.outcome = Outcome::kRetry,
            .reason = "garbage",
            .problem = fmt::format(
                "no answer of {}'s{}", vendor.name,
                outcome->cut ? ": longer than anything it says" : hidden.Quote(outcome->body)),
            .retry_after = std::nullopt};
  }
  if (answer->code == 0 && !answer->come_back) return delivery;
  const VendorVerdict verdict = JudgeVendorCode(*answer, vendor);
  if (!by_status || verdict.known) {
    delivery.outcome = verdict.outcome;
    delivery.reason = verdict.reason;
  }
  delivery.problem = VendorWords(*answer, vendor, verdict.advice, hidden);
  if (delivery.reason == "rate_limited") {
    delivery.retry_after =
        answer->come_back ? std::chrono::milliseconds(*answer->come_back) : pause;
  }
  return delivery;
}

HttpSender::HttpSender(const ChannelSettings& settings, const ChannelWorld& world)
    : clock_(world.clock), http_(world.http) {
  model_.headers = {{"Content-Type", "application/json; charset=utf-8"}};
  model_.timeout = settings.Duration("timeout");
  model_.connect_timeout = std::min(model_.timeout, model_.connect_timeout);
  model_.ca_file = settings.Text("ca_file");
  model_.proxy_url = settings.Text("proxy_url");
  model_.max_answer_bytes = kMostAnswerBytes;
  if (!model_.proxy_url.empty()) hidden_.HideUrl(model_.proxy_url);
}

void HttpSender::UseHttpConfig(const ChannelSettings& settings) {
  if (model_.ca_file.empty()) model_.ca_file = settings.Text("http_config.tls_config.ca_file");
  if (model_.proxy_url.empty()) {
    model_.proxy_url = settings.Text("http_config.proxy_url");
    hidden_.HideUrl(model_.proxy_url);
  }
  const std::string& user = settings.Text("http_config.basic_auth.username");
  const Secret& password = settings.SecretOf("http_config.basic_auth.password");
  const Secret& credentials = settings.SecretOf("http_config.authorization.credentials");
  const std::string& type = settings.Text("http_config.authorization.type");
  hidden_.Hide(password.Reveal());
  hidden_.Hide(credentials.Reveal());
  if (!user.empty()) {
    model_.user = user;
    model_.password_or_token = password.Reveal();
    hidden_.Hide(Base64(user + ":" + password.Reveal()));
  } else if (!credentials.empty() && type == "Bearer") {
    model_.password_or_token = credentials.Reveal();
  } else if (!credentials.empty()) {
    model_.headers.emplace_back("Authorization", type + " " + credentials.Reveal());
  }
}

HttpRequest HttpSender::NewRequest(std::string_view url, std::string body) const {
  HttpRequest request = model_;
  request.url = Secret(url);
  request.body = std::move(body);
  return request;
}

HttpOutcome HttpSender::Perform(const HttpRequest& request) const {
  return http_->Perform(request);
}

Delivery HttpSender::Judge(const HttpOutcome& outcome) const {
  return JudgeHttp(outcome, hidden_, Now());
}

Delivery HttpSender::Judge(const HttpOutcome& outcome, const VendorTraits& vendor,
                           std::chrono::milliseconds pause) const {
  return JudgeVendor(outcome, vendor, hidden_, Now(), pause);
}

WallTime HttpSender::Now() const { return clock_->Wall(); }

}  // namespace ecsward::notify
