// The parsers of collectors/ports/ and collectors/process/ for targets.cpp.
#pragma once

#include <string_view>

namespace ecsward {

void FuzzCgroupUnit(std::string_view t);
void FuzzLearnedPorts(std::string_view t);
void FuzzListenMessage(std::string_view t);
void FuzzListenTable(std::string_view t);
void FuzzPasswd(std::string_view t);
void FuzzPortRule(std::string_view t);
void FuzzProcessLinks(std::string_view t);

}  // namespace ecsward
