// The parsers of collectors/process/, for targets.cpp.
#pragma once

#include <string_view>

namespace ecsward {

void FuzzExitEvents(std::string_view t);
void FuzzGroupRule(std::string_view t);
void FuzzKernelRecords(std::string_view t);
void FuzzProcessDetails(std::string_view t);
void FuzzStatLine(std::string_view t);

}  // namespace ecsward
