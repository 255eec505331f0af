#include "tests/fuzz/targets.h"

#include "agent/config_parse.h"
#include "agent/control_protocol.h"
#include "collectors/arp.h"
#include "collectors/bcache.h"
#include "collectors/btrfs.h"
#include "collectors/buddyinfo.h"
#include "collectors/cgroups.h"
#include "collectors/conntrack.h"
#include "collectors/cpu.h"
#include "collectors/cpu_info.h"
#include "collectors/cpu_table.h"
#include "collectors/cpu_topology.h"
#include "collectors/cpu_vulnerabilities.h"
#include "collectors/disk_identity.h"
#include "collectors/diskstats.h"
#include "collectors/fibrechannel.h"
#include "collectors/filefd.h"
#include "collectors/hwmon.h"
#include "collectors/infiniband.h"
#include "collectors/interrupts.h"
#include "collectors/ipvs.h"
#include "collectors/lnstat.h"
#include "collectors/loadavg.h"
#include "collectors/mdadm.h"
#include "collectors/meminfo.h"
#include "collectors/meminfo_numa.h"
#include "collectors/mount_table.h"
#include "collectors/mountstats.h"
#include "collectors/netclass.h"
#include "collectors/netdev.h"
#include "collectors/netstat.h"
#include "collectors/network_addresses.h"
#include "collectors/network_links.h"
#include "collectors/offender_name.h"
#include "collectors/os.h"
#include "collectors/ports/check_rule.h"
#include "collectors/ports/tcp_table.h"
#include "collectors/pressure.h"
#include "collectors/processes.h"
#include "collectors/rapl.h"
#include "collectors/rpc_stats.h"
#include "collectors/schedstat.h"
#include "collectors/selinux.h"
#include "collectors/slabinfo.h"
#include "collectors/socket_table.h"
#include "collectors/sockstat.h"
#include "collectors/softnet.h"
#include "collectors/stat.h"
#include "collectors/swap.h"
#include "collectors/sysctl.h"
#include "collectors/systemd/bus_connection.h"
#include "collectors/systemd/systemd.h"
#include "collectors/text_format.h"
#include "collectors/vmstat.h"
#include "collectors/xfs.h"
#include "collectors/zfs.h"
#include "collectors/zoneinfo.h"
#include "rules/rule_file.h"
#include "rules/unit_test/test_file.h"
#include "tests/fuzz/cloud_targets.h"
#include "tests/fuzz/dispatch_targets.h"
#include "tests/fuzz/exporter_targets.h"
#include "tests/fuzz/notify_channel_targets.h"
#include "tests/fuzz/notify_config_targets.h"
#include "tests/fuzz/notify_content_targets.h"
#include "tests/fuzz/notify_delivery_targets.h"
#include "tests/fuzz/notify_vendor_targets.h"
#include "tests/fuzz/ports_targets.h"
#include "tests/fuzz/process_targets.h"
#include "tests/fuzz/rules_targets.h"

