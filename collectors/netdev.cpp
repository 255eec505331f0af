#include "collectors/netdev.h"

#include <array>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

// The order of the numbers in a line of /proc/net/dev.
constexpr std::array<double LinkCounters::*, 16> kColumns = {
    &LinkCounters::receive_bytes,      &LinkCounters::receive_packets,
    &LinkCounters::receive_errs,       &LinkCounters::receive_drop,
    &LinkCounters::receive_fifo,       &LinkCounters::receive_frame,
    &LinkCounters::receive_compressed, &LinkCounters::receive_multicast,
    &LinkCounters::transmit_bytes,     &LinkCounters::transmit_packets,
    &LinkCounters::transmit_errs,      &LinkCounters::transmit_drop,
    &LinkCounters::transmit_fifo,      &LinkCounters::transmit_colls,
    &LinkCounters::transmit_carrier,   &LinkCounters::transmit_compressed,
};

constexpr Metric Counter(std::string_view name, std::string_view help) {
  return {name, help, MetricType::kCounter, "device"};
}

// In the order of kColumns.
constexpr std::array<Metric, 16> kMetrics = {
    Counter("node_network_receive_bytes_total", "Bytes received."),
    Counter("node_network_receive_packets_total", "Packets received."),
    Counter("node_network_receive_errs_total", "Packets received with an error."),
    Counter("node_network_receive_drop_total",
            "Packets received and dropped or missed for want of room."),
    Counter("node_network_receive_fifo_total", "Overruns of the receive queue."),
    Counter("node_network_receive_frame_total",
            "Packets received with a wrong length, checksum or alignment."),
    Counter("node_network_receive_compressed_total", "Compressed packets received."),
    Counter("node_network_receive_multicast_total", "Multicast packets received."),
    Counter("node_network_transmit_bytes_total", "Bytes sent."),
    Counter("node_network_transmit_packets_total", "Packets sent."),
    Counter("node_network_transmit_errs_total", "Packets that could not be sent for an error."),
    Counter("node_network_transmit_drop_total", "Packets dropped instead of sent."),
    Counter("node_network_transmit_fifo_total", "Underruns of the send queue."),
    Counter("node_network_transmit_colls_total", "Collisions while sending."),
    Counter("node_network_transmit_carrier_total",
            "Packets not sent for a lost carrier, an abort, a heartbeat or a late collision."),
    Counter("node_network_transmit_compressed_total", "Compressed packets sent."),
};
constexpr Metric kNohandler = Counter("node_network_receive_nohandler_total",
                                      "Packets received that no protocol handler wanted.");
constexpr Metric kAddressInfo{"node_network_address_info",
                              "The addresses of the interfaces; always 1.", MetricType::kGauge,
                              "device,address,netmask,scope"};
constexpr Metric kReceiveRate{
    "ecsward_network_receive_bytes_per_second",
    "Bytes received per second, over one-second ticks within the last 15 s and 60 s.",
    MetricType::kGauge, "device,window,stat"};
constexpr Metric kTransmitRate{
    "ecsward_network_transmit_bytes_per_second",
    "Bytes sent per second, over one-second ticks within the last 15 s and 60 s.",
    MetricType::kGauge, "device,window,stat"};

constexpr std::chrono::seconds kAddressesEvery{30};

}  // namespace

Result<void> ParseNetDev(std::string_view text, std::vector<NetDevLine>& out) {
  out.clear();
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    if (number <= 2) continue;  // headings
    NetDevLine entry;
    // The kernel refuses ':' in a name; an old one puts no blank behind it.
    const auto colon = line.rfind(':');
    bool good = colon != std::string_view::npos;
    if (good) {
      entry.name = Trim(line.substr(0, colon));
      line.remove_prefix(colon + 1);
      for (const auto column : kColumns) good = good && NextNumber(line, entry.counters.*column);
    }
    if (!good || entry.name.empty()) {
      return Fail(ErrorCode::kParse,
                  "line " + std::to_string(number) + ": want a name, a colon and 16 numbers");
    }
    out.push_back(entry);
  }
  return {};
}

