#include "collectors/ipvs.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <array>
#include <charconv>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric Counter(std::string_view name, std::string_view help) {
  return {name, help, MetricType::kCounter};
}
constexpr Metric kConnections =
    Counter("node_ipvs_connections_total", "Connections that IPVS has passed on.");
constexpr Metric kIncomingPackets =
    Counter("node_ipvs_incoming_packets_total", "Packets from clients.");
constexpr Metric kOutgoingPackets =
    Counter("node_ipvs_outgoing_packets_total", "Packets to clients.");
constexpr Metric kIncomingBytes = Counter("node_ipvs_incoming_bytes_total", "Bytes from clients.");
constexpr Metric kOutgoingBytes = Counter("node_ipvs_outgoing_bytes_total", "Bytes to clients.");

struct Label {
  std::string_view name;
  std::string IpvsBackend::*member;
};
constexpr Label kLabels[] = {
    {"local_address", &IpvsBackend::local_address},
    {"local_port", &IpvsBackend::local_port},
    {"remote_address", &IpvsBackend::remote_address},
    {"remote_port", &IpvsBackend::remote_port},
    {"proto", &IpvsBackend::proto},
    {"local_mark", &IpvsBackend::local_mark},
};

void AssignNumber(std::uint64_t number, std::string& out) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.assign(digits.data(), end);
}

// "C0A80016:0CEA" or "[fe80:0000:…:0001]:0CEA".
bool ParseAddress(std::string_view text, std::string& address, std::string& port) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::uint64_t number = 0;
  if (!ParseUint(text.substr(colon + 1), number, 16) || number > 0xffff) return false;
  AssignNumber(number, port);
  text = text.substr(0, colon);

  std::array<unsigned char, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> printed{};
  int family = AF_INET6;
  if (text.starts_with('[') && text.ends_with(']')) {
    const std::string_view inner = text.substr(1, text.size() - 2);
    if (inner.size() >= printed.size()) return false;
    std::copy(inner.begin(), inner.end(), printed.begin());
    if (::inet_pton(AF_INET6, printed.data(), bytes.data()) != 1) return false;
  } else {
    if (text.size() != 8 && text.size() != 32) return false;
    family = text.size() == 8 ? AF_INET : AF_INET6;
    for (std::size_t i = 0; i < text.size() / 2; ++i) {
      if (!ParseUint(text.substr(2 * i, 2), number, 16)) return false;
      bytes[i] = static_cast<unsigned char>(number);
    }
  }
  if (::inet_ntop(family, bytes.data(), printed.data(), printed.size()) == nullptr) return false;
  address = printed.data();
  return true;
}

}  // namespace

Result<IpvsTotals> ParseIpvsTotals(std::string_view text) {
  std::string_view line;
  for (int i = 0; i < 3; ++i) {
    if (!NextLine(text, line)) return Fail(ErrorCode::kParse, "want three lines");
  }
  IpvsTotals totals;
  for (const auto member :
       {&IpvsTotals::connections, &IpvsTotals::incoming_packets, &IpvsTotals::outgoing_packets,
        &IpvsTotals::incoming_bytes, &IpvsTotals::outgoing_bytes}) {
    std::string_view field;
    std::uint64_t value = 0;
    if (!NextField(line, field) || !ParseUint(field, value, 16)) {
      return Fail(ErrorCode::kParse, "line 3: want five hexadecimal numbers");
    }
    totals.*member = static_cast<double>(value);
  }
  return totals;
}

