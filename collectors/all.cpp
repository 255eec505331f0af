#include "collectors/all.h"

#include <array>

#include "collectors/arp.h"
#include "collectors/bcache.h"
#include "collectors/bonding.h"
#include "collectors/btrfs.h"
#include "collectors/buddyinfo.h"
#include "collectors/cgroups.h"
#include "collectors/conntrack.h"
#include "collectors/cpu.h"
#include "collectors/cpu_vulnerabilities.h"
#include "collectors/cpufreq.h"
#include "collectors/diskstats.h"
#include "collectors/dmi.h"
#include "collectors/edac.h"
#include "collectors/entropy.h"
#include "collectors/fibrechannel.h"
#include "collectors/filefd.h"
#include "collectors/filesystem.h"
#include "collectors/hwmon.h"
#include "collectors/infiniband.h"
#include "collectors/interrupts.h"
#include "collectors/ipvs.h"
#include "collectors/kernel_hung.h"
#include "collectors/ksmd.h"
#include "collectors/lnstat.h"
#include "collectors/loadavg.h"
#include "collectors/mdadm.h"
#include "collectors/meminfo.h"
#include "collectors/meminfo_numa.h"
#include "collectors/mountstats.h"
#include "collectors/netclass.h"
#include "collectors/netdev.h"
#include "collectors/netstat.h"
#include "collectors/nfs.h"
#include "collectors/nfsd.h"
#include "collectors/nvme.h"
#include "collectors/os.h"
#include "collectors/ports/connections.h"
#include "collectors/ports/port_checks.h"
#include "collectors/ports/ports.h"
#include "collectors/powersupplyclass.h"
#include "collectors/pressure.h"
#include "collectors/process/process_collector.h"
#include "collectors/processes.h"
#include "collectors/rapl.h"
#include "collectors/schedstat.h"
#include "collectors/selinux.h"
#include "collectors/slabinfo.h"
#include "collectors/sockstat.h"
#include "collectors/softirqs.h"
#include "collectors/softnet.h"
#include "collectors/stat.h"
#include "collectors/swap.h"
#include "collectors/sysctl.h"
#include "collectors/systemd/systemd.h"
#include "collectors/systemd/units.h"
#include "collectors/tapestats.h"
#include "collectors/tcpstat.h"
#include "collectors/textfile.h"
#include "collectors/thermal_zone.h"
#include "collectors/time.h"
#include "collectors/timex.h"
#include "collectors/udp_queues.h"
#include "collectors/uname.h"
#include "collectors/vmstat.h"
#include "collectors/watchdog.h"
#include "collectors/xfs.h"
#include "collectors/zfs.h"
#include "collectors/zoneinfo.h"

