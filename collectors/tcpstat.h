// TCP sockets by state.
#pragma once

#include "collectors/all.h"
#include "collectors/socket_table.h"

namespace ecsward {

// A slow collector: a host with 20,000 connections answers in some 10 ms.
class TcpstatCollector final : public Collector {
 public:
  explicit TcpstatCollector(const CollectorEnv& env);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  SocketTable sockets_;
};

}  // namespace ecsward
