#include "collectors/all.h"

#include <array>

#include "collectors/loadavg.h"

namespace ecsward {
namespace {

// A collector that takes (env) or (env, options).
template <class T>
std::unique_ptr<Collector> Make(const CollectorEnv& env, const CollectorOptions& options) {
  if constexpr (std::is_constructible_v<T, const CollectorEnv&, const CollectorOptions&>) {
    return std::make_unique<T>(env, options);
  } else {
    return std::make_unique<T>(env);
  }
}

constexpr bool kOn = true;
[[maybe_unused]] constexpr bool kOff = false;
constexpr std::chrono::seconds kEveryTick{0};

const CollectorSpec kAll[] = {
    // name, on by default, pace, interval, options, make
    {"loadavg", kOn, Pace::kTick, kEveryTick, {}, Make<LoadavgCollector>},
};

}  // namespace

std::span<const CollectorSpec> AllCollectors() { return kAll; }

const CollectorSpec* FindCollector(std::string_view name) {
  for (const CollectorSpec& spec : kAll) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

}  // namespace ecsward
