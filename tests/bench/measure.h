// What a measurement needs: a process's CPU time to the nanosecond, medians, JSON numbers.
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <numeric>
#include <vector>

namespace ecsward::bench {

using SteadyClock = std::chrono::steady_clock;

inline double Microseconds(SteadyClock::duration d) {
  return std::chrono::duration<double, std::micro>(d).count();
}

// CPU time that a process, ended threads included, has used so far. Of the scheduler's own
// nanoseconds: /proc/PID/stat counts in jiffies of 10 ms, too coarse for a scrape of 40 µs.
inline double CpuMicroseconds(pid_t pid) {
  clockid_t clock = 0;
  timespec t{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0) return -1;
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

// `share` 0.5: the median. Reorders `values`; 0 when there are none.
inline double Quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(
                                        share * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

inline double Mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

inline double Median(std::vector<double> values) { return Quantile(values, 0.5); }

}  // namespace ecsward::bench
