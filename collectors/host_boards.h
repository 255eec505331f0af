// What collectors leave for others to look up between ticks: who listens, who used what, how
// processes ended. A metric is a number; these are the names behind it.
//
// Made once by the daemon and shared with everything that may be stuck in the host when the rest is
// gone. Every part is thread-safe by itself. Where a collector is off its part stays empty.
#pragma once

#include <memory>

#include "collectors/ports/port_board.h"
#include "collectors/process/exit_log.h"
#include "collectors/process/group_board.h"
#include "metrics/offender_ring.h"

namespace ecsward {

struct HostBoards {
  PortBoard ports;    // by `ports`
  ExitLog exits;      // by `process` and `units`
  GroupBoard groups;  // by `process`
  // By `process`: processes, an hour of them. Units: cores, bytes, bytes/s. Memory every 5 seconds,
  // the others every second.
  OffenderRing cpu, memory{720}, disk;
  // By `connections`: "nginx :443" and "203.0.113.7", bytes/s over each of its intervals.
  OffenderRing port_traffic{240}, peer_traffic{240};
};

}  // namespace ecsward
