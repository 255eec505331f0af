// The parsers of the mail, SMS and voice channels, for targets.cpp.
#pragma once

#include <string_view>

namespace ecsward {

void FuzzMailAddresses(std::string_view t);
void FuzzMailText(std::string_view t);
void FuzzPhoneNumber(std::string_view t);
void FuzzSendAnswers(std::string_view t);

}  // namespace ecsward
