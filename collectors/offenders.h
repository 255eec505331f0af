// Who uses most of the host: pure functions from the texts of /proc to a handful of names. What is
// read and when is evidence_thread.h's business.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "collectors/offender_name.h"
#include "collectors/ports/traffic.h"
#include "metrics/evidence.h"
#include "metrics/offender_ring.h"

namespace ecsward {

// A socket, as far as it matters who owns it.
struct TcpSocket {
  std::uint16_t local_port = 0, remote_port = 0;
  bool listening = false;
  std::uint64_t inode = 0;  // 0: nobody's any more (TIME_WAIT)
};

// One process at one moment.
struct ProcessReading {
  std::int64_t pid = 0;
  std::uint64_t start_ticks = 0;
  std::string name;  // made safe
  double cpu_ticks = 0, rss_bytes = 0, io_bytes = 0;
  bool has_io = false;
};

// A device or an interface at one moment.
struct DeviceReading {
  std::string name;  // made safe
  double bytes = 0;  // both ways, since boot
  // Hardware, or what stands for it: all traffic goes through one of these, and again through
  // bridges, tunnels, disks made of disks.
  bool physical = true;
};

// The host at one moment: what one kind of evidence needs of it, the rest is empty.
struct OffenderReading {
  MonoTime mono{};
  std::int64_t time_ms = 0;
  std::vector<ProcessReading> processes;  // by number
  std::vector<DeviceReading> devices;     // disk: whole disks; network: interfaces
  double cpu_ticks = 0, busy_ticks = 0;   // of all CPUs since boot; busy: user, nice, system
  double cpus = 0;
  double memory_bytes = 0;                   // MemTotal
  double shared_bytes = 0, slab_bytes = 0;   // Shmem, SUnreclaim
  TrafficReading traffic;                    // network: where the kernel tells it
  std::shared_ptr<const PortPicture> ports;  // network: who listens; may be null
  std::vector<TcpSocket> sockets;
  std::map<std::uint64_t, ProcessReading> owners;  // by inode, as far as they could be found
  std::size_t io_denied = 0;                       // processes
  bool others_hidden = false;                      // /proc shows only our own (hidepid)
  std::string problem;                             // what could not be read at all
};

// How many are named.
inline constexpr std::size_t kTopOffenders = OffenderRing::kOffenders;

// Between two readings. A process that is new in the second counts with all it has done; one that
// is gone does not count.
Evidence CpuOffenders(const OffenderReading& before, const OffenderReading& now);
Evidence DiskOffenders(const OffenderReading& before, const OffenderReading& now);
// Ports and, in the note, peers; interfaces where the kernel does not tell what TCP carried.
Evidence NetworkOffenders(const OffenderReading& before, const OffenderReading& now);
// Of one reading.
Evidence MemoryOffenders(const OffenderReading& now);
Evidence PortOffenders(const OffenderReading& now);

// The sockets whose owners are worth finding: one for each of the ports that PortOffenders names.
std::vector<std::uint64_t> PortInodes(const std::vector<TcpSocket>& sockets);

// All of the above by kind. `before` is not looked at where one reading is enough.
Evidence FindOffenders(EvidenceKind kind, const OffenderReading& before,
                       const OffenderReading& now);
inline bool NeedsTwoReadings(EvidenceKind kind) {
  return kind != EvidenceKind::kMemory && kind != EvidenceKind::kPort;
}

}  // namespace ecsward
