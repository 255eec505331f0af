#include "collectors/network_addresses.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>

namespace ecsward {
namespace {

std::string_view ScopeOf4(std::string_view ip) {
  const auto a = LoadBytes<unsigned char>(ip, 0);
  const auto b = LoadBytes<unsigned char>(ip, 1);
  const auto c = LoadBytes<unsigned char>(ip, 2);
  const bool unspecified = LoadBytes<std::uint32_t>(ip) == 0;
  const bool broadcast = LoadBytes<std::uint32_t>(ip) == 0xffffffff;
  if (a == 127 || (a == 169 && b == 254) || (a == 224 && b == 0 && c == 0)) return "link-local";
  if (unspecified || broadcast || (a & 0xf0) == 0xe0) return "";
  return "global";
}

std::string_view ScopeOf6(std::string_view ip) {
  const auto a = LoadBytes<unsigned char>(ip, 0);
  const auto b = LoadBytes<unsigned char>(ip, 1);
  constexpr std::string_view kZeros("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
  const bool nearly_zero = ip.substr(0, 15) == kZeros;
  if (nearly_zero && ip[15] == 1) return "link-local";
  if (nearly_zero && ip[15] == 0) return "";
  if (a == 0xfe && (b & 0xc0) == 0x80) return "link-local";
  if (a == 0xff) return (b & 0x0f) == 2 ? "link-local" : (b & 0x0f) == 1 ? "interface-local" : "";
  return "global";
}

}  // namespace

bool ParseAddressMessage(std::string_view payload, NetworkAddress& out) {
  if (payload.size() < sizeof(ifaddrmsg)) return false;
  const auto info = LoadBytes<ifaddrmsg>(payload);
  payload.remove_prefix(sizeof(ifaddrmsg));
  std::string_view address;
  std::string_view local;  // this end of a point-to-point link, where IFA_ADDRESS is the other
  NetlinkAttribute a;
  while (NextAttribute(payload, a)) {
    if (a.type == IFA_ADDRESS) address = a.value;
    if (a.type == IFA_LOCAL) local = a.value;
  }
  if (!local.empty()) address = local;
  const std::size_t wanted = info.ifa_family == AF_INET ? 4 : info.ifa_family == AF_INET6 ? 16 : 0;
  if (wanted == 0 || address.size() != wanted) return false;

  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(info.ifa_family, address.data(), text.data(), text.size()) == nullptr)
    return false;
  out.link_index = info.ifa_index;
  out.address = text.data();
  out.netmask = std::to_string(info.ifa_prefixlen);
  out.scope = info.ifa_family == AF_INET ? ScopeOf4(address) : ScopeOf6(address);
  return true;
}

NetworkAddresses::NetworkAddresses() : netlink_(NETLINK_ROUTE) {}

int NetworkAddresses::Read() {
  const ifaddrmsg body{};
  return netlink_.Dump(RTM_GETADDR, {reinterpret_cast<const char*>(&body), sizeof body}, sink_);
}

void NetworkAddresses::Sink::Message(std::uint16_t type, std::string_view payload) {
  if (type != RTM_NEWADDR) return;
  NetworkAddress address;
  if (ParseAddressMessage(payload, address)) addresses.push_back(std::move(address));
}

}  // namespace ecsward
