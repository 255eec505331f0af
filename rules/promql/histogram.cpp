// histogram_quantile of classic histograms.
#include <algorithm>
#include <cmath>
#include <limits>

#include "rules/promql/instant_functions.h"

namespace ecsward::promql {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

// Buckets of one bound ("1" and "1.0") count as one.
void Merge(std::vector<Bucket>& buckets) {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < buckets.size(); ++i) {
    if (buckets[i].upper_bound == buckets[kept].upper_bound) {
      buckets[kept].count += buckets[i].count;
    } else {
      buckets[++kept] = buckets[i];
    }
  }
  buckets.resize(kept + 1);
}

// Buckets scraped while they were counted, or rates of them, may shrink upwards.
void MakeMonotonic(std::vector<Bucket>& buckets) {
  double reached = buckets.front().count;
  for (Bucket& bucket : buckets) {
    if (bucket.count > reached) reached = bucket.count;
    if (bucket.count < reached) bucket.count = reached;
  }
}

}  // namespace

double BucketQuantile(double q, std::vector<Bucket>& buckets) {
  if (std::isnan(q)) return kNaN;
  if (q < 0) return -kInf;
  if (q > 1) return kInf;
  std::sort(buckets.begin(), buckets.end(), [](const Bucket& a, const Bucket& b) {
    if (std::isnan(a.upper_bound) || std::isnan(b.upper_bound)) {
      return std::isnan(a.upper_bound) && !std::isnan(b.upper_bound);
    }
    return a.upper_bound < b.upper_bound;
  });
  if (buckets.empty() || buckets.back().upper_bound != kInf) return kNaN;
  Merge(buckets);
  MakeMonotonic(buckets);
  if (buckets.size() < 2) return kNaN;

  const double observations = buckets.back().count;
  if (observations == 0) return kNaN;
  double rank = q * observations;
  const auto finite_end = buckets.end() - 1;
  const auto found = std::partition_point(buckets.begin(), finite_end,
                                          [&](const Bucket& b) { return !(b.count >= rank); });
  if (found == finite_end) return (finite_end - 1)->upper_bound;
  double begin = 0, count = found->count;
  if (found != buckets.begin()) {
    const Bucket& below = *(found - 1);
    begin = below.upper_bound;
    count -= below.count;
    rank -= below.count;
  } else if (found->upper_bound <= 0) {
    return found->upper_bound;  // nobody knows where the lowest bucket begins
  }
  return begin + (found->upper_bound - begin) * (rank / count);
}

}  // namespace ecsward::promql
