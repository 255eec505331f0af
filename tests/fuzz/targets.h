// The parsers of outside text, each under a name. One program fuzzes them all (fuzz_main.cpp), and
// the unit tests run each one over its seed corpus, tests/fuzz/corpus/<name>/.
#pragma once

#include <span>
#include <string_view>

namespace ecsward {

struct FuzzTarget {
  std::string_view name;
  void (*run)(std::string_view input);  // any input: returns, never crashes, hangs or leaks
};

std::span<const FuzzTarget> FuzzTargets();

}  // namespace ecsward