Result<std::size_t> ParseIpvsBackends(std::string_view text, std::vector<IpvsBackend>& out) {
  std::size_t used = 0;
  IpvsBackend service;
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    std::string_view first;
    std::string_view second;
    if (!NextField(line, first) || !NextField(line, second)) continue;
    const auto bad = [&](std::string_view want) {
      return Fail(ErrorCode::kParse,
                  "line " + std::to_string(number) + ": want " + std::string(want));
    };
    if (first == "TCP" || first == "UDP" || first == "SCTP") {
      service.proto = first;
      service.local_mark.clear();
      if (!ParseAddress(second, service.local_address, service.local_port)) {
        return bad("an address and a port");
      }
    } else if (first == "FWM") {
      service.proto = first;
      service.local_mark = second;
      service.local_address.clear();
      service.local_port = "0";
    } else if (first == "->" && second != "RemoteAddress:Port") {
      if (used == out.size()) out.emplace_back();
      IpvsBackend& backend = out[used];
      backend.proto = service.proto;
      backend.local_mark = service.local_mark;
      backend.local_address = service.local_address;
      backend.local_port = service.local_port;
      std::string_view forward;
      if (!ParseAddress(second, backend.remote_address, backend.remote_port)) {
        return bad("an address and a port");
      }
      if (!NextField(line, forward) || !NextNumber(line, backend.weight) ||
          !NextNumber(line, backend.active) || !NextNumber(line, backend.inactive)) {
        return bad("a weight and two numbers of connections");
      }
      ++used;
    }
  }
  return used;
}

IpvsCollector::IpvsCollector(const CollectorEnv& env, const CollectorOptions& options)
    : totals_(env.root.File(Tree::kProc, "net/ip_vs_stats")),
      backends_file_(env.root.File(Tree::kProc, "net/ip_vs")) {
  const std::string wanted = "," + std::string(options.String("backend_labels")) + ",";
  for (const Label& label : kLabels) {
    if (wanted.find("," + std::string(label.name) + ",") == std::string::npos) continue;
    members_.push_back(label.member);
    labels_.append(labels_.empty() ? "" : ",").append(label.name);
  }
  weight_ = {"node_ipvs_backend_weight", "Weight of the backend.", MetricType::kGauge, labels_};
  active_ = {"node_ipvs_backend_connections_active", "Connections that the backend serves.",
             MetricType::kGauge, labels_};
  inactive_ = {"node_ipvs_backend_connections_inactive",
               "Connections of the backend that are being closed or wait.", MetricType::kGauge,
               labels_};
}

Result<void> IpvsCollector::Collect(const Tick& tick, Recorder& out) {
  auto text = totals_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  const auto totals = ParseIpvsTotals(*text);
  if (!totals) return Error(totals.error()).Context(totals_.path());
  out.Set(kConnections, totals->connections);
  out.Set(kIncomingPackets, totals->incoming_packets);
  out.Set(kOutgoingPackets, totals->outgoing_packets);
  out.Set(kIncomingBytes, totals->incoming_bytes);
  out.Set(kOutgoingBytes, totals->outgoing_bytes);

  text = backends_file_.Read(buffer_);
  if (!text) return std::move(text).error();
  auto used = ParseIpvsBackends(*text, backends_);
  if (!used) return std::move(used).error().Context(backends_file_.path());
  for (std::size_t i = 0; i < *used; ++i) {
    const IpvsBackend& backend = backends_[i];
    key_.clear();
    for (const auto member : members_) key_.append(backend.*member).push_back('\n');
    auto it = sums_.find(key_);
    if (it == sums_.end()) {
      it = sums_.emplace(key_, Sum{}).first;
      for (const auto member : members_) it->second.labels.push_back(backend.*member);
    }
    Sum& sum = it->second;
    if (sum.last_tick != tick.number) sum.weight = sum.active = sum.inactive = 0;
    sum.last_tick = tick.number;
    sum.weight += backend.weight;
    sum.active += backend.active;
    sum.inactive += backend.inactive;
  }
  std::erase_if(sums_, [&](const auto& entry) { return entry.second.last_tick != tick.number; });
  for (const auto& [key, sum] : sums_) {
    values_.assign(sum.labels.begin(), sum.labels.end());
    out.Set(active_, values_, sum.active);
    out.Set(inactive_, values_, sum.inactive);
    out.Set(weight_, values_, sum.weight);
  }
  return {};
}

}  // namespace ecsward
