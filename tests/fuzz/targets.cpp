#include "tests/fuzz/targets.h"

#include "collectors/cpu.h"
#include "collectors/cpu_info.h"
#include "agent/config_parse.h"
#include "collectors/filefd.h"
#include "collectors/cpu_table.h"
#include "collectors/cpu_topology.h"
#include "collectors/disk_identity.h"
#include "collectors/diskstats.h"
#include "collectors/buddyinfo.h"
#include "collectors/cgroups.h"
#include "collectors/cpu_table.h"
#include "collectors/cpu_vulnerabilities.h"
#include "collectors/filefd.h"
#include "collectors/interrupts.h"
#include "collectors/lnstat.h"
#include "collectors/loadavg.h"
#include "collectors/meminfo.h"
#include "collectors/pressure.h"
#include "collectors/netdev.h"
#include "collectors/network_addresses.h"
#include "collectors/network_links.h"
#include "collectors/schedstat.h"
#include "collectors/stat.h"
#include "collectors/vmstat.h"
#include "collectors/text_format.h"
#include "collectors/meminfo_numa.h"
#include "collectors/schedstat.h"
#include "collectors/slabinfo.h"
#include "collectors/swap.h"
#include "collectors/zoneinfo.h"

namespace ecsward {
namespace {

using Text = std::string_view;

// Every netlink message parser, over whatever the datagram says it holds.
struct NetlinkParsers final : NetlinkSink {
  void Begin() override {}
  void Message(std::uint16_t, std::string_view payload) override {
    (void)ParseLinkMessage(payload, link);
    (void)ParseAddressMessage(payload, address);
  }
  NetworkLink link;
  NetworkAddress address;
};

const FuzzTarget kTargets[] = {
    // One row a parser, named after its function, sorted.
    {"parse_cpu_info", [](Text t) { (void)ParseCpuInfo(t); }},
    {"parse_cpu_list", [](Text t) { (void)ParseCpuList(t); }},
    {"parse_cpu_stat",
     [](Text t) {
       CpuStat out;
       (void)ParseCpuStat(t, 100, out);
     }},
    {"parse_config", [](Text t) { (void)ParseConfig(t); }},
    {"parse_file_nr", [](Text t) { (void)ParseFileNr(t); }},
    {"parse_buddyinfo",
     [](Text t) {
       BuddyZones out;
       (void)ParseBuddyinfo(t, out);
     }},
    {"parse_cgroups",
     [](Text t) {
       std::vector<CgroupController> out;
       (void)ParseCgroups(t, out);
     }},
    {"parse_cpu_table",
     [](Text t) {
       CpuTable table;
       (void)ParseCpuTable(t, table);
       std::string joined;
       for (const CpuTable::Row& row : table.rows) (void)DescribeInterrupt(row, joined);
     }},
    {"parse_diskstats",
     [](Text t) {
       std::vector<DiskLine> out;
       (void)ParseDiskstats(t, out);
     }},
    {"parse_file_nr", [](Text t) { (void)ParseFileNr(t); }},
    {"parse_kernel_stat", [](Text t) { (void)ParseKernelStat(t); }},
    {"parse_loadavg", [](Text t) { (void)ParseLoadavg(t); }},
    {"parse_meminfo",
     [](Text t) {
       std::vector<MemoryField> out;
       (void)ParseMeminfo(t, out);
     }},
    {"parse_pressure", [](Text t) { (void)ParsePressure(t); }},
    {"parse_datagram",
     [](Text t) {
       NetlinkParsers parsers;
       DumpProgress progress;
       ParseDatagram(t, LoadBytes<std::uint32_t>(t, 8), parsers, progress);
     }},
    {"parse_net_dev",
     [](Text t) {
       std::vector<NetDevLine> lines;
       (void)ParseNetDev(t, lines);
    {"parse_lnstat",
     [](Text t) {
       LnstatTable out;
       (void)ParseLnstat(t, out);
     }},
    {"parse_loadavg", [](Text t) { (void)ParseLoadavg(t); }},
    {"parse_node_meminfo",
     [](Text t) {
       std::vector<NodeMemoryField> out;
       (void)ParseNodeMeminfo(t, out);
     }},
    {"parse_numastat",
     [](Text t) {
       std::vector<NodeMemoryField> out;
       (void)ParseNumastat(t, out);
     }},
    {"parse_schedstat",
     [](Text t) {
       std::vector<SchedstatCpu> cpus;
       (void)ParseSchedstat(t, cpus);
     }},
    {"parse_udev_properties", [](Text t) { (void)ParseUdevProperties(t); }},
    {"parse_vmstat",
     [](Text t) {
       std::vector<VmstatField> out;
       (void)ParseVmstat(t, out);
    {"parse_slabinfo",
     [](Text t) {
       std::vector<Slab> out;
       (void)ParseSlabinfo(t, out);
     }},
    {"parse_swaps",
     [](Text t) {
       std::vector<SwapArea> out;
       (void)ParseSwaps(t, out);
     }},
    {"parse_vulnerability", [](Text t) { (void)ParseVulnerability(t); }},
    {"parse_zoneinfo",
     [](Text t) {
       std::vector<ZoneValue> out;
       (void)ParseZoneinfo(t, out);
     }},
    {"parse_text_format", [](Text t) { (void)ParseTextFormat(t, 1000); }},
};

}  // namespace

std::span<const FuzzTarget> FuzzTargets() { return kTargets; }

}  // namespace ecsward
