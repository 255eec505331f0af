#include "collectors/netclass.h"

#include <linux/if.h>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

using Number = std::optional<double>;

constexpr Metric Gauge(std::string_view name, std::string_view help) {
  return {name, help, MetricType::kGauge, "device"};
}
constexpr Metric Counter(std::string_view name, std::string_view help) {
  return {name, help, MetricType::kCounter, "device"};
}

// A number of LinkProperties: its file in sysfs and its metric.
struct Property {
  std::string_view file;
  Number LinkProperties::*member;
  Metric metric;
};
constexpr Property kProperties[] = {
    {"carrier", &LinkProperties::carrier,
     Gauge("node_network_carrier",
           "1 while the interface has a carrier; absent while it is down.")},
    {"carrier_changes", &LinkProperties::carrier_changes,
     Counter("node_network_carrier_changes_total", "Times the carrier came or went.")},
    {"carrier_up_count", &LinkProperties::carrier_up_count,
     Counter("node_network_carrier_up_changes_total", "Times the carrier came.")},
    {"carrier_down_count", &LinkProperties::carrier_down_count,
     Counter("node_network_carrier_down_changes_total", "Times the carrier went.")},
    {"dormant", &LinkProperties::dormant,
     Gauge("node_network_dormant", "1 while the interface waits for something outside.")},
    {"flags", &LinkProperties::flags,
     Gauge("node_network_flags", "The interface's flags (IFF_UP, IFF_PROMISC, ...) as a number.")},
    {"ifindex", &LinkProperties::ifindex,
     Gauge("node_network_iface_id", "The kernel's number of the interface.")},
    {"iflink", &LinkProperties::iflink,
     Gauge("node_network_iface_link", "The number of the interface that this one stands on.")},
    {"link_mode", &LinkProperties::link_mode,
     Gauge("node_network_iface_link_mode", "The interface's link mode: 0 default, 1 dormant.")},
    {"mtu", &LinkProperties::mtu, Gauge("node_network_mtu_bytes", "The longest packet in bytes.")},
    {"netdev_group", &LinkProperties::netdev_group,
     Gauge("node_network_net_dev_group", "The group that the interface was put into.")},
    {"tx_queue_len", &LinkProperties::tx_queue_len,
     Gauge("node_network_transmit_queue_length", "Packets that may wait to be sent.")},
    {"type", &LinkProperties::type,
     Gauge("node_network_protocol_type", "The kind of interface: ARPHRD_... as a number.")},
};

// The same for the texts, which are all in node_network_info.
struct TextProperty {
  std::string_view file;
  std::string LinkProperties::*member;
};
constexpr TextProperty kTexts[] = {
    {"address", &LinkProperties::address},
    {"broadcast", &LinkProperties::broadcast},
    {"ifalias", &LinkProperties::ifalias},
    {"operstate", &LinkProperties::operstate},
};

struct Extra {
  std::string_view file;
  Number SysfsLinkExtras::*member;
};
constexpr Extra kExtras[] = {
    {"addr_assign_type", &SysfsLinkExtras::addr_assign_type},
    {"name_assign_type", &SysfsLinkExtras::name_assign_type},
    {"dev_id", &SysfsLinkExtras::dev_id},
    {"speed", &SysfsLinkExtras::speed},
};
constexpr std::string_view kDuplexFile = "duplex";

constexpr Metric kAddressAssignType =
    Gauge("node_network_address_assign_type",
          "Where the hardware address is from: 0 permanent, 1 random, 2 stolen, 3 set by hand.");
constexpr Metric kNameAssignType =
    Gauge("node_network_name_assign_type",
          "Where the name is from: 1 numbered, 2 predictable, 3 given by a program, 4 renamed.");
constexpr Metric kDeviceId =
    Gauge("node_network_device_id", "Tells devices with the same hardware address apart.");
constexpr Metric kSpeed = Gauge("node_network_speed_bytes",
                                "Speed of the link in bytes per second; negative: not known.");
constexpr Metric kUp = Gauge("node_network_up", "1 while the operational state is up.");
constexpr Metric kInfo{"node_network_info", "What is not a number about the interface; always 1.",
                       MetricType::kGauge,
                       "device,address,broadcast,duplex,operstate,adminstate,ifalias"};

constexpr std::chrono::seconds kExtrasEvery{30};
constexpr std::chrono::seconds kNamesEvery{10};  // without netlink: look for new interfaces
// Without netlink each interface has some twenty files; beyond this they are not kept open.
constexpr std::size_t kMaxKeptOpen = 16;

}  // namespace

std::optional<double> ParseSysfsNumber(std::string_view text) {
  text = Trim(text);
  if (text.starts_with("0x")) {
    std::uint64_t hex = 0;
    if (!ParseUint(text.substr(2), hex, 16)) return std::nullopt;
    return static_cast<double>(hex);
  }
  std::int64_t number = 0;
  if (!ParseInt(text, number)) return std::nullopt;
  return static_cast<double>(number);
}

NetclassCollector::NetclassCollector(const CollectorEnv& env, const CollectorOptions& options)
    : root_(env.root),
      links_(env.shared.links),
      ignored_("", options.String("ignored_devices")),
      ignore_invalid_speed_(options.Bool("ignore_invalid_speed")) {}

