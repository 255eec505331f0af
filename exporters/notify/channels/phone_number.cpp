#include "exporters/notify/channels/phone_number.h"

#include <fmt/format.h>

#include <algorithm>

#include "exporters/notify/channels/one_line.h"

namespace ecsward::notify {
namespace {

Error Unknown(std::string_view text, std::string_view why) {
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("want a number such as \"13900000000\" or \"+85260000000\", got \"{}\"{}",
                          ShortLine(text, 40), why));
}

// 1[3-9]: the ranges below are services.
bool IsMobile(std::string_view digits) {
  return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3';
}

// Area codes have two digits behind the zero (010, 02x) or three, numbers seven or eight.
bool IsLandline(std::string_view digits) {
  if (digits.size() < 2 || digits[0] != '0' || digits[1] == '0') return false;
  const std::size_t area = digits[1] <= '2' ? 3 : 4;
  const std::size_t number = digits.size() - std::min(area, digits.size());
  return (number == 7 || number == 8) && digits[area] != '0';
}

}  // namespace

Result<PhoneNumber> ParsePhoneNumber(std::string_view text) {
  constexpr std::string_view kForTheEye = " -()";
  std::string digits;
  bool plus = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c == '+' && digits.empty() && !plus) {
      plus = true;
    } else if (kForTheEye.find(c) == std::string_view::npos) {
      return Unknown(text, "");
    }
  }
  if (!plus && digits.substr(0, 2) == "00") {  // dialled as abroad
    plus = true;
    digits.erase(0, 2);
  }
  using Kind = PhoneNumber::Kind;
  if (plus && digits.substr(0, 2) == "86") {
    digits.erase(0, 2);
    if (IsMobile(digits)) return PhoneNumber{Kind::kMobile, std::move(digits)};
    digits.insert(0, 1, '0');
    if (IsLandline(digits)) return PhoneNumber{Kind::kLandline, std::move(digits)};
    return Unknown(text, ": +86 is followed by 11 digits");
  }
  if (plus) {
    // E.164: at most 15 digits, no country's code begins with 0.
    if (digits.size() < 7 || digits.size() > 15 || digits[0] == '0') return Unknown(text, "");
    return PhoneNumber{Kind::kAbroad, std::move(digits)};
  }
  if (IsMobile(digits)) return PhoneNumber{Kind::kMobile, std::move(digits)};
  if (IsLandline(digits)) return PhoneNumber{Kind::kLandline, std::move(digits)};
  return Unknown(text, ": a mobile number has 11 digits; abroad begins with \"+\"");
}

Result<void> CheckSmsNumber(std::string_view text) {
  auto number = ParsePhoneNumber(text);
  if (!number) return std::move(number).error();
  if (number->kind == PhoneNumber::Kind::kLandline) {
    return Unknown(text, ": a landline takes no messages");
  }
  return {};
}

Result<void> CheckVoiceNumber(std::string_view text) {
  auto number = ParsePhoneNumber(text);
  if (!number) return std::move(number).error();
  return {};
}

std::string MaskedNumber(std::string_view digits) {
  if (digits.size() < 7) return "****";
  return fmt::format("{}****{}", digits.substr(0, 3), digits.substr(digits.size() - 4));
}

}  // namespace ecsward::notify