namespace ecsward {
namespace {

// A collector that takes (env) or (env, options).
template <class T>
std::unique_ptr<Collector> Make(const CollectorEnv& env, const CollectorOptions& options) {
  if constexpr (std::is_constructible_v<T, const CollectorEnv&, const CollectorOptions&>) {
    return std::make_unique<T>(env, options);
  } else {
    return std::make_unique<T>(env);
  }
}

constexpr bool kOn = true;
[[maybe_unused]] constexpr bool kOff = false;
constexpr std::chrono::seconds kEveryTick{0};
// For what moves slowly, or costs more to read than a tick should.
constexpr std::chrono::seconds kEvery1s{1};
constexpr std::chrono::seconds kEvery5s{5};
constexpr std::chrono::seconds kEvery15s{15};
constexpr std::chrono::seconds kEvery60s{60};

// One line each, so that git merges rows.
// clang-format off
const CollectorSpec kAll[] = {
    // name, on by default, pace, interval, options, make
    {"arp", kOn, Pace::kTick, kEvery5s, kArpOptions, Make<ArpCollector>},
    {"bcache", kOn, Pace::kSlow, kEvery5s, kBcacheOptions, Make<BcacheCollector>},
    {"bonding", kOn, Pace::kTick, kEveryTick, {}, Make<BondingCollector>},
    {"btrfs", kOn, Pace::kSlow, kEvery15s, {}, Make<BtrfsCollector>},
    {"buddyinfo", kOff, Pace::kTick, kEvery5s, {}, Make<BuddyinfoCollector>},
    {"cgroups", kOff, Pace::kTick, kEvery15s, {}, Make<CgroupsCollector>},
    {"connections", kOn, Pace::kSlow, kEvery15s, {}, Make<ConnectionsCollector>},
    {"conntrack", kOn, Pace::kTick, kEveryTick, {}, Make<ConntrackCollector>},
    {"cpu", kOn, Pace::kTick, kEveryTick, kCpuOptions, Make<CpuCollector>},
    {"cpu_vulnerabilities", kOff, Pace::kTick, kEvery60s, {}, Make<CpuVulnerabilitiesCollector>},
    {"cpufreq", kOn, Pace::kSlow, kEvery15s, {}, Make<CpufreqCollector>},
    {"diskstats", kOn, Pace::kTick, kEveryTick, kDiskstatsOptions, Make<DiskstatsCollector>},
    {"dmi", kOn, Pace::kTick, kEvery60s, {}, Make<DmiCollector>},
    {"edac", kOn, Pace::kTick, kEvery5s, {}, Make<EdacCollector>},
    {"entropy", kOn, Pace::kTick, kEvery5s, {}, Make<EntropyCollector>},
    {"fibrechannel", kOn, Pace::kSlow, kEvery15s, {}, Make<FibrechannelCollector>},
    {"filefd", kOn, Pace::kTick, kEveryTick, {}, Make<FilefdCollector>},
    {"filesystem", kOn, Pace::kTick, kEveryTick, kFilesystemOptions, Make<FilesystemCollector>},
    {"hwmon", kOn, Pace::kSlow, kEvery5s, kHwmonOptions, Make<HwmonCollector>},
    {"infiniband", kOn, Pace::kSlow, kEvery5s, {}, Make<InfinibandCollector>},
    {"interrupts", kOff, Pace::kTick, kEveryTick, kInterruptsOptions, Make<InterruptsCollector>},
    {"ipvs", kOn, Pace::kTick, kEvery5s, kIpvsOptions, Make<IpvsCollector>},
    {"kernel_hung", kOff, Pace::kTick, kEvery5s, {}, Make<KernelHungCollector>},
    {"ksmd", kOff, Pace::kTick, kEvery5s, {}, Make<KsmdCollector>},
    {"lnstat", kOff, Pace::kTick, kEvery5s, {}, Make<LnstatCollector>},
    {"loadavg", kOn, Pace::kTick, kEveryTick, {}, Make<LoadavgCollector>},
    {"mdadm", kOn, Pace::kTick, kEveryTick, {}, Make<MdadmCollector>},
    {"meminfo", kOn, Pace::kTick, kEveryTick, {}, Make<MeminfoCollector>},
    {"meminfo_numa", kOff, Pace::kTick, kEvery5s, {}, Make<MeminfoNumaCollector>},
    {"mountstats", kOff, Pace::kSlow, kEvery5s, {}, Make<MountstatsCollector>},
    {"netclass", kOn, Pace::kTick, kEveryTick, kNetclassOptions, Make<NetclassCollector>},
    {"netdev", kOn, Pace::kTick, kEveryTick, kNetdevOptions, Make<NetdevCollector>},
    {"netstat", kOn, Pace::kTick, kEveryTick, kNetstatOptions, Make<NetstatCollector>},
    {"nfs", kOn, Pace::kTick, kEveryTick, {}, Make<NfsCollector>},
    {"nfsd", kOn, Pace::kTick, kEveryTick, {}, Make<NfsdCollector>},
    {"nvme", kOn, Pace::kTick, kEvery15s, {}, Make<NvmeCollector>},
    {"os", kOn, Pace::kTick, kEvery60s, {}, Make<OsCollector>},
    {"port_checks", kOn, Pace::kSlow, kEvery15s, kPortChecksOptions, Make<PortChecksCollector>},
    {"ports", kOn, Pace::kTick, kEveryTick, kPortsOptions, Make<PortsCollector>},
    {"powersupplyclass", kOn, Pace::kTick, kEvery15s, kPowerOptions, Make<PowerCollector>},
    {"pressure", kOn, Pace::kTick, kEveryTick, {}, Make<PressureCollector>},
    {"process", kOn, Pace::kSlow, kEvery1s, kProcessOptions, Make<ProcessCollector>},
    {"processes", kOff, Pace::kSlow, kEvery5s, {}, Make<ProcessesCollector>},
    {"rapl", kOn, Pace::kTick, kEveryTick, kRaplOptions, Make<RaplCollector>},
    {"schedstat", kOn, Pace::kTick, kEveryTick, {}, Make<SchedstatCollector>},
    {"selinux", kOn, Pace::kTick, kEvery15s, {}, Make<SelinuxCollector>},
    {"slabinfo", kOff, Pace::kSlow, kEvery15s, kSlabinfoOptions, Make<SlabinfoCollector>},
    {"sockstat", kOn, Pace::kTick, kEveryTick, {}, Make<SockstatCollector>},
    {"softirqs", kOff, Pace::kTick, kEveryTick, {}, Make<SoftirqsCollector>},
    {"softnet", kOn, Pace::kTick, kEveryTick, {}, Make<SoftnetCollector>},
    {"stat", kOn, Pace::kTick, kEveryTick, kStatOptions, Make<StatCollector>},
    {"swap", kOff, Pace::kTick, kEvery5s, {}, Make<SwapCollector>},
    {"sysctl", kOff, Pace::kTick, kEveryTick, kSysctlOptions, Make<SysctlCollector>},
    {"systemd", kOff, Pace::kSlow, kEvery15s, kSystemdOptions, Make<SystemdCollector>},
    {"tapestats", kOn, Pace::kTick, kEvery5s, kTapestatsOptions, Make<TapestatsCollector>},
    {"tcpstat", kOff, Pace::kSlow, kEvery5s, {}, Make<TcpstatCollector>},
    {"textfile", kOn, Pace::kTick, kEveryTick, kTextfileOptions, Make<TextfileCollector>},
    {"thermal_zone", kOn, Pace::kSlow, kEvery15s, {}, Make<ThermalZoneCollector>},
    {"time", kOn, Pace::kTick, kEveryTick, {}, Make<TimeCollector>},
    {"timex", kOn, Pace::kTick, kEvery5s, {}, Make<TimexCollector>},
    {"udp_queues", kOn, Pace::kTick, kEvery5s, {}, Make<UdpQueuesCollector>},
    {"uname", kOn, Pace::kTick, kEvery15s, {}, Make<UnameCollector>},
    {"units", kOn, Pace::kSlow, kEvery15s, {}, Make<UnitsCollector>},
    {"vmstat", kOn, Pace::kTick, kEveryTick, kVmstatOptions, Make<VmstatCollector>},
    {"watchdog", kOn, Pace::kTick, kEvery5s, {}, Make<WatchdogCollector>},
    {"xfs", kOn, Pace::kTick, kEvery5s, {}, Make<XfsCollector>},
    {"zfs", kOn, Pace::kSlow, kEvery15s, {}, Make<ZfsCollector>},
    {"zoneinfo", kOff, Pace::kTick, kEvery5s, {}, Make<ZoneinfoCollector>},
};
// clang-format on

}  // namespace

std::span<const CollectorSpec> AllCollectors() { return kAll; }

const CollectorSpec* FindCollector(std::string_view name) {
  for (const CollectorSpec& spec : kAll) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

}  // namespace ecsward
