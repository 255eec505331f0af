// "Not before then": HTTP's Retry-After.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace ecsward::notify {

// Nobody is believed who wants to be left alone for longer.
inline constexpr std::chrono::hours kLongestRetryAfter{24};

// A date as HTTP has it, in any of its three forms.
// source: RFC 9110, 5.6.7
std::optional<std::chrono::sys_seconds> ParseHttpDate(std::string_view text);

// Seconds or a date; a date that has passed is 0. `date` is the answer's own Date header, which the
// other side's clock made as well: with it, ours may be wrong.
// source: RFC 9110, 10.2.3
std::optional<std::chrono::milliseconds> ParseRetryAfter(std::string_view text,
                                                         std::string_view date, WallTime now);

}  // namespace ecsward::notify
