// Pressure stall information: how long tasks waited for CPU, memory and I/O.
#pragma once

#include <array>
#include <optional>

#include "collectors/all.h"

namespace ecsward {

// Seconds since boot in which tasks were held up by one resource.
// source: /proc/pressure/{cpu,io,memory,irq}, "some avg10=0.00 avg60=0.00 avg300=0.00 total=12"
//         https://docs.kernel.org/accounting/psi.html
// unit:   microseconds in the file → seconds here
struct PressureTotals {
  std::optional<double> some;  // at least one task waited; irq has no such line
  std::optional<double> full;  // every task that had work to do waited
};

// errors: kParse when a line has no "total=", or when there is neither line
Result<PressureTotals> ParsePressure(std::string_view text);

class PressureCollector final : public Collector {
 public:
  explicit PressureCollector(const CollectorEnv& env);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Source {
    HostFile file;
    MonoTime retry_at;  // where this kernel does not have the file
  };
  std::array<Source, 4> sources_;
  ReadBuffer& buffer_;
};

}  // namespace ecsward
