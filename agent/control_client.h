// The control socket's other side, for the commands: asks and waits.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "agent/control_protocol.h"
#include "base/result.h"

namespace ecsward {

inline constexpr std::chrono::seconds kControlPatience{30};

// The parts of the daemon's answer. errors: for people, with the path, when nobody answers; what
// the daemon said when it refused
Result<std::vector<std::string>> AskDaemon(const std::string& path, const ControlRequest& request,
                                           std::chrono::milliseconds patience = kControlPatience);

}  // namespace ecsward
