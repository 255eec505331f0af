// How many sockets there are, and the memory they take.
#pragma once

#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/protocol_metrics.h"

namespace ecsward {

// source: proc(5) /proc/net/sockstat and sockstat6
//
//   sockets: used 22
//   TCP: inuse 4 orphan 0 tw 1 alloc 4 mem 0
//   FRAG6: inuse 0 memory 0
//
// unit:   sockets; `mem` is pages, `memory` bytes
struct SockstatField {
  std::string_view protocol, name;  // "TCP", "inuse"
  double value = 0;
};

// shape:  in file order; views into `text`
// errors: kParse naming the line, when one has no colon or a name without a number
Result<void> ParseSockstat(std::string_view text, std::vector<SockstatField>& out);

class SockstatCollector final : public Collector {
 public:
  explicit SockstatCollector(const CollectorEnv& env);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Source {
    HostFile file;
    ProtocolMetrics metrics, bytes;  // bytes: of `mem`
  };
  // kNotFound when the host has not that version of IP.
  Result<void> CollectFrom(Source& source, Recorder& out);

  Source v4_, v6_;
  ReadBuffer& buffer_;
  std::vector<SockstatField> fields_;
  double page_size_;
};

}  // namespace ecsward
