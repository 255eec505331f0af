// Gives back the pages of program text that only starting up needed.
#pragma once

#include <cstddef>

namespace ecsward {

// Reading the command line and the configuration, and the dynamic linker's work, touch megabytes of
// code that the daemon never runs again. The pages are clean copies of files: dropping them from
// the process costs nothing, and the few that are still needed come back from the page cache on
// first use, without disk I/O in any case that matters. Call once, when start-up is done. Returns
// how many bytes of text mappings were given back.
std::size_t ReleaseStartupPages();

}  // namespace ecsward
