// Addresses to listen on and networks to answer.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecsward {

// An IPv4 address is kept as IPv6 writes it: ::ffff:10.0.0.1.
using IpBytes = std::array<std::uint8_t, 16>;

struct Cidr {
  IpBytes network{};
  int bits = 128;
};

// "10.0.0.0/8", "fc00::/7", "::ffff:10.0.0.0/104"; an address alone is a network of one.
// errors: kInvalidArgument saying what is expected; also for bits set behind the length, since
//         "10.1.2.3/8" may be meant as either of two things
Result<Cidr> ParseCidr(std::string_view text);
Result<std::vector<Cidr>> ParseCidrs(
    std::span<const std::string> texts);  // stops at the first error

// ::/0 is every IPv6 address and no IPv4 one.
bool Contains(const Cidr& network, const IpBytes& address);
bool Contains(std::span<const Cidr> networks, const IpBytes& address);

struct ListenAddress {
  std::string host;  // without brackets
  bool v6 = false;
  std::uint16_t port = 0;  // 0: any free one

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

// "0.0.0.0:9100", "[::]:9100". Numbers only: a name would have to be looked up before it is known
// to be ours. errors: kInvalidArgument
Result<ListenAddress> ParseListenAddress(std::string_view text);

}  // namespace ecsward
