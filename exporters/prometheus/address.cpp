#include "exporters/prometheus/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace ecsward {
namespace {

constexpr int kMappedBits = 96;  // the length of ::ffff:0:0, below which IPv4 lives

struct Parsed {
  IpBytes bytes{};
  bool v4 = false;
};

std::optional<Parsed> ParseIp(std::string_view text) {
  char copy[INET6_ADDRSTRLEN];
  if (text.empty() || text.size() >= sizeof copy) return std::nullopt;
  // A NUL inside would hide the rest from inet_pton.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  Parsed out;
  if (inet_pton(AF_INET6, copy, out.bytes.data()) == 1) return out;
  if (inet_pton(AF_INET, copy, out.bytes.data() + 12) != 1) return std::nullopt;
  std::fill_n(out.bytes.begin(), 10, std::uint8_t{0});
  out.bytes[10] = out.bytes[11] = 0xff;
  out.v4 = true;
  return out;
}

std::optional<int> ParseNumber(std::string_view text, int max) {
  int value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size() || value < 0 || value > max) {
    return std::nullopt;
  }
  return value;
}

IpBytes Masked(const IpBytes& address, int bits) {
  IpBytes out{};
  for (int i = 0; i < 16; ++i) {
    const int here = std::clamp(bits - 8 * i, 0, 8);
    const auto at = static_cast<std::size_t>(i);
    out[at] = static_cast<std::uint8_t>(address[at] & (0xff00 >> here));
  }
  return out;
}

std::string ToText(const IpBytes& address, bool v4) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(v4 ? AF_INET : AF_INET6, address.data() + (v4 ? 12 : 0), text, sizeof text);
  return text;
}

bool IsMapped(const IpBytes& address) {
  return std::all_of(address.begin(), address.begin() + 10, [](auto b) { return b == 0; }) &&
         address[10] == 0xff && address[11] == 0xff;
}

}  // namespace

Result<Cidr> ParseCidr(std::string_view text) {
  const auto slash = text.find('/');
  const auto ip = ParseIp(text.substr(0, slash));
  const auto bad = [text](std::string_view want) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("want {}, got \"{}\"", want, text));
  };
  if (!ip) return bad("a network such as \"10.0.0.0/8\" or \"fc00::/7\"");
  const int all = ip->v4 ? 32 : 128;
  int bits = all;
  if (slash != std::string_view::npos) {
    const auto number = ParseNumber(text.substr(slash + 1), all);
    if (!number) return bad(fmt::format("a length from 0 to {} behind the slash", all));
    bits = *number;
  }
  Cidr out{ip->bytes, ip->v4 ? bits + kMappedBits : bits};
  const IpBytes masked = Masked(out.network, out.bits);
  if (masked != out.network) {
    return bad(fmt::format("\"{}/{}\" or one address", ToText(masked, ip->v4), bits));
  }
  return out;
}

Result<std::vector<Cidr>> ParseCidrs(std::span<const std::string> texts) {
  std::vector<Cidr> out;
  for (const std::string& text : texts) {
    auto cidr = ParseCidr(text);
    if (!cidr) return std::move(cidr).error();
    out.push_back(*cidr);
  }
  return out;
}

bool Contains(const Cidr& network, const IpBytes& address) {
  if (network.bits < kMappedBits && IsMapped(address)) return false;
  return Masked(address, network.bits) == network.network;
}

bool Contains(std::span<const Cidr> networks, const IpBytes& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Cidr& network) { return Contains(network, address); });
}

Result<ListenAddress> ParseListenAddress(std::string_view text) {
  const auto bad = [text](std::string_view want) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("want {}, got \"{}\"", want, text));
  };
  constexpr std::string_view kExample =
      "an address and a port such as \"0.0.0.0:9100\" or \"[::]:9100\"";
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad(kExample);
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  const auto ip = ParseIp(host);
  if (!ip) return bad(kExample);
  if (ip->v4 == brackets) return bad("brackets around IPv6 addresses and only there");
  const auto port = ParseNumber(text.substr(colon + 1), 65535);
  if (!port) return bad("a port from 0 to 65535");
  return ListenAddress{std::string(host), !ip->v4, static_cast<std::uint16_t>(*port)};
}

}  // namespace ecsward
