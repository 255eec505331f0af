// What each NFS mount has done, seen from the client.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "collectors/all.h"

namespace ecsward {

// source: /proc/self/mountstats, explained at
//         https://utcc.utoronto.ca/~cks/space/blog/linux/NFSMountstatsIndex
//
//   device 192.0.2.1:/srv mounted on /mnt with fstype nfs4 statvers=1.1
//       opts:   rw,vers=4.0,…,addr=192.0.2.1
//       age:    13968
//       events: 52 226 …
//       bytes:  1207640230 0 …
//       xprt:   tcp 832 0 1 0 11 6428 6428 0 12154 0 24 26 5726
//       per-op statistics
//           READ: 1298 1298 0 207680 1210292152 6 79386 79407 3
//
// Numbers are kept in the file's order; those that an older kernel does not print are 0.
struct NfsTransport {
  std::string_view protocol;  // "tcp", "udp", "rdma"
  // port, bind, connect, connect idle, idle seconds, sends, receives, bad ids, active, backlog,
  // slots, sending, pending. For udp the three about connections are 0.
  std::array<double, 13> numbers{};
};
struct NfsOperation {
  std::string_view name;  // "READ"
  // requests, transmissions, timeouts, bytes out, bytes in, then queue, response and request time
  // in milliseconds, errors
  std::array<double, 9> numbers{};
};
struct NfsMount {
  std::string_view device, mount_point, address;
  double age_seconds = 0;
  std::array<double, 27> events{};
  std::array<double, 8> bytes{};
  std::size_t first_transport = 0, transports = 0;  // into MountStats
  std::size_t first_operation = 0, operations = 0;
};
struct MountStats {
  std::vector<NfsMount> mounts;
  std::vector<NfsTransport> transports;
  std::vector<NfsOperation> operations;
};

// Fills `out` with views into `text`, reusing its memory. Mounts that are not NFS are left out.
// errors: kParse naming the line, when a number is none
Result<void> ParseMountStats(std::string_view text, MountStats& out);

// A slow collector: the kernel locks what a hung server may hold.
class MountstatsCollector final : public Collector {
 public:
  explicit MountstatsCollector(const CollectorEnv& env)
      : file_(env.root.File(Tree::kProc, "self/mountstats")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  void Report(const NfsMount& mount, std::string_view protocol, Recorder& out) const;

  HostFile file_;
  ReadBuffer buffer_;
  MountStats stats_;
};

}  // namespace ecsward
