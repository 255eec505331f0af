#include "collectors/ports/connections.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <random>
#include <string_view>
#include <utility>

namespace ecsward {
namespace {

constexpr Metric kConnections{"ecsward_port_connections",
                              "TCP connections of a port that listens here, by state.",
                              MetricType::kGauge, "proto,port,state"};
constexpr Metric kOpened{"ecsward_port_connections_opened_total",
                         "TCP connections that were opened to a port that listens here. Short ones "
                         "that leave no TIME_WAIT on this host are not all seen.",
                         MetricType::kCounter, "port"};
constexpr Metric kClosed{"ecsward_port_connections_closed_total",
                         "TCP connections to a port that listens here that have ended.",
                         MetricType::kCounter, "port"};
constexpr Metric kLeftOut{
    "ecsward_connections_left_out",
    "What was beyond the limits of the last look: connections beyond 200,000, "
    "listening ports beyond 100.",
    MetricType::kGauge, "what"};

// By the kernel's number, as in tcpstat.cpp.
constexpr std::array<std::string_view, ConnectionCount::kStates> kNames = {
    "unknown", "established", "syn_sent", "syn_recv", "fin_wait1", "fin_wait2", "time_wait",
    "close",   "close_wait",  "last_ack", "listen",   "closing",   "unknown"};
constexpr std::uint8_t kEstablished = 1;
constexpr std::uint8_t kSynRecv = 3;
constexpr std::uint8_t kTimeWait = 6;
constexpr std::uint64_t kInTimeWait = 1;

// Gives memory back after a crowd has gone.
template <class T>
void Trim(std::vector<T>& v) {
  if (v.capacity() > 4 * v.size() + 4096) v.shrink_to_fit();
}

// What a look may cost each time; one that took three times as much is followed by three rests.
// 30 ms of 15 s is 0.2 % of a core.
constexpr std::chrono::milliseconds kWork{30};
constexpr unsigned kMaxRest = 7;

std::uint64_t RandomSeed() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

std::uint16_t PortOf(std::uint64_t key) { return static_cast<std::uint16_t>(key >> 48); }

}  // namespace

void ConnectionCount::Start(const ListeningPorts& listening, std::uint64_t seed, bool traffic) {
  listening_ = &listening;
  seed_ = seed;
  with_traffic_ = traffic;
  keys_.clear();
  traffic_.records.clear();
  traffic_.left_out = 0;
  traffic_.told = false;
  seen_ = left_out_ = {};
  for (auto& states : states_) states.assign(listening.ports().size(), States{});
}

void ConnectionCount::StartVersion(std::size_t version) {
  version_ = version;
  mark_ = {keys_.size(), traffic_.records.size(), traffic_.left_out};
}

void ConnectionCount::Begin() {
  keys_.resize(mark_.keys);
  traffic_.records.resize(mark_.records);
  traffic_.left_out = mark_.left_out;
  seen_[version_] = left_out_[version_] = 0;
  std::fill(states_[version_].begin(), states_[version_].end(), States{});
}

void ConnectionCount::Socket(const TcpEntry& entry) {
  ++seen_[version_];
  const std::size_t place = listening_->Find(entry.local_port);
  const bool ours = place != ListeningPorts::kNone;
  if (ours) ++states_[version_][place][entry.state < kStates ? entry.state : 0];
  if (seen() > kMaxConnections) {
    ++left_out_[version_];
    return;
  }
  // A connection that is only being asked for is none yet.
  if (ours && entry.state != kSynRecv) {
    keys_.push_back(ConnectionKey(entry, seed_) | (entry.state == kTimeWait ? kInTimeWait : 0));
  }
  if (with_traffic_) traffic_.Add(entry, *listening_, seed_);
}

void ConnectionCount::Finish() {
  std::sort(keys_.begin(), keys_.end());
  keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
  if (seen() == 0) traffic_.told = true;
  traffic_.Sort();
  Trim(keys_);
  Trim(traffic_.records);
}

ConnectionCount::States ConnectionCount::Of(std::size_t place) const {
  States out{};
  for (const auto& states : states_) {
    for (std::size_t i = 0; i < kStates; ++i) out[i] += states[place][i];
  }
  return out;
}

void CompareConnections(const std::vector<std::uint64_t>& before,
                        const std::vector<std::uint64_t>& now,
                        std::map<std::uint16_t, ConnectionChanges>& changes) {
  auto was = before.begin();
  auto is = now.begin();
  while (was != before.end() || is != now.end()) {
    const std::uint64_t was_key = was == before.end() ? ~std::uint64_t{0} : *was | kInTimeWait;
    const std::uint64_t is_key = is == now.end() ? ~std::uint64_t{0} : *is | kInTimeWait;
    const bool had = was != before.end() && was_key <= is_key;
    const bool has = is != now.end() && is_key <= was_key;
    const bool was_open = had && (*was & kInTimeWait) == 0;
    const bool is_open = has && (*is & kInTimeWait) == 0;
    const bool opened = has && (is_open ? !was_open : !had);
    const bool closed = had ? was_open && !is_open : !is_open;
    if (opened || closed) {
      ConnectionChanges& change = changes[PortOf(had ? *was : *is)];
      change.opened += opened ? 1 : 0;
      change.closed += closed ? 1 : 0;
    }
    if (had) ++was;
    if (has) ++is;
  }
}

ConnectionsCollector::ConnectionsCollector(const CollectorEnv& env,
                                           std::unique_ptr<NetlinkPort> port, const Clock* work)
    : root_(env.root),
      boards_(env.boards),
      table_(env.root, std::move(port)),
      net_dev_(env.root.File(Tree::kProc, "net/dev")),
      seed_(RandomSeed()),
      work_clock_(work == nullptr ? thread_clock_ : *work) {}

Result<void> ConnectionsCollector::Collect(const Tick& tick, Recorder& out) {
  if (rest_ > 0) {
    --rest_;
    Report(out);  // as of the last look
    return {};
  }
  const MonoTime begin = work_clock_.Mono();
  const bool traffic = last_seen_ < kCheapConnections || run_ % kBytesEvery == 0;
  ++run_;
  if (auto dumped = Dump(traffic); !dumped) {
    comparable_ = false;
    return NotOffered(std::move(dumped).error());
  }
  last_seen_ = count_.seen();
  CountChanges();
  Report(out);
  if (traffic) RememberTraffic(tick);
  const auto runs = (work_clock_.Mono() - begin) / kWork;
  rest_ = static_cast<unsigned>(std::min<decltype(runs)>(runs, kMaxRest));
  return {};
}

Result<void> ConnectionsCollector::Dump(bool traffic) {
  std::swap(listening_, listening_before_);
  if (auto read = listening_.Read(table_); !read) return read;
  count_.Start(listening_, seed_, traffic);
  Result<void> v4;
  for (const auto& [version, family] : {std::pair{0, AF_INET}, std::pair{1, AF_INET6}}) {
    count_.StartVersion(static_cast<std::size_t>(version));
    auto read = table_.Read(family, kConnectionStates, traffic, count_);
    if (!read && read.error().code != ErrorCode::kNotFound) return read;
    if (!read && version == 1 && !v4) return v4;
    if (version == 0) v4 = std::move(read);
  }
  count_.Finish();
  return {};
}

void ConnectionsCollector::CountChanges() {
  std::erase_if(totals_, [&](const auto& entry) { return !listening_.Contains(entry.first); });
  for (const std::uint16_t port : listening_.ports()) totals_.try_emplace(port);
  const bool whole = count_.left_out() == 0;
  if (comparable_ && whole) {
    changes_.clear();
    CompareConnections(keys_before_, count_.keys(), changes_);
    for (const auto& [port, change] : changes_) {
      const auto totals = totals_.find(port);
      // What a port had before it was known to listen was not opened just now.
      if (totals == totals_.end() || !listening_before_.Contains(port)) continue;
      totals->second.opened += static_cast<double>(change.opened);
      totals->second.closed += static_cast<double>(change.closed);
    }
  }
  comparable_ = whole;
  keys_before_ = count_.keys();
  Trim(keys_before_);
}

// The ports with the most connections, where there are too many; in order of their numbers.
void ConnectionsCollector::ChoosePorts() {
  chosen_.resize(listening_.ports().size());
  for (std::size_t i = 0; i < chosen_.size(); ++i) chosen_[i] = i;
  if (chosen_.size() <= kMaxPorts) return;
  std::vector<std::uint64_t> connections(chosen_.size());
  for (std::size_t i = 0; i < chosen_.size(); ++i) {
    for (const std::uint32_t n : count_.Of(i)) connections[i] += n;
  }
  std::stable_sort(chosen_.begin(), chosen_.end(),
                   [&](std::size_t a, std::size_t b) { return connections[a] > connections[b]; });
  chosen_.resize(kMaxPorts);
  std::sort(chosen_.begin(), chosen_.end());
}

void ConnectionsCollector::Report(Recorder& out) {
  ChoosePorts();
  char text[8];
  for (const std::size_t place : chosen_) {
    const std::uint16_t number = listening_.ports()[place];
    const auto [end, error] = std::to_chars(text, text + sizeof text, number);
    const std::string_view port(text, static_cast<std::size_t>(end - text));
    const ConnectionCount::States states = count_.Of(place);
    for (std::size_t state = 1; state + 1 < kNames.size(); ++state) {
      if (states[state] == 0 && state != kEstablished) continue;
      out.Set(kConnections, {"tcp", port, kNames[state]}, states[state]);
    }
    if (const double unknown = double{1} * states.front() + states.back(); unknown > 0) {
      out.Set(kConnections, {"tcp", port, "unknown"}, unknown);
    }
    const Totals& totals = totals_[number];
    out.Set(kOpened, {port}, totals.opened);
    out.Set(kClosed, {port}, totals.closed);
  }
  out.Set(kLeftOut, {"connections"}, static_cast<double>(count_.left_out()));
  out.Set(kLeftOut, {"ports"}, static_cast<double>(listening_.ports().size() - chosen_.size()));
}

void ConnectionsCollector::RememberTraffic(const Tick& tick) {
  const std::optional<double> interfaces = InterfaceBytes();
  const TrafficReading& now = count_.traffic();
  if (traffic_time_ && now.told && traffic_before_.told) {
    const double seconds = std::chrono::duration<double>(tick.mono - *traffic_time_).count();
    const TrafficUse use = CompareTraffic(traffic_before_, now);
    const double carried =
        interfaces && interfaces_before_ ? std::max(0.0, *interfaces - *interfaces_before_) : 0;
    if (seconds > 0) {
      const OffenderRing::Moment moment{UnixMilliseconds(tick.wall),
                                        WholeTraffic(use, carried) / seconds};
      const auto picture = boards_.ports.Read();
      std::vector<Offender> ports;
      for (const TrafficUse::Port& port : use.ports) {
        if (ports.size() == OffenderRing::kOffenders) break;
        const PortListener* const owner =
            port.listening ? OwnerOfPort(picture.get(), port.number) : nullptr;
        ports.push_back({PortName(picture.get(), port.number, port.listening),
                         owner == nullptr ? 0 : owner->pid, 0, port.bytes / seconds});
      }
      boards_.port_traffic.Add(moment, ports);
      std::vector<Offender> peers;
      for (const TrafficUse::Peer& peer : use.peers) {
        if (peers.size() == OffenderRing::kOffenders) break;
        peers.push_back({ToString(peer.address), 0, 0, peer.bytes / seconds});
      }
      boards_.peer_traffic.Add(moment, peers);
    }
  }
  traffic_before_ = now;
  Trim(traffic_before_.records);
  traffic_time_ = tick.mono;
  interfaces_before_ = interfaces;
}

// Hardware, or what stands for it: all traffic goes through one of these once. Where there is none,
// as in a container, everything but the loopback.
std::optional<double> ConnectionsCollector::InterfaceBytes() {
  const auto text = net_dev_.Read(buffer_);
  if (!text || !ParseNetDev(*text, lines_)) return std::nullopt;
  double all = 0;
  double physical = 0;
  for (const NetDevLine& line : lines_) {
    if (line.name == "lo") continue;
    const double bytes = line.counters.receive_bytes + line.counters.transmit_bytes;
    all += bytes;
    if (root_.Exists(Tree::kSys, "class/net/" + std::string(line.name) + "/device")) {
      physical += bytes;
    }
  }
  return physical > 0 ? physical : all;
}

}  // namespace ecsward
