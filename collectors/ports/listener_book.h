// The sockets of a dump, sorted into what series and people are told about: sockets of one owner on
// one address and port are one group, all groups of an address and port are one place. Kept from
// tick to tick, so that a tick in which nothing came or went makes no new strings.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "collectors/collector.h"
#include "collectors/ports/listener_dump.h"
#include "collectors/ports/port_board.h"
#include "collectors/ports/port_rule.h"
#include "collectors/ports/socket_owners.h"

namespace ecsward {

struct ListenerGroup {
  std::int64_t pid = 0;  // 0: the owner is not known
  OwnerNames names;      // user: the socket's where the owner is not known
  std::uint32_t sockets = 0;
  std::uint64_t inode = 0;
  std::uint32_t queue = 0, limit = 0;  // of the fullest
  std::uint64_t refused = 0;           // what the place counted while this group was there
  std::int64_t since_ms = 0;
  MonoTime since{};
  PortVerdict verdict = PortVerdict::kNotJudged;
  std::uint64_t judged_by = 0;  // the judge's version; 0: not yet
  bool learned = false;
  std::uint64_t stamp = 0;
};

struct ListenerPlace {
  std::string_view proto;
  std::string port_text;
  bool loopback = false;
  std::vector<std::size_t> expects;  // which of `expect` it satisfies
  std::uint32_t sockets = 0, queue = 0, limit = 0;
  std::uint64_t refused = 0;
  std::optional<std::uint64_t> refused_told;  // as of the tick before
  double refused_lately = 0;                  // fades over a minute
  std::vector<std::unique_ptr<ListenerGroup>> groups;
  std::uint64_t stamp = 0;
};

// How full the accept queue is, 0 to 1, once a tick; 1 where about a connection a second was
// dropped over the last minute, since between two looks a queue may have been full. `fade`: what is
// left of what was counted up to the tick before, exp(−seconds/60).
double AcceptPressure(ListenerPlace& place, double fade);

struct PlaceKey {
  bool udp = false;
  std::uint16_t port = 0;
  std::string address;
  bool operator<(const PlaceKey& other) const {
    return std::tie(udp, port, address) < std::tie(other.udp, other.port, other.address);
  }
};

inline ListenerFacts FactsOf(const PlaceKey& key, const ListenerPlace& place,
                             const ListenerGroup& group) {
  return {place.proto,         key.address,      key.port,        group.pid != 0,
          group.names.process, group.names.user, group.names.unit};
}

// One thread.
class ListenerBook {
 public:
  // A UDP socket of a client looks like a server's. On a port that the kernel picks for clients it
  // counts when it has lived this long.
  static constexpr std::chrono::seconds kClientAge{5};
  // A new listener waits so many ticks for its owner to be found.
  static constexpr unsigned kHold = 2;

  ListenerBook(std::size_t max_sockets, std::vector<ExpectRule> expect)
      : max_sockets_(max_sockets), expect_(std::move(expect)) {}

  void SetEphemeral(std::uint16_t first, std::uint16_t last) {
    ephemeral_first_ = first;
    ephemeral_last_ = last;
  }
  std::uint16_t ephemeral_first() const { return ephemeral_first_; }
  std::uint16_t ephemeral_last() const { return ephemeral_last_; }

  // First Take with the dump, then Assign when the owners of Wanted() are up to date.
  void Take(std::span<const ListenSocket> sockets, const Tick& tick);
  std::span<const WantedSocket> Wanted() const { return wanted_; }
  void Assign(const SocketOwners& owners, const Tick& tick);

  std::map<PlaceKey, ListenerPlace>& places() { return places_; }
  // The sockets of each group, as of this tick.
  using Sockets = std::unordered_map<const ListenerGroup*, std::vector<std::uint64_t>>;
  Sockets SocketsOfGroups() const;
  std::size_t left_out() const { return left_out_; }
  // Grows when a place or a group came or went, or got another owner.
  std::uint64_t version() const { return version_; }

 private:
  struct Tracked {
    std::uint64_t stamp = 0;
    MonoTime first_seen{};
    std::uint32_t drops = 0;
    std::uint32_t uid = 0, queue = 0, limit = 0;
    std::uint64_t new_drops = 0;  // not yet counted
    std::uint64_t inode = 0;
    bool waits = false;  // perhaps a client
    unsigned held = 0;   // ticks that it waited for its owner
    ListenerPlace* place = nullptr;
    ListenerGroup* group = nullptr;
    std::uint64_t owners_version = 0;
  };

  Tracked* Track(const ListenSocket& socket, const Tick& tick);
  ListenerPlace& PlaceOf(const ListenSocket& socket);
  ListenerGroup& GroupOf(Tracked& tracked, const OwnerProcess* owner, const SocketOwners& owners,
                         const Tick& tick);
  void Count(Tracked& tracked, const SocketOwners& owners, const Tick& tick);
  void Forget(const Tick& tick);

  const std::size_t max_sockets_;
  const std::vector<ExpectRule> expect_;
  std::uint16_t ephemeral_first_ = 32768, ephemeral_last_ = 60999;
  std::unordered_map<std::uint64_t, Tracked> tracked_;  // by inode, or what stands for it
  std::vector<Tracked*> present_;                       // in this tick
  std::vector<WantedSocket> wanted_;
  std::map<PlaceKey, ListenerPlace> places_;
  std::size_t left_out_ = 0, tracked_now_ = 0;
  std::uint64_t version_ = 1;
};

}  // namespace ecsward
