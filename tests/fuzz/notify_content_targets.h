// Templates and texts of notifications, for targets.cpp: each takes more than one line.
#pragma once

#include <string_view>

namespace ecsward {

void FuzzExpandNotification(std::string_view t);
void FuzzRenderNotification(std::string_view t);

}  // namespace ecsward
