// The outbox' parsers for targets.cpp.
#pragma once

#include <string_view>

namespace ecsward {

void FuzzNotification(std::string_view t);

}  // namespace ecsward
