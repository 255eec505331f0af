// Who listens where, for people.
#pragma once

#include <cstdint>
#include <string>

#include "collectors/ports/port_board.h"

namespace ecsward {

// A line for each listener, then the expected ports, then what is missing and why.
std::string PortsText(const PortPicture& picture, std::int64_t now_ms);

// "tcp 0.0.0.0:443", "tcp [::1]:8080", "udp *:68"
std::string PlaceText(const PortListener& listener);
// "tcp:443  missing for 3m12s (nginx: killed by SIGKILL (9))", "tcp:22  listening for 2d (sshd)"
std::string ExpectedText(const ExpectedPort& expected, std::int64_t now_ms);

}  // namespace ecsward
