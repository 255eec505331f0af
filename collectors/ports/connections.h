// TCP connections of the ports that listen here, and which ports and peers carry the traffic.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "collectors/all.h"
#include "collectors/netdev.h"
#include "collectors/ports/tcp_table.h"
#include "collectors/ports/traffic.h"

namespace ecsward {

// The connections of one dump, as far as they concern ports that listen. One thread.
class ConnectionCount final : public TcpSink {
 public:
  static constexpr std::size_t kStates = 13;  // as SocketTotals
  static constexpr std::size_t kMaxConnections = 200'000;
  using States = std::array<std::uint32_t, kStates>;  // connections by the kernel's number

  // Both outlive the dump.
  void Start(const ListeningPorts& listening, std::uint64_t seed, bool traffic);
  // IP version by IP version: what came of one is forgotten when the kernel begins it anew.
  void StartVersion(std::size_t version);
  void Begin() override;
  void Socket(const TcpEntry& entry) override;
  void Finish();  // sorts

  // Of the port at that place in the listening ports.
  States Of(std::size_t place) const;
  std::uint64_t seen() const { return seen_[0] + seen_[1]; }
  std::uint64_t left_out() const { return left_out_[0] + left_out_[1]; }
  // ConnectionKey of connections to ports that listen, ascending; the lowest bit: in TIME_WAIT.
  const std::vector<std::uint64_t>& keys() const { return keys_; }
  const TrafficReading& traffic() const { return traffic_; }

 private:
  struct Mark {
    std::size_t keys = 0, records = 0;
    std::uint64_t left_out = 0;
  };
  const ListeningPorts* listening_ = nullptr;
  std::uint64_t seed_ = 0;
  bool with_traffic_ = false;
  std::size_t version_ = 0;
  Mark mark_;
  std::array<std::vector<States>, 2> states_;
  std::array<std::uint64_t, 2> seen_{}, left_out_{};
  std::vector<std::uint64_t> keys_;
  TrafficReading traffic_;
};

// What happened to the connections of one port between two dumps.
struct ConnectionChanges {
  std::uint64_t opened = 0, closed = 0;
};
// Calls change(port, opened, closed) for each port with one. Keys as ConnectionCount::keys.
// A connection that is in TIME_WAIT and was not there before was opened and closed.
void CompareConnections(const std::vector<std::uint64_t>& before,
                        const std::vector<std::uint64_t>& now,
                        std::map<std::uint16_t, ConnectionChanges>& changes);

// A slow collector: a dump of 20,000 connections takes some 15 ms.
//
// source: netlink's sock_diag, or /proc/net/tcp{,6} (which do not tell bytes)
// note:   opened and closed are found by comparing dumps. A connection that came and went between
//         two of them and left no TIME_WAIT here (the other side closed first, or it was reset) is
//         not seen; nor is one that reused the ends of another that was open the time before.
// note:   beyond 200,000 connections the rest is only counted, ecsward_connections_left_out, and
//         opened and closed stand still, since two parts of a whole cannot be compared.
class ConnectionsCollector final : public Collector {
 public:
  static constexpr std::size_t kMaxPorts = 100;
  // Fewer than these: bytes are asked for on every run, else on every fourth.
  static constexpr std::uint64_t kCheapConnections = 5'000;
  static constexpr std::uint64_t kBytesEvery = 4;

  // `port`: a test's netlink; null for the real one. `work`: what a look costs, outlives this; null
  // for this thread's CPU time. A dear look is followed by runs that only repeat it.
  explicit ConnectionsCollector(const CollectorEnv& env,
                                std::unique_ptr<NetlinkPort> port = nullptr,
                                const Clock* work = nullptr);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Totals {
    double opened = 0, closed = 0;
  };
  Result<void> Dump(bool traffic);
  void CountChanges();
  void ChoosePorts();
  void Report(Recorder& out);
  void RememberTraffic(const Tick& tick);
  std::optional<double> InterfaceBytes();

  const HostRoot root_;
  HostBoards& boards_;
  TcpTable table_;
  HostFile net_dev_;
  ReadBuffer buffer_;
  std::vector<NetDevLine> lines_;
  const std::uint64_t seed_;
  const ThreadCpuClock thread_clock_;
  const Clock& work_clock_;
  unsigned rest_ = 0;  // runs until the next look
  std::uint64_t run_ = 0, last_seen_ = 0;

  ListeningPorts listening_, listening_before_;
  ConnectionCount count_;
  std::vector<std::uint64_t> keys_before_;
  bool comparable_ = false;  // keys_before_ is a whole dump
  std::map<std::uint16_t, ConnectionChanges> changes_;
  std::map<std::uint16_t, Totals> totals_;  // of the ports that listen
  std::vector<std::size_t> chosen_;         // places in listening_

  TrafficReading traffic_before_;
  std::optional<double> interfaces_before_;
  std::optional<MonoTime> traffic_time_;
};

}  // namespace ecsward
