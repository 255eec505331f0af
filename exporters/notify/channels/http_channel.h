// What all channels over HTTP share: how a request is made from the settings, and what an answer,
// or its absence, means.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "exporters/notify/channel.h"
#include "exporters/notify/channels/hidden_words.h"
#include "exporters/notify/channels/vendor_answer.h"

namespace ecsward::notify {

using HttpOutcome = tl::expected<HttpResponse, NetError>;

// What became of a request, by HTTP's rules alone:
//   2xx delivered · 3xx refused, "redirect" · 429 retry, "rate_limited" · 408 and 5xx retry,
//   "http_status" · the rest refused, "http_status" · nothing sent: retry, "dns", "connect", "tls",
//   "timeout" · no answer: unclear, "timeout" or "no_answer"
// Retry-After is heard wherever it is tried again. `hidden` keeps secrets out of the problem.
Delivery JudgeHttp(const HttpOutcome& outcome, const HiddenWords& hidden, WallTime now);

// And by the vendor's code in the answer: garbage in place of it is tried again. A vendor that asks
// to go slower without saying how long is left alone for `pause`.
Delivery JudgeVendor(const HttpOutcome& outcome, const VendorTraits& vendor,
                     const HiddenWords& hidden, WallTime now, std::chrono::milliseconds pause);

// Makes requests out of `ca_file`, `proxy_url` and `timeout`, which all these kinds have, and of
// `http_config` where the kind has it.
class HttpSender {
 public:
  HttpSender(const ChannelSettings& settings, const ChannelWorld& world);
  void UseHttpConfig(const ChannelSettings& settings);

  // A POST of JSON. Whoever makes the URL hides it.
  HttpRequest NewRequest(std::string_view url, std::string body) const;
  HttpOutcome Perform(const HttpRequest& request) const;

  Delivery Judge(const HttpOutcome& outcome) const;
  Delivery Judge(const HttpOutcome& outcome, const VendorTraits& vendor,
                 std::chrono::milliseconds pause) const;

  WallTime Now() const;
  HiddenWords& hidden() { return hidden_; }
  const HiddenWords& hidden() const { return hidden_; }

 private:
  const Clock* clock_;
  HttpClient* http_;
  HttpRequest model_;  // without URL and body
  HiddenWords hidden_;
};

}  // namespace ecsward::notify
