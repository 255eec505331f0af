// What DingTalk, WeCom and Feishu say in an answer whose HTTP status is 200 whatever happened.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "exporters/notify/channel.h"

namespace ecsward::notify {

// Where a vendor puts code and words.
struct VendorFields {
  const char* code = nullptr;     // "errcode"
  const char* message = nullptr;  // "errmsg"
};

struct VendorAnswer {
  std::int64_t code = 0;
  std::string message;                            // as it came, of any length
  std::optional<std::chrono::seconds> come_back;  // their gateway: not so fast
};

// The first fields that are there with a code other than 0, else those with 0. Nothing: the text is
// no such answer. `{"punish":"deny","wait":5}` is how Alibaba's gateway turns requests away before
// the robot sees them.
std::optional<VendorAnswer> ParseVendorAnswer(std::string_view body,
                                              std::span<const VendorFields> fields);

// What is known of a code. Unknown ones are tried again: what is really permanent ends in the
// fallback after a few failures, what is not must not be lost.
struct VendorCode {
  std::int64_t code = 0;
  enum class Kind : std::uint8_t { kBusy, kTooFast, kPermanent } kind = Kind::kPermanent;
  std::string_view advice;  // for people: what to do about it
};

struct VendorTraits {
  std::string_view name;  // "DingTalk"
  std::span<const VendorFields> fields;
  std::span<const VendorCode> codes;
};

// What became of it. The message for people is without the vendor's words, which are the caller's
// to clean: `DingTalk says 310000`, ` (check the keyword …)`.
struct VendorVerdict {
  Delivery::Outcome outcome = Delivery::Outcome::kRetry;
  std::string_view reason;  // "api_code", "rate_limited"
  std::string_view advice;
  bool known = false;  // the code is in the table, or speaks of a rate
};
// Of a code other than 0.
VendorVerdict JudgeVendorCode(const VendorAnswer& answer, const VendorTraits& vendor);

}  // namespace ecsward::notify
