// The parsers of the notifier's configuration, for targets.cpp.
#pragma once

#include <string_view>

namespace ecsward {

void FuzzMatchers(std::string_view t);
void FuzzNotifyConfig(std::string_view t);
void FuzzTimeInterval(std::string_view t);

}  // namespace ecsward
