// The two ways in which the cloud writes moments.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace ecsward::cloud {

// "2024-02-11T23:59:01Z": what the API and the metadata write. Fractions are dropped.
std::string FormatUtc(WallTime time);
std::optional<WallTime> ParseUtc(std::string_view text);

// HTTP's Date header: "Sun, 06 Nov 1994 08:49:37 GMT". The weekday is not looked at.
std::optional<WallTime> ParseHttpDate(std::string_view text);

}  // namespace ecsward::cloud
