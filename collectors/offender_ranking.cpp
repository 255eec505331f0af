#include "collectors/offender_ranking.h"

#include <algorithm>
#include <utility>

#include "metrics/offender_ring.h"

namespace ecsward {

void OffenderRanking::Add(std::string_view name, std::int64_t pid, double amount) {
  if (amount <= 0) return;
  sum_ += amount;
  Sum& sum = sums_[name];
  sum.amount += amount;
  if (amount > sum.biggest) {
    sum.biggest = amount;
    sum.pid = pid;
  }
}

std::span<const Offender> OffenderRanking::Top() {
  std::vector<std::pair<std::string_view, Sum>> order(sums_.begin(), sums_.end());
  const auto bigger = [](const auto& a, const auto& b) {
    return a.second.amount != b.second.amount ? a.second.amount > b.second.amount
                                              : a.first < b.first;
  };
  const std::size_t count = std::min(order.size(), OffenderRing::kOffenders);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    bigger);
  top_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    top_[i] = {std::string(order[i].first), order[i].second.pid, 0, order[i].second.amount};
  }
  return top_;
}

std::vector<Offender> OffenderRanking::TopOf(double whole, double unit) {
  std::vector<Offender> out;
  for (const Offender& offender : Top()) {
    const double share = whole > 0 ? offender.amount / whole : 0;
    if (share < kLeastShare) break;
    out.push_back({offender.name, offender.pid, std::min(share, 1.0), offender.amount * unit});
  }
  return out;
}

}  // namespace ecsward
