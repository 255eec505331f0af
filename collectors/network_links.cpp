#include "collectors/network_links.h"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>

namespace ecsward {
namespace {

// Newer than the headers of the oldest systems we build on (if_link.h of Linux 5.15).
constexpr std::uint16_t kIflaAllmulti = 61;  // Linux 6.0

constexpr std::chrono::seconds kRetryForbidden{60};

// The two counters that only the packet path knows by other names stay as the kernel has them.
LinkCounters CountersOf(std::string_view bytes) {
  // An older kernel's struct is shorter: LoadBytes would give all or nothing, so copy what is
  // there.
  rtnl_link_stats64 s{};
  std::memcpy(&s, bytes.data(), std::min(bytes.size(), sizeof s));
  const auto d = [](std::uint64_t v) { return static_cast<double>(v); };
  LinkCounters c;
  c.receive_bytes = d(s.rx_bytes);
  c.receive_packets = d(s.rx_packets);
  c.receive_errs = d(s.rx_errors);
  c.receive_drop = d(s.rx_dropped + s.rx_missed_errors);
  c.receive_fifo = d(s.rx_fifo_errors);
  c.receive_frame = d(s.rx_frame_errors + s.rx_length_errors + s.rx_over_errors + s.rx_crc_errors);
  c.receive_compressed = d(s.rx_compressed);
  c.receive_multicast = d(s.multicast);
  c.transmit_bytes = d(s.tx_bytes);
  c.transmit_packets = d(s.tx_packets);
  c.transmit_errs = d(s.tx_errors);
  c.transmit_drop = d(s.tx_dropped);
  c.transmit_fifo = d(s.tx_fifo_errors);
  c.transmit_colls = d(s.collisions);
  c.transmit_carrier =
      d(s.tx_carrier_errors + s.tx_aborted_errors + s.tx_heartbeat_errors + s.tx_window_errors);
  c.transmit_compressed = d(s.tx_compressed);
  constexpr std::size_t kWithNohandler =
      offsetof(rtnl_link_stats64, rx_nohandler) + sizeof s.rx_nohandler;
  if (bytes.size() >= kWithNohandler) c.receive_nohandler = d(s.rx_nohandler);
  return c;
}

// "02:fc:00:00:00:01", as sysfs writes it.
void FormatAddress(std::string_view bytes, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.clear();
  for (const char c : bytes.substr(0, 32)) {
    const auto byte = static_cast<unsigned char>(c);
    if (!out.empty()) out += ':';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
}

std::string_view CString(std::string_view bytes) { return bytes.substr(0, bytes.find('\0')); }

// RFC 2863 as sysfs spells it; the number is IF_OPER_….
std::string_view OperStateName(std::uint8_t state) {
  constexpr std::array<std::string_view, 7> kNames = {
      "unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"};
  return state < kNames.size() ? kNames[state] : "unknown";
}

void Reset(NetworkLink& link) {
  link.name.clear();
  link.index = 0;
  link.has_counters = false;
  LinkProperties& p = link.properties;
  p.ifindex = p.iflink = p.flags = p.mtu = p.tx_queue_len = p.type = p.link_mode = p.netdev_group =
      p.carrier = p.dormant = p.carrier_changes = p.carrier_up_count = p.carrier_down_count =
          std::nullopt;
  p.address.clear();
  p.broadcast.clear();
  p.ifalias.clear();
  p.operstate.clear();
}

}  // namespace

bool ParseLinkMessage(std::string_view payload, NetworkLink& out) {
  Reset(out);
  if (payload.size() < sizeof(ifinfomsg)) return false;
  const auto info = LoadBytes<ifinfomsg>(payload);
  payload.remove_prefix(sizeof(ifinfomsg));
  out.index = static_cast<std::uint32_t>(info.ifi_index);
  LinkProperties& p = out.properties;
  p.ifindex = info.ifi_index;
  p.iflink = info.ifi_index;  // the attribute is left out where the two are the same
  p.type = info.ifi_type;

  bool carrier = false;
  std::uint32_t promiscuity = 0;
  std::optional<std::uint32_t> allmulti;
  NetlinkAttribute a;
  while (NextAttribute(payload, a)) {
    const auto u32 = [&a] { return LoadBytes<std::uint32_t>(a.value); };
    switch (a.type) {
      case IFLA_IFNAME:
        out.name = CString(a.value);
        break;
      case IFLA_ADDRESS:
        FormatAddress(a.value, p.address);
        break;
      case IFLA_BROADCAST:
        FormatAddress(a.value, p.broadcast);
        break;
      case IFLA_MTU:
        p.mtu = u32();
        break;
      case IFLA_LINK:
        p.iflink = u32();
        break;
      case IFLA_TXQLEN:
        p.tx_queue_len = u32();
        break;
      case IFLA_OPERSTATE:
        p.operstate = OperStateName(LoadBytes<std::uint8_t>(a.value));
        break;
      case IFLA_LINKMODE:
        p.link_mode = LoadBytes<std::uint8_t>(a.value);
        break;
      case IFLA_IFALIAS:
        p.ifalias = CString(a.value);
        break;
      case IFLA_STATS64:
        out.counters = CountersOf(a.value);
        out.has_counters = true;
        break;
      case IFLA_GROUP:
        p.netdev_group = u32();
        break;
      case IFLA_PROMISCUITY:
        promiscuity = u32();
        break;
      case kIflaAllmulti:
        allmulti = u32();
        break;
      case IFLA_CARRIER:
        carrier = LoadBytes<std::uint8_t>(a.value) != 0;
        break;
      case IFLA_CARRIER_CHANGES:
        p.carrier_changes = u32();
        break;
      case IFLA_CARRIER_UP_COUNT:
        p.carrier_up_count = u32();
        break;
      case IFLA_CARRIER_DOWN_COUNT:
        p.carrier_down_count = u32();
        break;
      default:
        break;
    }
  }

  // sysfs answers "invalid argument" for these two while an interface is down.
  if ((info.ifi_flags & IFF_UP) != 0) {
    p.carrier = carrier ? 1 : 0;
    p.dormant = (info.ifi_flags & IFF_DORMANT) != 0 ? 1 : 0;
  }
  // sysfs shows the interface's own flags. Netlink adds the state of the link to them, and shows
  // "promiscuous" only when a person asked for it, not when a bridge or a packet capture did.
  std::uint32_t flags = info.ifi_flags & ~std::uint32_t{IFF_RUNNING | IFF_LOWER_UP | IFF_DORMANT};
  flags = promiscuity > 0 ? flags | IFF_PROMISC : flags & ~std::uint32_t{IFF_PROMISC};
  if (allmulti) flags = *allmulti > 0 ? flags | IFF_ALLMULTI : flags & ~std::uint32_t{IFF_ALLMULTI};
  p.flags = flags;
  return !out.name.empty();
}

class NetworkLinks::Sink final : public NetlinkSink {
 public:
  void Begin() override { count_ = 0; }

