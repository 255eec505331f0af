// Who listens on which port: every listening socket with its owner, what waits there, what should
// be there and what should not.
//
// A tick asks the kernel for listeners (listener_dump.h), verifies their owners (socket_owners.h),
// sorts them (listener_book.h), judges them (port_judge.h) and reports.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "collectors/all.h"
#include "collectors/ports/learned_ports.h"
#include "collectors/ports/listener_book.h"
#include "collectors/ports/listener_dump.h"
#include "collectors/ports/other_namespaces.h"
#include "collectors/ports/port_judge.h"
#include "collectors/ports/process_files.h"
#include "collectors/ports/socket_owners.h"

namespace ecsward {

inline constexpr OptionSpec kPortsOptions[] = {
    {"expect", OptionKind::kList, "",
     "Ports that must be listened on: \"tcp:443\", \"udp:53\", \"tcp:10.0.0.5:6379\", "
     "\"tcp:[::1]:8080\". Whether they answer, too, is asked by port_checks.",
     CheckExpect},
    {"allow", OptionKind::kList, "",
     "Ports that may be listened on besides; all others are unexpected: \"tcp:22\", "
     "\"tcp:8000-8999\", \"udp:68 process=dhclient\", \"tcp:0.0.0.0:3306 user=mysql "
     "unit=mysql.service\". Empty: nothing is judged.",
     CheckAllow},
    {"learn", OptionKind::kDuration, "0s",
     "How long to learn what listens, such as \"168h\", before everything else is unexpected. "
     "The list is ports-learned.yml in the state directory."},
    {"max_listeners", OptionKind::kInt, "5000", "Sockets beyond this many are only counted."},
    {"other_namespaces", OptionKind::kBool, "false",
     "Show listeners in the network namespaces of containers too, every 15 s."},
};

class PortsCollector final : public Collector {
 public:
  // What tests put in the host's place; null: the real ones.
  struct Seams {
    std::unique_ptr<NetlinkPort> netlink;
    std::unique_ptr<ProcessFiles> files;
    const Clock* clock = nullptr;  // outlives the collector
  };
  PortsCollector(const CollectorEnv& env, const CollectorOptions& options);
  PortsCollector(const CollectorEnv& env, const CollectorOptions& options, Seams seams);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  void ReadEphemeral(const Tick& tick);
  void Learn(const Tick& tick);
  void Report(const Tick& tick, Recorder& out);
  void ReportPlace(const PlaceKey& key, ListenerPlace& place, const Tick& tick, Recorder& out);
  void ReportExpected(const Tick& tick, Recorder& out);
  void ReportOthers(Recorder& out);
  void Publish(const Tick& tick);

  HostBoards& boards_;  // outlives the collector
  ThreadCpuClock work_clock_;
  std::unique_ptr<ProcessFiles> files_;
  ListenerDump dump_;
  SocketOwners owners_;
  ListenerBook book_;
  PortJudge judge_;
  PortLearning learning_;
  std::unique_ptr<OtherNamespaces> others_;  // null unless asked for
  HostFile ephemeral_;
  ReadBuffer buffer_;
  MonoTime ephemeral_due_{};
  MonoTime reported_{};  // the tick before
  double fade_ = 1;      // of what was counted up to then
  std::vector<ListenSocket> sockets_;

  // What was published last, and whether there is news.
  bool changed_ = true;
  std::uint64_t numbers_ = 0, numbers_published_ = 0;
  std::uint64_t owners_version_ = 0, book_version_ = 0, others_version_ = 0;
  MonoTime numbers_due_{};
};

}  // namespace ecsward
