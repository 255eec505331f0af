// The IP addresses of the host's interfaces, from netlink: what netdev's `address_info` shows.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/netlink.h"

namespace ecsward {

struct NetworkAddress {
  std::uint32_t link_index = 0;
  std::string address;     // "192.0.2.1", "fe80::1"
  std::string netmask;     // the prefix length: "24"
  std::string_view scope;  // "global", "link-local" (and loopback), "interface-local", or empty
};

// Pure: the payload of one RTM_NEWADDR message.
// errors: false when it is too short or holds no IPv4 or IPv6 address
bool ParseAddressMessage(std::string_view payload, NetworkAddress& out);

// One thread.
class NetworkAddresses {
 public:
  NetworkAddresses();
  // 0 or an errno; the list stands as it was then.
  int Read();
  std::span<const NetworkAddress> addresses() const { return sink_.addresses; }

 private:
  struct Sink final : NetlinkSink {
    void Begin() override { addresses.clear(); }
    void Message(std::uint16_t type, std::string_view payload) override;
    std::vector<NetworkAddress> addresses;
  };
  Netlink netlink_;
  Sink sink_;
};

}  // namespace ecsward