  void Message(std::uint16_t type, std::string_view payload) override {
    if (type != RTM_NEWLINK) return;
    if (count_ == links_.size()) links_.emplace_back();
    if (ParseLinkMessage(payload, links_[count_])) ++count_;
  }

  std::span<const NetworkLink> links() const { return std::span(links_).first(count_); }

 private:
  std::vector<NetworkLink> links_;  // never shrinks: its strings are used again
  std::size_t count_ = 0;
};

NetworkLinks::NetworkLinks(const HostRoot& root, std::unique_ptr<NetlinkPort> port)
    : live_(root.live() || port != nullptr),
      netlink_(NETLINK_ROUTE, std::move(port)),
      sink_(std::make_unique<Sink>()) {}

NetworkLinks::~NetworkLinks() = default;

bool NetworkLinks::Read(const Tick& tick) {
  if (!live_) return false;
  if (tick.number == tick_ && tick.number != 0) return usable_;
  tick_ = tick.number;
  if (retry_at_ && tick.mono < *retry_at_) return usable_ = false;
  retry_at_.reset();

  // An ifinfomsg, then the wish to be spared the IPv6 statistics: they are most of the answer.
  struct {
    ifinfomsg info;
    rtattr mask_header;
    std::uint32_t mask;
  } body{};
  body.info.ifi_family = AF_UNSPEC;
  body.mask_header.rta_len = sizeof(rtattr) + sizeof(std::uint32_t);
  body.mask_header.rta_type = IFLA_EXT_MASK;
  body.mask = RTEXT_FILTER_SKIP_STATS;
  const int error =
      netlink_.Dump(RTM_GETLINK, {reinterpret_cast<const char*>(&body), sizeof body}, *sink_);
  usable_ = error == 0 && !sink_->links().empty();
  if (!usable_) retry_at_ = tick.mono + kRetryForbidden;
  return usable_;
}

std::span<const NetworkLink> NetworkLinks::links() const { return sink_->links(); }

std::string_view NetworkLinks::NameOf(std::uint32_t index) const {
  for (const NetworkLink& link : sink_->links()) {
    if (link.index == index) return link.name;
  }
  return {};
}

}  // namespace ecsward