NetdevCollector::NetdevCollector(const CollectorEnv& env, const CollectorOptions& options)
    : root_(env.root),
      links_(env.shared.links),
      filter_(options.String("device_include"), options.String("device_exclude")),
      file_(env.root.File(Tree::kProc, "net/dev")) {
  if (options.Bool("address_info") && env.root.live()) {
    addresses_ = std::make_unique<NetworkAddresses>();
  }
}

Result<void> NetdevCollector::Collect(const Tick& tick, Recorder& out) {
  Result<void> done;
  if (links_.Read(tick)) {
    for (const NetworkLink& link : links_.links()) {
      if (!link.has_counters || !filter_.Takes(link.name)) continue;
      Report(link.name, link.counters, DeviceOf(link.name, link.index, tick), tick, out);
    }
    if (addresses_) ReportAddresses(tick, out);
  } else {
    done = CollectFromFiles(tick, out);
  }
  ForgetOthers(tick);
  return done;
}

Result<void> NetdevCollector::CollectFromFiles(const Tick& tick, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return std::move(text).error();
  auto parsed = ParseNetDev(*text, lines_);
  for (NetDevLine& line : lines_) {
    if (!filter_.Takes(line.name)) continue;
    Device& device = DeviceOf(line.name, 0, tick);
    std::string_view count;
    double nohandler = 0;
    if (device.nohandler.TryRead(small_buffer_, count) == 0 &&
        ParseNumber(Trim(count), nohandler)) {
      line.counters.receive_nohandler = nohandler;
    }
    Report(line.name, line.counters, device, tick, out);
  }
  if (!parsed) return std::move(parsed).error().Context(file_.path());
  return {};
}

NetdevCollector::Device& NetdevCollector::DeviceOf(std::string_view name, std::uint32_t index,
                                                   const Tick& tick) {
  auto it = devices_.find(name);
  if (it == devices_.end()) {
    it = devices_.emplace(name, Device{}).first;
    it->second.index = index;
    it->second.nohandler = root_.File(
        Tree::kSys, std::string("class/net/").append(name).append("/statistics/rx_nohandler"));
  } else if (it->second.index != index) {
    // Another device under the same name: its counters have nothing to do with the old ones.
    it->second.index = index;
    it->second.receive_rate = it->second.transmit_rate = {};
    it->second.receive = it->second.transmit = {};
  }
  it->second.last_tick = tick.number;
  return it->second;
}

void NetdevCollector::Report(std::string_view name, const LinkCounters& counters, Device& device,
                             const Tick& tick, Recorder& out) {
  for (std::size_t i = 0; i < kMetrics.size(); ++i) {
    out.Set(kMetrics[i], {name}, counters.*kColumns[i]);
  }
  if (counters.receive_nohandler) out.Set(kNohandler, {name}, *counters.receive_nohandler);

  if (const auto rate = device.receive_rate.Step(tick.mono, counters.receive_bytes)) {
    device.receive.Add(tick.mono, *rate);
  }
  if (const auto rate = device.transmit_rate.Step(tick.mono, counters.transmit_bytes)) {
    device.transmit.Add(tick.mono, *rate);
  }
  device.receive.Emit(kReceiveRate, name, tick.mono, out);
  device.transmit.Emit(kTransmitRate, name, tick.mono, out);
}

void NetdevCollector::ReportAddresses(const Tick& tick, Recorder& out) {
  if (!addresses_due_ || tick.mono >= *addresses_due_) {
    addresses_due_ = tick.mono + kAddressesEvery;
    (void)addresses_->Read();  // netlink answered a moment ago; what it gave before an error stands
  }
  for (const NetworkAddress& address : addresses_->addresses()) {
    const std::string_view name = links_.NameOf(address.link_index);
    if (name.empty()) continue;  // gone since
    out.Set(kAddressInfo, {name, address.address, address.netmask, address.scope}, 1);
  }
}

void NetdevCollector::ForgetOthers(const Tick& tick) {
  std::erase_if(devices_, [&](const auto& entry) { return entry.second.last_tick != tick.number; });
}

}  // namespace ecsward
