// A steady tick allocates nothing: each collector of Pace::kTick over the fixture machines, with
// operator new counted. A program of its own, so that counting disturbs nobody else.
#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <new>

#include "tests/unit/collectors/machine_collectors.h"

namespace {

thread_local bool counting =
    false;  // only this thread: what a collector leaves to others is not the tick's
thread_local std::size_t allocations = 0;

void* Allocate(std::size_t size) {
  if (counting) ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return Allocate(size); }
void* operator new[](std::size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace ecsward {
namespace {

using std::chrono::seconds;

constexpr int kWarmUpRuns = 3;
constexpr int kRuns = 10;

TEST(Allocations, AreCounted) {
  allocations = 0;
  counting = true;
  const std::string long_text(1000, 'x');
  counting = false;
  EXPECT_EQ(allocations, 1u) << long_text.size();
}

// What a collector may allocate in those runs, all the same.
std::size_t Allowed(const CollectorSpec& spec) {
  // Read once a minute: simple code is worth more there.
  if (spec.interval >= std::chrono::minutes(1)) return std::numeric_limits<std::size_t>::max();
  // One machine has a mount that cannot be asked: it is tried again every 5 s, and fails with a
  // text.
  if (spec.name == "filesystem") return 2;
  return 0;
}

TEST(Allocations, AreNoneInASteadyTick) {
  for (const auto& machine : FixtureMachines()) {
    MachineCollectors collectors(machine, Switches::kAllOn);
    std::vector<std::size_t> counts(collectors.all().size());
    for (int run = 1; run <= kRuns; ++run) {
      const Tick tick = collectors.NextTick(seconds(1));
      for (std::size_t i = 0; i < counts.size(); ++i) {
        allocations = 0;
        counting = run > kWarmUpRuns;
        MachineCollectors::Run(collectors.all()[i], tick);
        counting = false;
        counts[i] += allocations;
      }
    }
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const MachineCollectors::One& one = collectors.all()[i];
      // A failure is told with a text; the sampler does not ask such a collector on every tick.
      if (one.spec->pace != Pace::kTick || !one.last) continue;
      EXPECT_LE(counts[i], Allowed(*one.spec)) << one.spec->name << " on " << machine.filename()
                                               << ", in " << kRuns - kWarmUpRuns << " runs";
    }
  }
}

}  // namespace
}  // namespace ecsward
