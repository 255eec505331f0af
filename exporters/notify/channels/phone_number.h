// Telephone numbers as people write them, and as Alibaba Cloud takes them.
// source: the API references of SendSms and SingleCallByTts; ITU-T E.164
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ecsward::notify {

struct PhoneNumber {
  enum class Kind {
    kMobile,    // of mainland China: 11 digits
    kLandline,  // of mainland China, with its area code: "057188888888"; can be called only
    kAbroad,    // country code and number without the plus; Hong Kong, Macao and Taiwan, too
  };
  Kind kind = Kind::kMobile;
  std::string digits;  // what the API takes
};

// `13900000000`, `+86 139-0000-0000`, `0571-88888888`, `+85260000000`. Spaces, hyphens and
// parentheses are for the eye. A number abroad begins with its plus: without one, `85260000000`
// would be somebody else's.
// errors: kInvalidArgument, with the number: it is no secret
Result<PhoneNumber> ParsePhoneNumber(std::string_view text);

// For option tables: whom a message reaches, whom a call does.
Result<void> CheckSmsNumber(std::string_view text);
Result<void> CheckVoiceNumber(std::string_view text);

// "139****0000": for logs, which more people read than may know the number.
std::string MaskedNumber(std::string_view digits);

}  // namespace ecsward::notify
