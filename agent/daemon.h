// `ecsward run`: measures until told to stop, serves the measurements, reloads on SIGHUP.
#pragma once

#include "agent/command_line.h"

namespace ecsward {

// Returns the exit code: 0 after SIGTERM or SIGINT, 1 when it could not start; the log says why. A
// collector's thread may still be stuck in the kernel then, so the caller ends with _exit.
int RunDaemon(const CommandLine& line);

}  // namespace ecsward
