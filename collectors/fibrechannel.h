// Fibre Channel adapters: what they are connected to, frames, errors.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/rescan.h"

namespace ecsward {

// Pure: "0x3a41c" → 238620. None where the adapter does not count this: all bits set.
std::optional<double> ParseFibreChannelCounter(std::string_view text);

// source: include/scsi/scsi_transport_fc.h, /sys/class/fc_host/<host>/
//
// A slow collector: for each counter the driver asks the adapter's firmware for all of them.
class FibrechannelCollector final : public Collector {
 public:
  static constexpr std::size_t kWords = 10;

  explicit FibrechannelCollector(const CollectorEnv& env) : root_(env.root) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct CounterFile {
    HostFile file;
    std::size_t row;  // in the table of fibrechannel.cpp
  };
  struct Host {
    std::string name;
    std::array<HostFile, kWords> word_files;
    std::array<std::string, kWords> words;  // their memory is used again
    std::vector<CounterFile> counters;
  };

  void Scan();
  bool ReportInfo(Host& host, Recorder& out);  // false: the adapter is gone

  const HostRoot& root_;  // outlives the collector
  std::vector<Host> hosts_;
  Rescan rescan_;
  ReadBuffer buffer_;
};

}  // namespace ecsward
