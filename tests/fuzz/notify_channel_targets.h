// The answers of those who take notifications, for targets.cpp.
#pragma once

#include <string_view>

namespace ecsward {

void FuzzHiddenWords(std::string_view t);
void FuzzRetryAfter(std::string_view t);
void FuzzVendorAnswer(std::string_view t);

}  // namespace ecsward