Result<void> NetclassCollector::Collect(const Tick& tick, Recorder& out) {
  Result<void> done;
  if (links_.Read(tick)) {
    for (const NetworkLink& link : links_.links()) {
      if (!ignored_.Takes(link.name)) continue;
      Device& device = DeviceOf(link.name, tick, false);
      const LinkProperties& p = link.properties;
      if (!device.extras_due || tick.mono >= *device.extras_due || device.index != link.index ||
          device.seen_flags != p.flags || device.seen_carrier != p.carrier) {
        // Spread by index, so that a thousand interfaces do not all come due in one tick.
        device.extras_due =
            tick.mono + kExtrasEvery +
            (device.extras_due ? std::chrono::seconds(0) : std::chrono::seconds(link.index % 30));
        device.index = link.index;
        device.seen_flags = p.flags;
        device.seen_carrier = p.carrier;
        keep_open_ = false;
        ReadExtras(device);
      }
      Report(link.name, p, device.extras, out);
    }
  } else {
    done = CollectFromFiles(tick, out);
  }
  std::erase_if(devices_, [&](const auto& entry) { return entry.second.last_tick != tick.number; });
  return done;
}

Result<void> NetclassCollector::CollectFromFiles(const Tick& tick, Recorder& out) {
  if (!names_due_ || tick.mono >= *names_due_) {
    auto names = root_.List(Tree::kSys, "class/net");
    if (!names) {
      Error error = std::move(names).error();
      if (error.code == ErrorCode::kDenied) error.code = ErrorCode::kNotSupported;
      return NotOffered(std::move(error));
    }
    names_ = std::move(*names);
    names_due_ = tick.mono + kNamesEvery;
    keep_open_ = names_.size() <= kMaxKeptOpen;
  }
  for (const std::string& name : names_) {
    if (name == "bonding_masters" || !ignored_.Takes(name)) continue;  // a file among the devices
    Device& device = DeviceOf(name, tick, true);
    ReadProperties(device);
    if (!properties_.ifindex) continue;  // gone since the folder was read
    ReadExtras(device);
    Report(name, properties_, device.extras, out);
  }
  return {};
}

// Files in the order: extras, duplex, properties, texts.
NetclassCollector::Device& NetclassCollector::DeviceOf(std::string_view name, const Tick& tick,
                                                       bool all_files) {
  auto it = devices_.find(name);
  if (it == devices_.end()) it = devices_.emplace(name, Device{}).first;
  Device& device = it->second;
  device.last_tick = tick.number;
  const auto add = [&](std::string_view file) {
    device.files.push_back(
        root_.File(Tree::kSys, std::string("class/net/").append(name).append("/").append(file)));
  };
  if (device.files.empty()) {
    for (const Extra& extra : kExtras) add(extra.file);
    add(kDuplexFile);
  }
  if (all_files && device.files.size() == std::size(kExtras) + 1) {
    for (const Property& property : kProperties) add(property.file);
    for (const TextProperty& text : kTexts) add(text.file);
  }
  return device;
}

std::string_view NetclassCollector::ReadAttribute(HostFile& file) {
  std::string_view text;
  const int error = file.TryRead(buffer_, text);
  if (!keep_open_ || error != 0) file.Close();
  return error == 0 ? Trim(text) : std::string_view();
}

void NetclassCollector::ReadExtras(Device& device) {
  std::size_t i = 0;
  for (const Extra& extra : kExtras) {
    device.extras.*extra.member = ParseSysfsNumber(ReadAttribute(device.files[i++]));
  }
  device.extras.duplex = ReadAttribute(device.files[i]);
}

void NetclassCollector::ReadProperties(Device& device) {
  std::size_t i = std::size(kExtras) + 1;
  for (const Property& property : kProperties) {
    properties_.*property.member = ParseSysfsNumber(ReadAttribute(device.files[i++]));
  }
  for (const TextProperty& text : kTexts) {
    properties_.*text.member = ReadAttribute(device.files[i++]);
  }
}

void NetclassCollector::Report(std::string_view name, const LinkProperties& p,
                               const SysfsLinkExtras& extras, Recorder& out) const {
  const std::string_view adminstate = !p.flags ? "unknown"
                                      : (static_cast<std::uint64_t>(*p.flags) & IFF_UP) != 0
                                          ? "up"
                                          : "down";
  out.Set(kUp, {name}, p.operstate == "up" ? 1 : 0);
  out.Set(kInfo, {name, p.address, p.broadcast, extras.duplex, p.operstate, adminstate, p.ifalias},
          1);
  for (const Property& property : kProperties) {
    if (const Number& value = p.*property.member) out.Set(property.metric, {name}, *value);
  }
  if (extras.addr_assign_type) out.Set(kAddressAssignType, {name}, *extras.addr_assign_type);
  if (extras.name_assign_type) out.Set(kNameAssignType, {name}, *extras.name_assign_type);
  if (extras.dev_id) out.Set(kDeviceId, {name}, *extras.dev_id);
  if (extras.speed && (*extras.speed >= 0 || !ignore_invalid_speed_)) {
    out.Set(kSpeed, {name}, *extras.speed * 1e6 / 8);
  }
}

}  // namespace ecsward
