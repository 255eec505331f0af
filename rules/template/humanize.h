// Numbers for people: 1.235M, 3d 4h 5m 6s, 12.3%.
#pragma once

#include <string>

#include "base/result.h"

namespace ecsward::templates {

std::string Humanize(double value);            // 1234567 → "1.235M", 0.00012 → "120u"
std::string Humanize1024(double value);        // 1234567 → "1.177Mi"
std::string HumanizeDuration(double seconds);  // 93784 → "1d 2h 3m 4s", 0.0012 → "1.2ms"
std::string HumanizePercentage(double ratio);  // 0.1234567 → "12.35%"
// "2015-06-03 21:21:34.7 +0000 UTC"; what is no number stays as it is.
// errors: kInvalidArgument when there is no such moment
Result<std::string> HumanizeTimestamp(double unix_seconds);
// Milliseconds since 1970. errors: kInvalidArgument `value is NaN or Inf`, or as above
Result<std::int64_t> ToUnixMs(double unix_seconds);

}  // namespace ecsward::templates
