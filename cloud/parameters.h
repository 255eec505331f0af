// An action's parameters as they travel.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ecsward::cloud {

// Flattened and not yet encoded: {"Tag.1.Key", "环境"}. Names are of A-Z a-z 0-9 - _ . ~ only.
using Parameters = std::vector<std::pair<std::string, std::string>>;

}  // namespace ecsward::cloud
