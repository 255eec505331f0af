// What the daemon sets about its own process before it starts any thread.
#pragma once

#include "base/log.h"

namespace ecsward {

// Bounds malloc to one arena and lets it give memory back early; small stacks for threads; as many
// open files as the hard limit allows; no death by a closed pipe. What fails is logged, not fatal.
void PrepareProcess(const Logger& log);

}  // namespace ecsward
