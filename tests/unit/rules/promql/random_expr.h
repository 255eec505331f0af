// Expressions and series made by chance, the same on every run, for tests that hold two ways of
// evaluating against each other.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/rules/promql/stored_series.h"

namespace ecsward::promql {

class RandomExpr {
 public:
  explicit RandomExpr(std::uint64_t seed) : random_(seed) {}

  // An expression that gives an instant vector or a scalar, over the series of RandomSeries.
  std::string Next() { return Chance(8) ? Scalar(2) : Vector(3); }

 private:
  bool Chance(unsigned one_in) { return random_() % one_in == 0; }
  std::string Pick(std::initializer_list<const char*> choices);
  std::string Selector();
  std::string Shift();
  std::string Range(int depth);
  std::string Scalar(int depth);
  std::string Vector(int depth);
  std::string RangeCall(int depth);
  std::string Aggregate(int depth);
  std::string Binary(int depth);
  std::string Call(int depth);

  std::mt19937_64 random_;
};

struct RandomOne {
  std::string selector;
  std::vector<Slot> values;
};
// Counters with resets, gauges that turn NaN and infinite, buckets; all with gaps and stale
// markers.
std::vector<RandomOne> RandomSeries(std::uint64_t seed, int count);

}  // namespace ecsward::promql
