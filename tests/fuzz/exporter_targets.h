// The parsers of exporters/, for targets.cpp: each takes more than one line.
#pragma once

#include <string_view>

namespace ecsward {

void FuzzAccept(std::string_view t);
void FuzzAddresses(std::string_view t);
void FuzzPage(std::string_view t);
void FuzzRequests(std::string_view t);
void FuzzWebConfig(std::string_view t);

}  // namespace ecsward
