// `ecsward metrics`: one collection on stdout, as a scrape would show it.
#pragma once

#include <string>

#include "agent/config.h"
#include "base/log.h"

namespace ecsward {

// Runs the collectors that `config` turns on once and returns the text format. Slow ones are given
// some seconds; a collector that fails is said in the log and the others go on.
std::string CollectOnce(const Config& config, const Logger& log);

}  // namespace ecsward
