#include "collectors/ports/ports.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kListening{"ecsward_port_listening", "Sockets that listen there, by their owner.",
                            MetricType::kGauge, "proto,address,port,process,user,unit"};
constexpr Metric kQueueLength{"ecsward_port_accept_queue_length",
                              "Connections that wait to be accepted, at the fullest socket.",
                              MetricType::kGauge, "address,port"};
constexpr Metric kQueueLimit{"ecsward_port_accept_queue_limit",
                             "Connections that may wait to be accepted at that socket.",
                             MetricType::kGauge, "address,port"};
constexpr Metric kRefused{"ecsward_port_refused_total",
                          "Connections or datagrams dropped because the queue was full; absent "
                          "where there were none.",
                          MetricType::kCounter, "proto,address,port"};
constexpr Metric kPressure{"ecsward_port_accept_queue_pressure_ratio",
                           "How full the accept queue is, from a half on; 1 where a connection a "
                           "second was dropped over the last minute.",
                           MetricType::kGauge, "address,port"};
constexpr Metric kUnexpected{"ecsward_port_unexpected",
                             "1: listens, and neither `expect` nor `allow` nor what was learned "
                             "names it.",
                             MetricType::kGauge, "proto,address,port,process,user,unit,executable"};
constexpr Metric kExpectedUp{"ecsward_port_expected_up", "Whether an expected port is listened on.",
                             MetricType::kGauge, "expect,proto,address,port"};
constexpr Metric kExpectedSince{"ecsward_port_expected_since_timestamp_seconds",
                                "Since when the expected port is up, or down.", MetricType::kGauge,
                                "expect"};
constexpr Metric kExpectedOutage{"ecsward_port_expected_outage_seconds",
                                 "How long the expected port was away before it came up, or has "
                                 "been away.",
                                 MetricType::kGauge, "expect"};
constexpr Metric kDownInfo{"ecsward_port_expected_down_info",
                           "1: the expected port is down; who listened last, and how that ended.",
                           MetricType::kGauge, "expect,process,how"};
constexpr Metric kOwnersUnknown{"ecsward_ports_owners_unknown",
                                "Listening sockets whose process is not known.",
                                MetricType::kGauge};
constexpr Metric kScans{"ecsward_ports_owner_scans_total",
                        "Times that the open files of all processes were looked through.",
                        MetricType::kCounter};
constexpr Metric kLeftOut{"ecsward_ports_left_out",
                          "Listening sockets beyond max_listeners, of which nothing is shown.",
                          MetricType::kGauge};

// Rules read this one, and a rule's series have a history: thousands of listeners that keep up with
// their connections are not to be remembered for that.
constexpr double kToldPressure = 0.5;
constexpr std::chrono::duration<double> kFadesOver{60};

constexpr std::chrono::seconds kNumbersEvery{5};
constexpr std::chrono::minutes kPublishEvery{1};
constexpr std::chrono::minutes kEphemeralEvery{1};
// Until then an owner that is looked for may still be found; what is learned without it is broad.
constexpr std::chrono::minutes kLearnUnknownAfter{1};

// Whether it changed since the last look.
bool Moved(std::uint64_t& was, std::uint64_t now) { return std::exchange(was, now) != now; }

}  // namespace

PortsCollector::PortsCollector(const CollectorEnv& env, const CollectorOptions& options)
    : PortsCollector(env, options, Seams{}) {}

PortsCollector::PortsCollector(const CollectorEnv& env, const CollectorOptions& options,
                               Seams seams)
    : boards_(env.boards),
      files_(seams.files ? std::move(seams.files) : std::make_unique<ProcessFiles>()),
      dump_(env.root, std::move(seams.netlink)),
      owners_(env.root, seams.clock != nullptr ? *seams.clock : work_clock_, *files_),
      book_(static_cast<std::size_t>(std::max(options.Int("max_listeners"), 0L)),
            ParseExpectList(options.String("expect"))),
      judge_(ParseExpectList(options.String("expect")), ParseAllowList(options.String("allow")),
             env.boards.exits),
      learning_(env.state_directory, options.Duration("learn")),
      others_(options.Bool("other_namespaces") ? std::make_unique<OtherNamespaces>(env.root)
                                               : nullptr),
      ephemeral_(env.root.File(Tree::kProc, "sys/net/ipv4/ip_local_port_range")) {}

