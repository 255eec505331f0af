// Reads what offenders.h judges.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "base/host_root.h"
#include "collectors/offenders.h"
#include "collectors/ports/port_board.h"
#include "collectors/ports/tcp_table.h"

namespace ecsward {

// One thread.
class OffenderReader {
 public:
  // Keeps a copy of `root`. `stop` outlives this: once it is true, readings end early. So does
  // `ports`, who listens where as the `ports` collector knows it; may be null.
  OffenderReader(HostRoot root, const std::atomic<bool>& stop, const PortBoard* ports = nullptr);

  // What `kind` needs. Never fails: what cannot be read is told in the reading. Without its times.
  OffenderReading Read(EvidenceKind kind);

 private:
  void ReadProcesses(bool io, OffenderReading& out);
  bool ReadProcess(const std::string& pid, bool io, ProcessReading& out, OffenderReading& all);
  void ReadCpus(OffenderReading& out);
  void ReadMemory(OffenderReading& out);
  void ReadDisks(OffenderReading& out);
  void ReadInterfaces(OffenderReading& out);
  void ReadTraffic(OffenderReading& out);
  void ReadSockets(OffenderReading& out);
  void TakeKnownOwners(std::vector<std::uint64_t>& wanted, OffenderReading& out) const;
  void FindOwners(OffenderReading& out);
  // The text of a file below /proc; empty when it cannot be read, which is then the reading's
  // problem.
  std::string_view ReadFile(std::string_view name, OffenderReading& out);
  // The same with the errno, for files that come and go.
  int TryRead(const std::string& name, std::string_view& text);

  const HostRoot root_;
  const std::atomic<bool>& stop_;
  const PortBoard* const ports_;
  const double page_bytes_;
  const std::uint64_t seed_;  // of keys: the same in all readings that are compared
  TcpTable tcp_;
  ReadBuffer buffer_;
};

}  // namespace ecsward
