// What the sampler says about its collectors, in the log.
#pragma once

#include "base/log.h"
#include "collectors/sampler.h"

namespace ecsward {

// `log` outlives the function.
CollectorStateFn LogStates(const Logger& log);

}  // namespace ecsward
