// Adds up by name and picks the handful that an alert names.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "metrics/evidence.h"

namespace ecsward {

// Below this part of the whole nobody is named: "0 %" blames nobody.
inline constexpr double kLeastShare = 0.005;

// One thread.
class OffenderRanking {
 public:
  void Clear() {
    sums_.clear();
    sum_ = 0;
  }
  // `name` must live until Top has been called.
  void Add(std::string_view name, std::int64_t pid, double amount);
  double sum() const { return sum_; }
  // The biggest first, without shares; at most OffenderRing::kOffenders. Lives until the next call.
  std::span<const Offender> Top();
  // Those of them that made kLeastShare of `whole` and more, with their shares. `unit` is what an
  // amount of 1 is in the evidence's unit.
  std::vector<Offender> TopOf(double whole, double unit);

 private:
  struct Sum {
    double amount = 0, biggest = 0;
    std::int64_t pid = 0;
  };
  std::unordered_map<std::string_view, Sum> sums_;
  double sum_ = 0;
  std::vector<Offender> top_;
};

}  // namespace ecsward
