// Counts what this program takes from the heap with operator new: "allocates nothing" is a test.
#pragma once

#include <cstdint>

namespace ecsward {

// By the calling thread, since it began. Always 0 under a sanitizer, which wants its own operator
// new.
std::uint64_t AllocationsOfThisThread();

}  // namespace ecsward
