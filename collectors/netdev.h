// What went through each network interface, and how fast.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/name_filter.h"
#include "collectors/network_addresses.h"
#include "collectors/peak_gauge.h"

namespace ecsward {

// One line of /proc/net/dev; what it cannot say is left at its default.
struct NetDevLine {
  std::string_view name;
  LinkCounters counters;
};

// source: proc(5) /proc/net/dev, two lines of headings, then
//
//     eth0: 69537345    1572    0    0    0     0          0         0    88438     924 …
//
// shape:  in file order; views into `text`
// errors: kParse naming the line, when one has no colon or fewer than 16 numbers
Result<void> ParseNetDev(std::string_view text, std::vector<NetDevLine>& out);

inline constexpr OptionSpec kNetdevOptions[] = {
    {"device_include", OptionKind::kRegex, "", "Interfaces to show; empty: all."},
    {"device_exclude", OptionKind::kRegex, "", "Interfaces to leave out; empty: none."},
    {"address_info", OptionKind::kBool, "false", "Show the addresses of every interface."},
};

class NetdevCollector final : public Collector {
 public:
  NetdevCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Device {
    std::uint32_t index = 0;
    std::uint64_t last_tick = 0;
    HostFile nohandler;  // where there is no netlink
    CounterRate receive_rate, transmit_rate;
    PeakGauge receive, transmit;
  };

  Result<void> CollectFromFiles(const Tick& tick, Recorder& out);
  Device& DeviceOf(std::string_view name, std::uint32_t index, const Tick& tick);
  void Report(std::string_view name, const LinkCounters& counters, Device& device, const Tick& tick,
              Recorder& out);
  void ReportAddresses(const Tick& tick, Recorder& out);
  void ForgetOthers(const Tick& tick);

  const HostRoot& root_;  // both outlive the collector
  NetworkLinks& links_;
  NameFilter filter_;
  HostFile file_;
  ReadBuffer buffer_, small_buffer_;
  std::vector<NetDevLine> lines_;
  std::map<std::string, Device, std::less<>> devices_;
  std::unique_ptr<NetworkAddresses> addresses_;  // null unless asked for
  std::optional<MonoTime> addresses_due_;
};

}  // namespace ecsward
