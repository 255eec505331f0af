#include "collectors/ports/traffic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <tuple>

namespace ecsward {
namespace {

constexpr double kAllButHeaders = 0.9;

// Adds up neighbours that are the same, then sorts by bytes.
template <class T, class Same, class Order>
void SumUp(std::vector<T>& parts, Same same, Order order) {
  std::sort(parts.begin(), parts.end(), order);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (kept > 0 && same(parts[kept - 1], parts[i])) {
      parts[kept - 1].bytes += parts[i].bytes;
    } else {
      parts[kept++] = parts[i];
    }
  }
  parts.resize(kept);
  std::sort(parts.begin(), parts.end(), [&](const T& a, const T& b) {
    return a.bytes != b.bytes ? a.bytes > b.bytes : order(a, b);
  });
}

}  // namespace

std::uint64_t ConnectionKey(const TcpEntry& entry, std::uint64_t seed) {
  std::uint64_t words[5]{};
  std::memcpy(words, entry.local.bytes.data(), 16);
  std::memcpy(words + 2, entry.remote.bytes.data(), 16);
  words[4] = entry.remote_port;
  std::uint64_t hash = seed;
  for (const std::uint64_t word : words) {  // MurmurHash3's finalizer for each
    hash ^= word;
    hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdULL;
    hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    hash ^= hash >> 33;
  }
  return (std::uint64_t{entry.local_port} << 48) | (hash >> 16 & ~std::uint64_t{1});
}

void TrafficReading::Add(const TcpEntry& entry, const ListeningPorts& listening,
                         std::uint64_t seed) {
  if (!entry.has_bytes) return;  // TIME_WAIT, or a kernel that does not tell
  told = true;
  const bool here = listening.Contains(entry.local_port);
  const bool local = IsLoopback(entry.remote) || entry.remote == entry.local;
  if (local && !here) {
    if (listening.Contains(entry.remote_port) || entry.local_port > entry.remote_port) return;
  }
  if (records.size() >= kMaxRecords) {
    ++left_out;
    return;
  }
  records.push_back({ConnectionKey(entry, seed), entry.bytes, entry.remote,
                     here ? entry.local_port : entry.remote_port, here, local});
}

void TrafficReading::Sort() {
  std::sort(records.begin(), records.end(),
            [](const TrafficRecord& a, const TrafficRecord& b) { return a.key < b.key; });
}

TrafficUse CompareTraffic(const TrafficReading& before, const TrafficReading& now) {
  TrafficUse out;
  auto earlier = before.records.begin();
  for (const TrafficRecord& record : now.records) {
    while (earlier != before.records.end() && earlier->key < record.key) ++earlier;
    const bool known = earlier != before.records.end() && earlier->key == record.key;
    if (!known && before.left_out > 0) continue;
    // Fewer bytes than before: another connection between the same ends.
    const bool same = known && earlier->bytes <= record.bytes;
    const auto bytes = static_cast<double>(record.bytes - (same ? earlier->bytes : 0));
    if (bytes <= 0) continue;
    (record.local ? out.local_bytes : out.remote_bytes) += bytes;
    out.ports.push_back({record.port, record.listening, bytes});
    out.peers.push_back({record.remote, bytes});
  }
  using Port = TrafficUse::Port;
  using Peer = TrafficUse::Peer;
  const auto port_key = [](const Port& p) { return std::tuple(!p.listening, p.number); };
  SumUp(
      out.ports, [&](const Port& a, const Port& b) { return port_key(a) == port_key(b); },
      [&](const Port& a, const Port& b) { return port_key(a) < port_key(b); });
  SumUp(
      out.peers, [](const Peer& a, const Peer& b) { return a.address == b.address; },
      [](const Peer& a, const Peer& b) { return a.address < b.address; });
  return out;
}

double WholeTraffic(const TrafficUse& use, double interfaces) {
  const bool explained = use.remote_bytes >= kAllButHeaders * interfaces;
  return use.local_bytes + (explained ? use.remote_bytes : interfaces);
}

const PortListener* OwnerOfPort(const PortPicture* picture, std::uint16_t port) {
  if (picture == nullptr) return nullptr;
  for (const PortListener& listener : picture->listeners) {
    if (listener.port == port && listener.proto == "tcp" && !listener.process.empty() &&
        listener.other_namespace.empty()) {
      return &listener;
    }
  }
  return nullptr;
}

std::string PortName(const PortPicture* picture, std::uint16_t port, bool listening) {
  if (!listening) return fmt::format("to :{}", port);
  const PortListener* const owner = OwnerOfPort(picture, port);
  return owner == nullptr ? fmt::format(":{}", port) : fmt::format("{} :{}", owner->process, port);
}

}  // namespace ecsward
