// `ecsward status`: the host, its alerts and its ports on one screen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/host_figures.h"
#include "agent/host_status.h"
#include "rules/rule_engine.h"

namespace ecsward {

std::string StatusText(const HostFigures& figures, const HostStatus& status,
                       const std::vector<RuleAlert>& alerts, std::int64_t now_ms);

}  // namespace ecsward
