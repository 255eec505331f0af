// Bytes that wait in the queues of UDP sockets.
#pragma once

#include "collectors/all.h"
#include "collectors/socket_table.h"

namespace ecsward {

// The kernel walks its whole UDP hash table for one answer (up to 65536 places on a large host), so
// this is asked for every few seconds and not on every tick: a queue that matters stays full
// longer.
class UdpQueuesCollector final : public Collector {
 public:
  explicit UdpQueuesCollector(const CollectorEnv& env);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  SocketTable sockets_;
};

}  // namespace ecsward
