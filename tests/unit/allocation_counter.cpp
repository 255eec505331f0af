#include "tests/unit/allocation_counter.h"

#include <cstdlib>
#include <new>

// GCC says it with macros, clang with features.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ECSWARD_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ECSWARD_SANITIZED
#endif
#endif

#ifdef ECSWARD_SANITIZED

namespace ecsward {

std::uint64_t AllocationsOfThisThread() { return 0; }

}  // namespace ecsward

#else

namespace {

thread_local std::uint64_t allocations = 0;

void* Count(std::size_t size) {
  ++allocations;
  if (void* const p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}

}  // namespace

namespace ecsward {

std::uint64_t AllocationsOfThisThread() { return allocations; }

}  // namespace ecsward

// The other forms of operator new and delete come down to these.
void* operator new(std::size_t size) { return Count(size); }
void* operator new[](std::size_t size) { return Count(size); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

#endif
