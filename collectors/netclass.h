// The state and the settings of each network interface.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/name_filter.h"

namespace ecsward {

// What only sysfs says about an interface; netlink has no word for it.
// source: https://docs.kernel.org/admin-guide/abi-testing.html, /sys/class/net/<device>/
struct SysfsLinkExtras {
  std::optional<double> addr_assign_type, name_assign_type, dev_id;
  std::optional<double> speed;  // Mbit/s; -1 where the driver does not know
  std::string duplex;           // "full", "half", "unknown"; empty where the device has none
};

// Pure: a number as the files of sysfs write it, "1500\n", "-1\n" or "0x1003\n".
std::optional<double> ParseSysfsNumber(std::string_view text);

inline constexpr OptionSpec kNetclassOptions[] = {
    {"ignored_devices", OptionKind::kRegex, "^$", "Interfaces to leave out."},
    {"ignore_invalid_speed", OptionKind::kBool, "false",
     "Leave the speed out where the driver does not know it (-1)."},
};

// Netlink gives most of it in the dump that netdev shares. The rest changes when somebody changes
// it, or when the link goes up or down: it is read then, and every half minute.
class NetclassCollector final : public Collector {
 public:
  NetclassCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Device {
    std::uint64_t last_tick = 0;
    std::vector<HostFile> files;  // the extras; without netlink the properties too
    std::optional<MonoTime> extras_due;
    std::uint32_t index = 0;
    std::optional<double> seen_flags, seen_carrier;
    SysfsLinkExtras extras;
  };

  Result<void> CollectFromFiles(const Tick& tick, Recorder& out);
  Device& DeviceOf(std::string_view name, const Tick& tick, bool all_files);
  std::string_view ReadAttribute(HostFile& file);
  void ReadExtras(Device& device);
  void ReadProperties(Device& device);
  void Report(std::string_view name, const LinkProperties& p, const SysfsLinkExtras& extras,
              Recorder& out) const;

  const HostRoot& root_;  // both outlive the collector
  NetworkLinks& links_;
  NameFilter ignored_;
  bool ignore_invalid_speed_;
  ReadBuffer buffer_;
  std::map<std::string, Device, std::less<>> devices_;
  LinkProperties properties_;  // of one interface, from files
  std::vector<std::string> names_;
  std::optional<MonoTime> names_due_;
  bool keep_open_ = true;
};

}  // namespace ecsward