Result<void> PortsCollector::Collect(const Tick& tick, Recorder& out) {
  if (auto read = dump_.Read(sockets_); !read) return std::move(read).error().Context("ports");
  ReadEphemeral(tick);
  if (learning_.BeginTick(tick.wall)) judge_.SetLearned(learning_.Rules(), learning_.learning());
  book_.Take(sockets_, tick);
  owners_.Update(book_.Wanted(), tick.mono);
  book_.Assign(owners_, tick);
  if (others_) others_->Tick(tick.mono);
  Report(tick, out);
  learning_.EndTick(tick.mono);
  Publish(tick);
  return {};
}

void PortsCollector::ReadEphemeral(const Tick& tick) {
  if (tick.mono < ephemeral_due_) return;
  ephemeral_due_ = tick.mono + kEphemeralEvery;
  std::string_view text;
  if (ephemeral_.TryRead(buffer_, text) != 0) return;
  std::string_view line;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (!NextLine(text, line) || !NextUint(line, first) || !NextUint(line, last)) return;
  if (first > 0xFFFF || last > 0xFFFF) return;
  book_.SetEphemeral(static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(last));
}

void PortsCollector::ReportPlace(const PlaceKey& key, ListenerPlace& place, const Tick& tick,
                                 Recorder& out) {
  const ListenerGroup* owner = nullptr;
  for (const auto& held : place.groups) {
    ListenerGroup& group = *held;
    if (owner == nullptr || owner->pid == 0) owner = &group;
    const ListenerFacts facts = FactsOf(key, place, group);
    if (group.judged_by != judge_.version()) {
      group.judged_by = judge_.version();
      const PortVerdict verdict = judge_.Judge(facts, place.loopback);
      changed_ |= verdict != group.verdict;
      group.verdict = verdict;
    }
    if (learning_.learning() && !place.loopback && !group.learned &&
        (group.pid != 0 || tick.mono - group.since >= kLearnUnknownAfter)) {
      group.learned = true;
      learning_.Observe(facts, book_.ephemeral_first(), book_.ephemeral_last());
    }
    out.Set(kListening,
            {place.proto, key.address, place.port_text, group.names.process, group.names.user,
             group.names.unit},
            group.sockets);
    if (group.verdict == PortVerdict::kUnexpected) {
      out.Set(kUnexpected,
              {place.proto, key.address, place.port_text, group.names.process, group.names.user,
               group.names.unit, group.names.executable},
              1);
    }
    numbers_ = (numbers_ * 31 + group.sockets) * 31 + group.queue;
    numbers_ = (numbers_ * 31 + group.limit) * 31 + group.refused;
  }
  for (const std::size_t index : place.expects) {
    if (owner != nullptr) {
      judge_.Seen(index, owner->pid, owner->names.process, owner->names.unit);
    } else {
      judge_.Seen(index, 0, {}, {});
    }
  }
  if (!key.udp) {
    out.Set(kQueueLength, {key.address, place.port_text}, place.queue);
    if (place.limit > 0) out.Set(kQueueLimit, {key.address, place.port_text}, place.limit);
    const double pressure = AcceptPressure(place, fade_);
    if (pressure >= kToldPressure) out.Set(kPressure, {key.address, place.port_text}, pressure);
  }
  // Nothing was ever dropped at most of them.
  if (place.refused > 0) {
    out.Set(kRefused, {place.proto, key.address, place.port_text},
            static_cast<double>(place.refused));
  }
}

void PortsCollector::ReportExpected(const Tick& tick, Recorder& out) {
  for (const PortJudge::Expected& expected : judge_.expected()) {
    const ExpectRule& rule = expected.rule;
    out.Set(kExpectedUp, {rule.text, rule.proto, rule.address, expected.port_text},
            expected.up ? 1 : 0);
    out.Set(kExpectedSince, {rule.text}, static_cast<double>(expected.since_ms) / 1000);
    out.Set(kExpectedOutage, {rule.text}, expected.OutageSeconds(tick.mono));
    if (!expected.up) out.Set(kDownInfo, {rule.text, expected.process, expected.how}, 1);
  }
}