namespace ecsward {
namespace {

using Text = std::string_view;

// Every netlink message parser, over whatever the datagram says it holds.
struct NetlinkParsers final : NetlinkSink {
  void Begin() override {}
  void Message(std::uint16_t, std::string_view payload) override {
    (void)ParseLinkMessage(payload, link);
    (void)ParseAddressMessage(payload, address);
    (void)ParseNeighbourMessage(payload, link_index);
    (void)AddSocketMessage(payload, sockets);
    (void)ParseTcpMessage(payload, socket);
  }
  NetworkLink link;
  NetworkAddress address;
  std::uint32_t link_index = 0;
  SocketTotals sockets;
  TcpEntry socket;
};

struct IgnoreSockets final : TcpSink {
  void Begin() override {}
  void Socket(const TcpEntry& entry) override { (void)ToString(entry.remote); }
};

void FuzzTcpMessage(Text t) {
  TcpEntry entry;
  if (ParseTcpMessage(t, entry)) (void)ToString(entry.remote);
}

void FuzzTcpTable(Text t) {
  IgnoreSockets sink;
  (void)ParseTcpTable(t, ~0U, sink);
}

// A parser that fills something: Fill<BuddyZones, ParseBuddyinfo>.
template <class Out, auto kParse>
void Fill(Text t) {
  Out out;
  (void)kParse(t, out);
}

void FuzzCpuStat(Text t) {
  CpuStat out;
  (void)ParseCpuStat(t, 100, out);
}

void FuzzCpuTable(Text t) {
  CpuTable table;
  (void)ParseCpuTable(t, table);
  std::string joined;
  for (const CpuTable::Row& row : table.rows) (void)DescribeInterrupt(row, joined);
}

void FuzzDatagram(Text t) {
  NetlinkParsers parsers;
  DumpProgress progress;
  ParseDatagram(t, LoadBytes<std::uint32_t>(t, 8), parsers, progress);
}

// A whole message, and its body as each thing that it may be.
void FuzzBusMessage(Text t) {
  (void)BusMessageSize(t.substr(0, kBusFixedBytes));
  const auto message = ParseBusMessage(t);
  if (!message) return;
  std::vector<BusUnit> units;
  (void)ParseBusUnits(message->body, units);
  for (const BusUnit& unit : units) (void)UnitPath(unit.name);
  if (const auto value = ParseBusVariant(message->body)) {
    if (const auto* text = std::get_if<std::string>(&*value)) (void)SystemdVersionNumber(*text);
  }
}

void FuzzMounts(Text t) {
  if (const auto mounts = ParseMounts(t)) (void)MayWait(*mounts);
}

void FuzzOsRelease(Text t) {
  (void)ParseOsRelease(t);
  (void)MajorMinor(t);
  (void)ParseSelinuxConfig(t);
}

void FuzzSensorFile(Text t) {
  SensorFile file;
  if (ParseSensorFile(t, file)) (void)MetricOfSensor(file.type, file.property, false);
  (void)CleanSensorName(t);
}

void FuzzInfiniband(Text t) {
  (void)ParseInfinibandState(t);
  (void)ParseInfinibandRate(t);
  (void)ParseSysfsNumber(t);
}

void FuzzControlRequest(Text t) {
  if (const auto request = ParseControlRequest(t)) (void)ParseControlRequest(ToLine(*request));
  (void)ParseAnswerLine(t);
}

// One row a parser, named after its function, sorted; one line each, so that git merges rows. What
// takes more is a function above.
// clang-format off
const FuzzTarget kTargets[] = {
    {"add_socket_table", Fill<SocketTotals, AddSocketTable>},
    {"clean_words", FuzzHiddenWords},
    {"evaluate_promql", FuzzEvaluate},
    {"expand_notification", FuzzExpandNotification},
    {"expand_template", FuzzTemplate},
    {"match_label", FuzzMatcher},
    {"dispatch_alerts", FuzzDispatcher},
    {"page", FuzzPage},
    {"parse_accept", FuzzAccept},
    {"parse_addresses", FuzzAddresses},
    {"parse_api_body", FuzzApiBody},
    {"parse_arp", Fill<std::vector<ArpCount>, ParseArp>},
    {"parse_avc_cache_stats", [](Text t) { (void)ParseAvcCacheStats(t); }},
    {"parse_avc_hash_stats", [](Text t) { (void)ParseAvcHashStats(t); }},
    {"parse_bcache_number", [](Text t) { (void)ParseBcacheNumber(t); }},
    {"parse_bcache_priority", Fill<BcachePriority, ParseBcachePriority>},
    {"parse_bcache_writeback", Fill<BcacheWriteback, ParseBcacheWriteback>},
    {"parse_btrfs_commits", Fill<BtrfsCommits, ParseBtrfsCommits>},
    {"parse_buddyinfo", Fill<BuddyZones, ParseBuddyinfo>},
    {"parse_bus_address", [](Text t) { (void)ParseBusAddress(t); }},
    {"parse_bus_message", FuzzBusMessage},
    {"parse_cloud_times", FuzzCloudTimes},
    {"parse_cgroup_unit", FuzzCgroupUnit},
    {"parse_cgroups", Fill<std::vector<CgroupController>, ParseCgroups>},
    {"parse_config", [](Text t) { (void)ParseConfig(t); }},
    {"parse_check", [](Text t) { (void)ParseCheck(t); }},
    {"parse_conntrack_stats", [](Text t) { (void)ParseConntrackStats(t); }},
    {"parse_control_request", FuzzControlRequest},
    {"parse_cpu_info", [](Text t) { (void)ParseCpuInfo(t); }},
    {"parse_cpu_list", [](Text t) { (void)ParseCpuList(t); }},
    {"parse_cpu_stat", FuzzCpuStat},
    {"parse_cpu_table", FuzzCpuTable},
    {"parse_datagram", FuzzDatagram},
    {"parse_diskstats", Fill<std::vector<DiskLine>, ParseDiskstats>},
    {"parse_fibrechannel_counter", [](Text t) { (void)ParseFibreChannelCounter(t); }},
    {"parse_file_nr", [](Text t) { (void)ParseFileNr(t); }},
    {"parse_endpoint", FuzzEndpoint},
    {"parse_exit_events", FuzzExitEvents},
    {"parse_group_rule", FuzzGroupRule},
    {"parse_infiniband", FuzzInfiniband},
    {"parse_ipvs_backends", Fill<std::vector<IpvsBackend>, ParseIpvsBackends>},
    {"parse_ipvs_totals", [](Text t) { (void)ParseIpvsTotals(t); }},
    {"parse_kernel_stat", [](Text t) { (void)ParseKernelStat(t); }},
    {"parse_kstat", Fill<std::vector<KstatField>, ParseKstat>},
    {"parse_learned_ports", FuzzLearnedPorts},
    {"parse_listen_message", FuzzListenMessage},
    {"parse_listen_table", FuzzListenTable},
    {"parse_lnstat", Fill<LnstatTable, ParseLnstat>},
    {"parse_loadavg", [](Text t) { (void)ParseLoadavg(t); }},
    {"parse_matchers", FuzzMatchers},
    {"parse_mail_addresses", FuzzMailAddresses},
    {"parse_mdstat", Fill<std::vector<MdArray>, ParseMdstat>},
    {"parse_meminfo", Fill<std::vector<MemoryField>, ParseMeminfo>},
    {"parse_kernel_records", FuzzKernelRecords},
    {"parse_mounts", FuzzMounts},
    {"parse_mountstats", Fill<MountStats, ParseMountStats>},
    {"parse_net_dev", Fill<std::vector<NetDevLine>, ParseNetDev>},
    {"parse_netstat", Fill<std::vector<NetstatField>, ParseNetstat>},
    {"parse_node_meminfo", Fill<std::vector<NodeMemoryField>, ParseNodeMeminfo>},
    {"parse_notification", FuzzNotification},
    {"parse_notify_config", FuzzNotifyConfig},
    {"parse_numastat", Fill<std::vector<NodeMemoryField>, ParseNumastat>},
    {"parse_os_release", FuzzOsRelease},
    {"parse_passwd", FuzzPasswd},
    {"parse_phone_number", FuzzPhoneNumber},
    {"parse_port_rule", FuzzPortRule},
    {"parse_posix_tz", FuzzPosixTz},
    {"parse_pressure", [](Text t) { (void)ParsePressure(t); }},
    {"parse_process_links", FuzzProcessLinks},
    {"parse_process_details", FuzzProcessDetails},
    {"parse_promql", FuzzPromql},
    {"parse_promql_duration", FuzzPromqlDuration},
    {"parse_rapl_name", [](Text t) { (void)ParseRaplName(t); }},
    {"parse_requests", FuzzRequests},
    {"parse_role_credentials", FuzzRoleCredentials},
    {"parse_retry_after", FuzzRetryAfter},
    {"parse_rpc_stats", Fill<RpcStats, ParseRpcStats>},
    {"parse_rule_file", [](Text t) { (void)ParseRuleFile(t, "rules.yml"); }},
    {"parse_schedstat", Fill<std::vector<SchedstatCpu>, ParseSchedstat>},
    {"parse_send_answers", FuzzSendAnswers},
    {"parse_sensor_file", FuzzSensorFile},
    {"parse_series_notation", FuzzSeriesNotation},
    {"parse_silence", FuzzSilence},
    {"parse_slabinfo", Fill<std::vector<Slab>, ParseSlabinfo>},
    {"parse_snmp6", Fill<std::vector<NetstatField>, ParseSnmp6>},
    {"parse_sockstat", Fill<std::vector<SockstatField>, ParseSockstat>},
    {"parse_softnet", Fill<std::vector<SoftnetCpu>, ParseSoftnet>},
    {"parse_swaps", Fill<std::vector<SwapArea>, ParseSwaps>},
    {"parse_sysctl_list", [](Text t) { (void)ParseSysctlList(t); }},
    {"parse_task_stat", [](Text t) { (void)ParseTaskStat(t); }},
    {"parse_tcp_message", FuzzTcpMessage},
    {"parse_tcp_table", FuzzTcpTable},
    {"parse_text_format", [](Text t) { (void)ParseTextFormat(t, 1000); }},
    {"parse_time_interval", FuzzTimeInterval},
    {"parse_time_zone", FuzzTimeZone},
    {"parse_udev_properties", [](Text t) { (void)ParseUdevProperties(t); }},
    {"parse_unit_test_file", [](Text t) { (void)ParseUnitTestFile(t); }},
    {"parse_vendor_answer", FuzzVendorAnswer},
    {"parse_vmstat", Fill<std::vector<VmstatField>, ParseVmstat>},
    {"parse_vulnerability", [](Text t) { (void)ParseVulnerability(t); }},
    {"parse_stat_line", FuzzStatLine},
    {"parse_web_config", FuzzWebConfig},
    {"parse_xfs_stats", Fill<XfsStats, ParseXfsStats>},
    {"parse_zfs_objset", Fill<ZfsObjset, ParseZfsObjset>},
    {"parse_zoneinfo", Fill<std::vector<ZoneValue>, ParseZoneinfo>},
    {"parse_zpool_io", Fill<std::vector<KstatField>, ParseZpoolIo>},
    {"print_values", FuzzPrintf},
    {"read_checkpoint", FuzzCheckpoint},
    {"render_notification", FuzzRenderNotification},
    {"write_mail", FuzzMailText},
};
// clang-format on

}  // namespace

std::span<const FuzzTarget> FuzzTargets() { return kTargets; }

}  // namespace ecsward
