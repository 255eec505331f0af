// Counts what this program takes from the heap with operator new: "allocates nothing" is a test.
#pragma once

#include <cstdint>

namespace ecsward {

// By the calling thread, since it began.
std::uint64_t AllocationsOfThisThread();

}  // namespace ecsward
