// What decides who is told, for targets.cpp: its parsers, and the dispatcher itself under whatever
// may happen to it.
#pragma once

#include <string_view>

namespace ecsward {

void FuzzDispatcher(std::string_view t);
void FuzzPosixTz(std::string_view t);
void FuzzSilence(std::string_view t);
void FuzzTimeZone(std::string_view t);

}  // namespace ecsward