void PortsCollector::ReportOthers(Recorder& out) {
  std::string port;
  std::string space;
  for (const PortListener& listener : others_->listeners()) {
    port = std::to_string(listener.port);
    // What tells it from the same port elsewhere.
    space = !listener.container.empty() ? listener.container
            : !listener.unit.empty()    ? listener.unit
                                        : "net:" + listener.other_namespace;
    out.Set(kListening,
            {listener.proto, listener.address, port, listener.process, listener.user, space},
            listener.sockets);
  }
}

void PortsCollector::Report(const Tick& tick, Recorder& out) {
  numbers_ = 0;
  const std::chrono::duration<double> since = tick.mono - reported_;
  fade_ = std::exp(-std::min(since / kFadesOver, 60.0));
  reported_ = tick.mono;
  for (auto& [key, place] : book_.places()) ReportPlace(key, place, tick, out);
  changed_ |= judge_.EndTick(tick);
  ReportExpected(tick, out);
  if (others_) ReportOthers(out);
  out.Set(kOwnersUnknown, static_cast<double>(owners_.unknown()));
  out.Set(kScans, static_cast<double>(owners_.scans()));
  out.Set(kLeftOut, static_cast<double>(book_.left_out()));
}

void PortsCollector::Publish(const Tick& tick) {
  changed_ |= Moved(owners_version_, owners_.version());
  changed_ |= Moved(book_version_, book_.version());
  if (others_) changed_ |= Moved(others_version_, others_->version());
  if (!changed_) {
    if (tick.mono < numbers_due_) return;
    // Nothing to tell anew but the time: once a minute is enough for that.
    const bool old = tick.mono >= numbers_due_ + (kPublishEvery - kNumbersEvery);
    if (numbers_ == numbers_published_ && !old) return;
  }
  changed_ = false;
  numbers_published_ = numbers_;
  numbers_due_ = tick.mono + kNumbersEvery;

  auto picture = std::make_shared<PortPicture>();
  picture->time_ms = UnixMilliseconds(tick.wall);
  picture->judged = judge_.in_force();
  picture->note = owners_.note();
  if (!learning_.note().empty()) {
    picture->note.append(picture->note.empty() ? "" : "; ").append(learning_.note());
  }
  const ListenerBook::Sockets sockets = book_.SocketsOfGroups();
  std::vector<std::int64_t> holders;
  for (const auto& [key, place] : book_.places()) {
    for (const auto& group : place.groups) {
      PortListener listener;
      listener.proto = place.proto;
      listener.address = key.address;
      listener.port = key.port;
      listener.sockets = group->sockets;
      listener.pid = group->pid;
      listener.process = group->names.process;
      listener.executable = group->names.executable;
      listener.user = group->names.user;
      listener.unit = group->names.unit;
      listener.container = group->names.container;
      if (const auto found = sockets.find(group.get()); found != sockets.end()) {
        for (const std::uint64_t inode : found->second) {
          owners_.Holders(inode, holders);
          listener.holders.insert(listener.holders.end(), holders.begin(), holders.end());
        }
        std::sort(listener.holders.begin(), listener.holders.end());
        const auto twice = std::unique(listener.holders.begin(), listener.holders.end());
        listener.holders.erase(twice, listener.holders.end());
      }
      listener.inode = group->inode;
      listener.accept_queue = group->queue;
      listener.accept_limit = group->limit;
      listener.refused = group->refused;
      listener.since_ms = group->since_ms;
      listener.verdict = group->verdict;
      picture->listeners.push_back(std::move(listener));
    }
  }
  if (others_) {
    const auto& others = others_->listeners();
    picture->listeners.insert(picture->listeners.end(), others.begin(), others.end());
  }
  std::stable_sort(picture->listeners.begin(), picture->listeners.end(),
                   [](const PortListener& a, const PortListener& b) {
                     return std::tie(a.proto, a.port, a.address) <
                            std::tie(b.proto, b.port, b.address);
                   });
  for (const PortJudge::Expected& expected : judge_.expected()) {
    picture->expected.push_back({.expect = expected.rule.text,
                                 .proto = expected.rule.proto,
                                 .address = expected.rule.address,
                                 .port = expected.rule.port,
                                 .up = expected.up,
                                 .since_ms = expected.since_ms,
                                 .last_outage_seconds = expected.last_outage_seconds,
                                 .process = expected.process,
                                 .how_it_ended = expected.how});
  }
  boards_.ports.Publish(std::move(picture));
}

}  // namespace ecsward
