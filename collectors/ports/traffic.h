// Which ports and peers carried the traffic: the bytes of every TCP connection at two moments,
// compared. For the rings of the `connections` collector and for an alert's evidence.
//
// What TCP does not see is not here: UDP, other network namespaces (containers), what is forwarded.
// A connection that has ended takes its last bytes with it. The interfaces' own counters, which see
// all of that, are the measure of how much is missing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collectors/ports/port_board.h"
#include "collectors/ports/tcp_table.h"

namespace ecsward {

// A connection at one moment.
struct TrafficRecord {
  std::uint64_t key = 0;  // ConnectionKey
  std::uint64_t bytes = 0;
  IpAddress remote;
  std::uint16_t port = 0;  // `listening`: the local one, else the remote one
  bool listening = false;
  bool local = false;  // both ends are here
};

// A number for the tuple of addresses and ports: the local port above, 47 bits of a keyed hash, and
// one bit (0) for the caller. Two of 20,000 connections are the same once in a million dumps.
std::uint64_t ConnectionKey(const TcpEntry& entry, std::uint64_t seed);

// All connections at one moment.
struct TrafficReading {
  static constexpr std::size_t kMaxRecords = 50'000;
  std::vector<TrafficRecord> records;  // by key, once sorted
  std::uint64_t left_out = 0;          // connections beyond kMaxRecords
  bool told = false;                   // the kernel tells bytes at all, or there is no connection

  // A connection between two of this host's sockets is in the dump twice and counts once, at the
  // end that listens.
  void Add(const TcpEntry& entry, const ListeningPorts& listening, std::uint64_t seed);
  void Sort();
};

// What was carried between two readings; the biggest first.
struct TrafficUse {
  struct Port {
    std::uint16_t number = 0;
    bool listening = false;
    double bytes = 0;
  };
  struct Peer {
    IpAddress address;
    double bytes = 0;
  };
  std::vector<Port> ports;
  std::vector<Peer> peers;
  double remote_bytes = 0, local_bytes = 0;  // to and from others; within this host
};
// A connection that is new in `now` counts with all it has carried, unless `before` left some out.
TrafficUse CompareTraffic(const TrafficReading& before, const TrafficReading& now);

// All bytes: what stays on the host, and what `interfaces` carried to others. Headers and
// acknowledgements are nobody's: when TCP explains nine tenths of the interfaces, it is the whole.
double WholeTraffic(const TrafficUse& use, double interfaces);

// "nginx :443", ":443" while the owner is unknown, "to :3306". `picture` may be null.
std::string PortName(const PortPicture* picture, std::uint16_t port, bool listening);
// The first TCP listener on that port with a known owner; null when there is none.
const PortListener* OwnerOfPort(const PortPicture* picture, std::uint16_t port);

}  // namespace ecsward
