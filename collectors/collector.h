// What a collector is: something that, once a tick, reads the host and reports samples.
//
// A collector is made once and called by one thread at a time. It keeps its files open and its
// memory between calls, so a steady call allocates nothing. It has a pure parse function (text in,
// values out), and Collect is read → parse → name. CONTRIBUTING.md walks through the smallest one.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/result.h"
#include "metrics/series_set.h"

namespace ecsward {

struct Tick {
  std::uint64_t number = 0;  // 1 is the first
  WallTime wall;
  MonoTime mono;
};

class Collector {
 public:
  virtual ~Collector() = default;

  // errors: kNotSupported when the host does not offer this (no PSI, no such bus): said once in the
  // log, success 1 and no series, as "no data is not failure"; the sampler asks again now and then.
  // Anything else is a failure: node_scrape_collector_success 0. What was reported before the error
  // stands.
  virtual Result<void> Collect(const Tick& tick, Recorder& out) = 0;
};

}  // namespace ecsward
