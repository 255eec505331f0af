#include "collectors/offenders.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "collectors/offender_ranking.h"

namespace ecsward {
namespace {

// Below this part, what nobody is charged with is not worth a note.
constexpr double kLeastNote = 0.1;
constexpr std::size_t kTopPeers = 3;

void Note(std::string_view text, Evidence& out) {
  if (text.empty()) return;
  if (!out.note.empty()) out.note += "; ";
  out.note += text;
}

Evidence Begin(EvidenceKind kind, std::string_view unit, const OffenderReading& now) {
  Evidence out;
  out.kind = kind;
  out.time_ms = now.time_ms;
  out.unit = unit;
  Note(now.problem, out);
  if (now.others_hidden) Note("/proc hides other users' processes", out);
  return out;
}

double SecondsBetween(const OffenderReading& before, const OffenderReading& now) {
  return std::chrono::duration<double>(now.mono - before.mono).count();
}

// The same process in the reading before; null when it is new, or another one has its number now.
const ProcessReading* Earlier(const OffenderReading& before, const ProcessReading& process) {
  const auto found = std::lower_bound(
      before.processes.begin(), before.processes.end(), process.pid,
      [](const ProcessReading& reading, std::int64_t pid) { return reading.pid < pid; });
  const bool same = found != before.processes.end() && found->pid == process.pid &&
                    found->start_ticks == process.start_ticks;
  return same ? &*found : nullptr;
}

// What devices or interfaces moved between the readings.
OffenderRanking Moved(const OffenderReading& before, const OffenderReading& now,
                      bool physical_only) {
  OffenderRanking ranking;
  for (const DeviceReading& device : now.devices) {
    if (physical_only && !device.physical) continue;
    const auto found = std::find_if(before.devices.begin(), before.devices.end(),
                                    [&](const DeviceReading& d) { return d.name == device.name; });
    if (found != before.devices.end()) ranking.Add(device.name, 0, device.bytes - found->bytes);
  }
  return ranking;
}

// A listening port, or one of somebody else's that we are connected to.
struct Port {
  std::uint16_t number = 0;
  bool listening = false;
  std::uint64_t connections = 0;
  std::uint64_t inode = 0;  // of the listener, or of one connection
};

std::vector<Port> CountPorts(const std::vector<TcpSocket>& sockets) {
  std::unordered_map<std::uint16_t, Port> listeners;
  std::unordered_map<std::uint16_t, Port> others;
  for (const TcpSocket& socket : sockets) {
    if (!socket.listening) continue;
    Port& port = listeners[socket.local_port];
    port.inode = socket.inode;
  }
  for (const TcpSocket& socket : sockets) {
    if (socket.listening) continue;
    if (const auto found = listeners.find(socket.local_port); found != listeners.end()) {
      ++found->second.connections;
      continue;
    }
    Port& port = others[socket.remote_port];
    ++port.connections;
    if (port.inode == 0) port.inode = socket.inode;
  }
  std::vector<Port> out;
  for (auto* const ports : {&listeners, &others}) {
    for (auto& [number, port] : *ports) {
      port.number = number;
      port.listening = ports == &listeners;
      out.push_back(port);
    }
  }
  std::sort(out.begin(), out.end(), [](const Port& a, const Port& b) {
    if (a.connections != b.connections) return a.connections > b.connections;
    if (a.listening != b.listening) return a.listening;
    return a.number < b.number;
  });
  if (out.size() > kTopOffenders) out.resize(kTopOffenders);
  return out;
}

// The ports, the peers in the note, and honestly what TCP does not explain.
void NameTraffic(const TrafficUse& use, double interfaces, double seconds,
                 const OffenderReading& now, Evidence& out) {
  const double whole = WholeTraffic(use, interfaces);
  for (const TrafficUse::Port& port : use.ports) {
    const double share = port.bytes / whole;
    if (share < kLeastShare || out.offenders.size() == kTopOffenders) break;
    const PortListener* const owner =
        port.listening ? OwnerOfPort(now.ports.get(), port.number) : nullptr;
    out.offenders.push_back({PortName(now.ports.get(), port.number, port.listening),
                             owner == nullptr ? 0 : owner->pid, std::min(share, 1.0),
                             port.bytes / seconds});
  }
  std::string peers;
  std::size_t named = 0;
  for (const TrafficUse::Peer& peer : use.peers) {
    const double share = peer.bytes / whole;
    if (share < kLeastShare || named++ == kTopPeers) break;
    peers += fmt::format("{}{} {:.0f} %", peers.empty() ? "peers: " : ", ", ToString(peer.address),
                         share * 100);
  }
  Note(peers, out);
  if (const double share = use.local_bytes / whole; share >= kLeastNote) {
    Note(fmt::format("{:.0f} % stays on this host", share * 100), out);
  }
  if (const double share = (whole - use.local_bytes - use.remote_bytes) / whole;
      share >= kLeastNote) {
    Note(fmt::format("{:.0f} % is not TCP of the host itself (UDP, containers, forwarding)",
                     share * 100),
         out);
  }
  if (now.traffic.left_out > 0) {
    Note(fmt::format("{} connections were not looked at", now.traffic.left_out), out);
  }
}

}  // namespace

Evidence CpuOffenders(const OffenderReading& before, const OffenderReading& now) {
  Evidence out = Begin(EvidenceKind::kCpu, "cores", now);
  OffenderRanking ranking;
  for (const ProcessReading& process : now.processes) {
    const ProcessReading* earlier = Earlier(before, process);
    ranking.Add(process.name, process.pid,
                process.cpu_ticks - (earlier == nullptr ? 0 : earlier->cpu_ticks));
  }
  const double whole = now.cpu_ticks - before.cpu_ticks;
  if (whole <= 0) return out;
  out.offenders = ranking.TopOf(whole, now.cpus / whole);
  const double lost = (now.busy_ticks - before.busy_ticks - ranking.sum()) / whole;
  if (lost >= kLeastNote && !now.others_hidden) {
    Note(fmt::format("{:.0f} % went to processes that have ended", lost * 100), out);
  }
  return out;
}

Evidence MemoryOffenders(const OffenderReading& now) {
  Evidence out = Begin(EvidenceKind::kMemory, "bytes", now);
  OffenderRanking ranking;
  for (const ProcessReading& process : now.processes) {
    ranking.Add(process.name, process.pid, process.rss_bytes);
  }
  out.offenders = ranking.TopOf(now.memory_bytes, 1);
  if (now.memory_bytes <= 0) return out;
  if (const double share = now.shared_bytes / now.memory_bytes; share >= kLeastNote) {
    Note(fmt::format("{:.0f} % is shared memory and tmpfs", share * 100), out);
  }
  if (const double share = now.slab_bytes / now.memory_bytes; share >= kLeastNote) {
    Note(fmt::format("{:.0f} % is the kernel's own", share * 100), out);
  }
  return out;
}

Evidence DiskOffenders(const OffenderReading& before, const OffenderReading& now) {
  Evidence out = Begin(EvidenceKind::kDisk, "bytes/s", now);
  const double seconds = SecondsBetween(before, now);
  if (seconds <= 0) return out;
  OffenderRanking ranking;
  bool any = false;
  for (const ProcessReading& process : now.processes) {
    if (!process.has_io) continue;
    any = true;
    const ProcessReading* earlier = Earlier(before, process);
    if (earlier != nullptr && !earlier->has_io) continue;
    ranking.Add(process.name, process.pid,
                process.io_bytes - (earlier == nullptr ? 0 : earlier->io_bytes));
  }
  OffenderRanking devices = Moved(before, now, true);
  if (now.io_denied > 0) {
    Note(fmt::format("no permission to read the I/O of {} process{} (needs CAP_SYS_PTRACE)",
                     now.io_denied, now.io_denied == 1 ? "" : "es"),
         out);
  }
  // What a process is charged with and what the disks did are never quite the same: caches stand
  // between them. The greater of both is the whole, so that nobody is blamed for what is unknown.
  const double whole = now.io_denied > 0 ? std::max(ranking.sum(), devices.sum()) : ranking.sum();
  out.offenders = ranking.TopOf(whole, 1 / seconds);
  const bool unknown = now.io_denied > 0 && ranking.sum() < devices.sum() / 2;
  if (!any || unknown) {
    out.offenders = devices.TopOf(devices.sum(), 1 / seconds);
    if (!out.offenders.empty()) Note("these are disks", out);
  }
  return out;
}

Evidence NetworkOffenders(const OffenderReading& before, const OffenderReading& now) {
  Evidence out = Begin(EvidenceKind::kNetwork, "bytes/s", now);
  const double seconds = SecondsBetween(before, now);
  if (seconds <= 0) return out;
  OffenderRanking ranking = Moved(before, now, false);
  OffenderRanking physical = Moved(before, now, true);
  const double interfaces = physical.sum() > 0 ? physical.sum() : ranking.sum();
  if (before.traffic.told && now.traffic.told) {
    const TrafficUse use = CompareTraffic(before.traffic, now.traffic);
    if (!use.ports.empty()) {
      NameTraffic(use, interfaces, seconds, now, out);
      if (!out.offenders.empty()) return out;
    }
  }
  out.offenders = ranking.TopOf(interfaces, 1 / seconds);
  Note(now.traffic.told ? "these are interfaces: it is not TCP of the host itself"
                        : "these are interfaces: /proc counts no process's packets",
       out);
  return out;
}

std::vector<std::uint64_t> PortInodes(const std::vector<TcpSocket>& sockets) {
  std::vector<std::uint64_t> out;
  for (const Port& port : CountPorts(sockets)) {
    if (port.inode != 0) out.push_back(port.inode);
  }
  return out;
}

Evidence PortOffenders(const OffenderReading& now) {
  Evidence out = Begin(EvidenceKind::kPort, "connections", now);
  double whole = 0;
  for (const TcpSocket& socket : now.sockets) whole += socket.listening ? 0 : 1;
  bool nameless = false;
  for (const Port& port : CountPorts(now.sockets)) {
    const auto owner = now.owners.find(port.inode);
    Offender offender;
    const std::string number = fmt::format("{}:{}", port.listening ? "" : "to ", port.number);
    if (owner == now.owners.end()) {
      offender.name = number;
      nameless = true;
    } else {
      offender.name = owner->second.name + " " + number;
      offender.pid = owner->second.pid;
    }
    offender.amount = static_cast<double>(port.connections);
    offender.share = whole > 0 ? offender.amount / whole : 0;
    out.offenders.push_back(std::move(offender));
  }
  if (nameless) Note("not every port's process could be found (needs CAP_SYS_PTRACE)", out);
  return out;
}

Evidence FindOffenders(EvidenceKind kind, const OffenderReading& before,
                       const OffenderReading& now) {
  switch (kind) {
    case EvidenceKind::kCpu:
      return CpuOffenders(before, now);
    case EvidenceKind::kMemory:
      return MemoryOffenders(now);
    case EvidenceKind::kDisk:
      return DiskOffenders(before, now);
    case EvidenceKind::kNetwork:
      return NetworkOffenders(before, now);
    case EvidenceKind::kPort:
      break;
  }
  return PortOffenders(now);
}

}  // namespace ecsward
