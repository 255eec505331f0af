#include "collectors/offender_reader.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <random>

#include "collectors/cpu.h"
#include "collectors/diskstats.h"
#include "collectors/meminfo.h"
#include "collectors/netdev.h"
#include "collectors/ports/process_files.h"
#include "collectors/process/process_details.h"
#include "collectors/process/stat_line.h"
#include "collectors/text_scan.h"

namespace ecsward {
namespace {

// Links that are looked at for the owners of a handful of sockets. A link costs about 2 µs.
constexpr std::size_t kMaxLinks = 200'000;

bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

OffenderReader::OffenderReader(HostRoot root, const std::atomic<bool>& stop, const PortBoard* ports)
    : root_(std::move(root)),
      stop_(stop),
      ports_(ports),
      page_bytes_(static_cast<double>(::sysconf(_SC_PAGESIZE))),
      seed_(std::uint64_t{std::random_device{}()} << 32 | std::random_device{}()),
      tcp_(root_) {}

OffenderReading OffenderReader::Read(EvidenceKind kind) {
  OffenderReading out;
  switch (kind) {
    case EvidenceKind::kCpu:
      // The whole before its parts: what is done in between makes the parts too great rather than
      // too small, and the shares end at 1.
      ReadCpus(out);
      ReadProcesses(false, out);
      break;
    case EvidenceKind::kMemory:
      ReadMemory(out);
      ReadProcesses(false, out);
      break;
    case EvidenceKind::kDisk:
      ReadDisks(out);
      ReadProcesses(true, out);
      break;
    case EvidenceKind::kNetwork:
      ReadInterfaces(out);
      ReadTraffic(out);
      break;
    case EvidenceKind::kPort:
      ReadSockets(out);
      FindOwners(out);
      break;
  }
  return out;
}

int OffenderReader::TryRead(const std::string& name, std::string_view& text) {
  HostFile file = root_.File(Tree::kProc, name);
  return file.TryRead(buffer_, text);
}

std::string_view OffenderReader::ReadFile(std::string_view name, OffenderReading& out) {
  HostFile file = root_.File(Tree::kProc, name);
  const auto text = file.Read(buffer_);
  if (text) return *text;
  if (out.problem.empty()) out.problem = text.error().message;
  return {};
}

void OffenderReader::ReadProcesses(bool io, OffenderReading& out) {
  const auto names = root_.List(Tree::kProc, "");
  if (!names) {
    if (out.problem.empty()) out.problem = names.error().message;
    return;
  }
  bool saw_first = false;
  for (const std::string& name : *names) {
    if (stop_) return;
    ProcessReading process;
    if (!IsNumber(name) || !ReadProcess(name, io, process, out)) continue;
    saw_first = saw_first || process.pid == 1;
    out.processes.push_back(std::move(process));
  }
  std::sort(out.processes.begin(), out.processes.end(),
            [](const ProcessReading& a, const ProcessReading& b) { return a.pid < b.pid; });
  out.others_hidden = !saw_first;
}

// False when the process has gone or may not be seen.
bool OffenderReader::ReadProcess(const std::string& pid, bool io, ProcessReading& out,
                                 OffenderReading& all) {
  std::string_view text;
  if (TryRead(pid + "/stat", text) != 0) return false;
  StatLine stat;
  std::int64_t number = 0;
  if (!ParseStatLine(text, stat) || !ParseInt(pid, number)) return false;
  out.pid = number;
  out.start_ticks = stat.start_ticks;
  out.name = OffenderName(stat.comm, stat.kernel_thread);
  out.cpu_ticks = static_cast<double>(stat.user_ticks + stat.system_ticks);
  out.rss_bytes = static_cast<double>(stat.rss_pages) * page_bytes_;
  if (!io) return true;
  const int error = TryRead(pid + "/io", text);
  if (error == EACCES || error == EPERM) ++all.io_denied;
  if (error != 0) return true;
  ProcessIo moved;
  out.has_io = ParseProcessIoLines(text, moved);
  if (out.has_io) out.io_bytes = static_cast<double>(moved.read_bytes + moved.written_bytes);
  return true;
}

void OffenderReader::ReadCpus(OffenderReading& out) {
  CpuStat stat;
  // Ticks, as the processes' are.
  if (!ParseCpuStat(ReadFile("stat", out), 1, stat)) return;
  const auto& ticks = stat.all.seconds;
  for (std::size_t mode = kUser; mode <= kSteal; ++mode) out.cpu_ticks += ticks[mode];
  out.busy_ticks = ticks[kUser] + ticks[kNice] + ticks[kSystem];
  out.cpus = static_cast<double>(stat.cpus.size());
}

void OffenderReader::ReadMemory(OffenderReading& out) {
  std::vector<MemoryField> fields;
  if (!ParseMeminfo(ReadFile("meminfo", out), fields)) return;
  for (const MemoryField& field : fields) {
    if (field.name == "MemTotal") out.memory_bytes = field.value;
    if (field.name == "Shmem") out.shared_bytes = field.value;
    if (field.name == "SUnreclaim") out.slab_bytes = field.value;
  }
}

void OffenderReader::ReadDisks(OffenderReading& out) {
  constexpr double kSectorBytes = 512;
  constexpr std::size_t kSectorsRead = 2;
  constexpr std::size_t kSectorsWritten = 6;
  std::vector<DiskLine> lines;
  (void)ParseDiskstats(ReadFile("diskstats", out),
                       lines);  // what was good before a bad line stands
  for (const DiskLine& line : lines) {
    const bool physical = root_.Exists(Tree::kSys, "block/" + std::string(line.device) + "/device");
    const double sectors = line.columns[kSectorsRead] + line.columns[kSectorsWritten];
    out.devices.push_back({OffenderName(line.device, false), sectors * kSectorBytes, physical});
  }
}

void OffenderReader::ReadInterfaces(OffenderReading& out) {
  std::vector<NetDevLine> lines;
  (void)ParseNetDev(ReadFile("net/dev", out), lines);
  for (const NetDevLine& line : lines) {
    if (line.name == "lo") continue;
    const bool physical =
        root_.Exists(Tree::kSys, "class/net/" + std::string(line.name) + "/device");
    out.devices.push_back({OffenderName(line.name, false),
                           line.counters.receive_bytes + line.counters.transmit_bytes, physical});
  }
}

namespace {

struct TrafficSink final : TcpSink {
  TrafficSink(const ListeningPorts& ports, std::uint64_t key_seed, TrafficReading& reading)
      : listening(ports), seed(key_seed), out(reading) {}
  void Begin() override {
    out.records.resize(mark);
    out.left_out = mark_left_out;
  }
  void Socket(const TcpEntry& entry) override { out.Add(entry, listening, seed); }
  void EndVersion() {
    mark = out.records.size();
    mark_left_out = out.left_out;
  }
  const ListeningPorts& listening;
  const std::uint64_t seed;
  TrafficReading& out;
  std::size_t mark = 0;  // what other versions of IP have brought
  std::uint64_t mark_left_out = 0;
};

struct SocketSink final : TcpSink {
  explicit SocketSink(std::vector<TcpSocket>& sockets) : out(sockets) {}
  void Begin() override { out.resize(mark); }
  void Socket(const TcpEntry& entry) override {
    const bool listening = (kListenState >> entry.state & 1U) != 0;
    out.push_back({entry.local_port, entry.remote_port, listening, entry.inode});
  }
  void EndVersion() { mark = out.size(); }
  std::vector<TcpSocket>& out;
  std::size_t mark = 0;  // what other versions of IP have brought
};

}  // namespace

// Only from netlink: the text does not tell bytes, and takes long to say so.
void OffenderReader::ReadTraffic(OffenderReading& out) {
  if (ports_ != nullptr) out.ports = ports_->Read();
  ListeningPorts listening;
  if (!root_.live() || !listening.Read(tcp_)) return;
  TrafficSink sink(listening, seed_, out.traffic);
  for (const int family : {AF_INET, AF_INET6}) {
    (void)tcp_.Read(family, kConnectionStates, true, sink);
    sink.EndVersion();
  }
  out.traffic.Sort();
}

void OffenderReader::ReadSockets(OffenderReading& out) {
  SocketSink sink(out.sockets);
  for (const int family : {AF_INET, AF_INET6}) {
    const auto read = tcp_.Read(family, kListenState | kConnectionStates, false, sink);
    sink.EndVersion();
    // No IPv6 is no problem.
    if (!read && family == AF_INET && out.problem.empty()) out.problem = read.error().message;
  }
}

// Takes the inodes of listeners whose owner the `ports` collector knows off `wanted`.
void OffenderReader::TakeKnownOwners(std::vector<std::uint64_t>& wanted,
                                     OffenderReading& out) const {
  const auto picture = ports_ == nullptr ? nullptr : ports_->Read();
  if (picture == nullptr) return;
  for (const TcpSocket& socket : out.sockets) {
    const auto found = std::find(wanted.begin(), wanted.end(), socket.inode);
    if (!socket.listening || found == wanted.end()) continue;
    const PortListener* const owner = OwnerOfPort(picture.get(), socket.local_port);
    if (owner == nullptr) continue;
    ProcessReading& process = out.owners[socket.inode];
    process.pid = owner->pid;
    process.name = owner->process;
    wanted.erase(found);
  }
}

void OffenderReader::FindOwners(OffenderReading& out) {
  std::vector<std::uint64_t> wanted = PortInodes(out.sockets);
  TakeKnownOwners(wanted, out);
  if (wanted.empty()) return;
  const auto names = root_.List(Tree::kProc, "");
  if (!names) return;
  std::size_t links = 0;
  for (const std::string& pid : *names) {
    if (wanted.empty() || links > kMaxLinks || stop_) return;
    if (!IsNumber(pid)) continue;
    const std::string folder = pid + "/fd/";
    const auto files = root_.List(Tree::kProc, folder);
    if (!files) continue;
    for (const std::string& file : *files) {
      if (++links > kMaxLinks) break;
      const std::uint64_t inode = ParseSocketLink(root_.LinkName(Tree::kProc, folder + file));
      const auto found = std::find(wanted.begin(), wanted.end(), inode);
      if (inode == 0 || found == wanted.end()) continue;
      if (ProcessReading owner; ReadProcess(pid, false, owner, out)) {
        out.owners[inode] = std::move(owner);
        wanted.erase(found);
      }
    }
  }
}

}  // namespace ecsward
