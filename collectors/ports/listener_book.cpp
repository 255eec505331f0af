#include "collectors/ports/listener_book.h"

#include <algorithm>
#include <string_view>

namespace ecsward {
namespace {

std::string_view Proto(const ListenSocket& socket) { return socket.udp ? "udp" : "tcp"; }

// The kernel's own sockets have no inode: their place stands for it, above all inodes.
std::uint64_t KeyOf(const ListenSocket& socket) {
  if (socket.inode != 0) return socket.inode;
  const std::string_view bytes(reinterpret_cast<const char*>(socket.address.data()),
                               socket.address.size());
  return (std::uint64_t{1} << 63U) | (std::hash<std::string_view>{}(bytes) << 20U) |
         (std::uint64_t{socket.port} << 3U) | (socket.udp ? 4U : 0U) | (socket.v6 ? 2U : 0U) |
         (socket.v6_only ? 1U : 0U);
}

}  // namespace

double AcceptPressure(ListenerPlace& place, double fade) {
  constexpr double kManyRefused = 40;  // what one a second comes to after a minute
  // What was dropped before the first look is no news.
  const std::uint64_t before = place.refused_told.value_or(place.refused);
  const auto dropped = static_cast<double>(place.refused - before);
  place.refused_told = place.refused;
  place.refused_lately = place.refused_lately * fade + dropped;
  const double full = place.limit == 0 ? 0 : static_cast<double>(place.queue) / place.limit;
  return place.refused_lately >= kManyRefused ? std::max(full, 1.0) : full;
}

void ListenerBook::Take(std::span<const ListenSocket> sockets, const Tick& tick) {
  present_.clear();
  wanted_.clear();
  left_out_ = tracked_now_ = 0;
  for (const ListenSocket& socket : sockets) {
    if (socket.port == 0) continue;  // not bound
    Tracked* const tracked = Track(socket, tick);
    if (tracked == nullptr) continue;
    if (tracked->waits && tick.mono - tracked->first_seen < kClientAge) continue;
    if (tracked->place == nullptr) tracked->place = &PlaceOf(socket);
    tracked->waits = false;
    present_.push_back(tracked);
    if (tracked->inode != 0) wanted_.push_back({tracked->inode, tracked->uid});
  }
}

ListenerBook::Tracked* ListenerBook::Track(const ListenSocket& socket, const Tick& tick) {
  const std::uint64_t key = KeyOf(socket);
  auto it = tracked_.find(key);
  if (it == tracked_.end()) {
    if (tracked_.size() >= max_sockets_) {
      // What is expected is looked at however many others there are.
      const std::string address = AddressText(socket);
      const ListenerFacts facts{Proto(socket), address, socket.port, false, {}, {}, {}};
      const bool expected =
          std::any_of(expect_.begin(), expect_.end(),
                      [&](const ExpectRule& rule) { return Matches(rule, facts); });
      if (!expected) {
        ++left_out_;
        return nullptr;
      }
    }
    it = tracked_.try_emplace(key).first;
    it->second.first_seen = tick.mono;
    it->second.inode = socket.inode;
    it->second.waits =
        socket.udp && socket.port >= ephemeral_first_ && socket.port <= ephemeral_last_;
  } else if (it->second.stamp == tick.number) {
    return nullptr;  // twice in a dump that was interrupted
  }
  Tracked& tracked = it->second;
  tracked.stamp = tick.number;
  ++tracked_now_;
  tracked.new_drops += socket.drops - tracked.drops;  // 32 bits that wrap around
  tracked.drops = socket.drops;
  tracked.uid = socket.uid;
  tracked.queue = socket.queue;
  tracked.limit = socket.limit;
  return &tracked;
}

ListenerPlace& ListenerBook::PlaceOf(const ListenSocket& socket) {
  PlaceKey key{socket.udp, socket.port, AddressText(socket)};
  const auto [it, made] = places_.try_emplace(std::move(key));
  ListenerPlace& place = it->second;
  if (!made) return place;
  ++version_;
  place.proto = Proto(socket);
  place.port_text = std::to_string(socket.port);
  place.loopback = IsLoopback(socket);
  const ListenerFacts facts{place.proto, it->first.address, socket.port, false, {}, {}, {}};
  for (std::size_t i = 0; i < expect_.size(); ++i) {
    if (Matches(expect_[i], facts)) place.expects.push_back(i);
  }
  return place;
}

ListenerGroup& ListenerBook::GroupOf(Tracked& tracked, const OwnerProcess* owner,
                                     const SocketOwners& owners, const Tick& tick) {
  OwnerNames unknown;
  if (owner == nullptr) unknown.user = owners.users().Name(tracked.uid);
  const OwnerNames& names = owner == nullptr ? unknown : owner->names();
  for (const auto& group : tracked.place->groups) {
    // What a series is told apart by; two programs under one name count as one.
    if ((group->pid == 0) != (owner == nullptr) || group->names.process != names.process ||
        group->names.user != names.user || group->names.unit != names.unit) {
      continue;
    }
    if (owner == nullptr) return *group;
    const bool first = group->stamp != tick.number;
    if (first && group->names != names) {
      group->names = names;
      ++version_;
    }
    // Of workers that each have a socket of their own, the first.
    const std::int64_t pid = first ? owner->pid() : std::min(group->pid, owner->pid());
    if (pid != group->pid) ++version_;
    group->pid = pid;
    return *group;
  }
  auto group = std::make_unique<ListenerGroup>();
  group->pid = owner == nullptr ? 0 : owner->pid();
  group->names = names;
  group->since_ms = UnixMilliseconds(tick.wall);
  group->since = tick.mono;
  tracked.place->groups.push_back(std::move(group));
  ++version_;
  return *tracked.place->groups.back();
}

void ListenerBook::Count(Tracked& tracked, const SocketOwners& owners, const Tick& tick) {
  ListenerPlace& place = *tracked.place;
  if (place.stamp != tick.number) {
    place.stamp = tick.number;
    place.sockets = 0;
    place.queue = place.limit = 0;
  }
  ++place.sockets;
  const auto fuller = [&](std::uint32_t queue, std::uint32_t limit) {
    return static_cast<double>(tracked.queue) * (limit > 0 ? limit : 1) >=
           static_cast<double>(queue) * (tracked.limit > 0 ? tracked.limit : 1);
  };
  if (place.sockets == 1 || fuller(place.queue, place.limit)) {
    place.queue = tracked.queue;
    place.limit = tracked.limit;
  }
  const std::uint64_t dropped = tracked.new_drops;
  tracked.new_drops = 0;
  place.refused += dropped;

  if (tracked.group == nullptr || tracked.owners_version != owners.version()) {
    const OwnerProcess* owner = tracked.inode == 0 ? nullptr : owners.Owner(tracked.inode);
    if (owner == nullptr && owners.Searching(tracked.inode) && tracked.held < kHold) {
      ++tracked.held;
      tracked.group = nullptr;
      return;
    }
    if (owner != nullptr) tracked.held = 0;
    tracked.group = &GroupOf(tracked, owner, owners, tick);
    tracked.owners_version = owners.version();
  }
  ListenerGroup& group = *tracked.group;
  if (group.stamp != tick.number) {
    group.stamp = tick.number;
    group.sockets = 0;
    group.inode = tracked.inode;
    group.queue = group.limit = 0;
  }
  ++group.sockets;
  if (group.sockets == 1 || fuller(group.queue, group.limit)) {
    group.queue = tracked.queue;
    group.limit = tracked.limit;
  }
  group.refused += dropped;
}

void ListenerBook::Assign(const SocketOwners& owners, const Tick& tick) {
  for (Tracked* tracked : present_) Count(*tracked, owners, tick);
  Forget(tick);
}

ListenerBook::Sockets ListenerBook::SocketsOfGroups() const {
  Sockets out;
  for (const Tracked* tracked : present_) {
    if (tracked->group != nullptr) out[tracked->group].push_back(tracked->inode);
  }
  return out;
}

void ListenerBook::Forget(const Tick& tick) {
  std::erase_if(tracked_, [&](const auto& entry) { return entry.second.stamp != tick.number; });
  for (auto it = places_.begin(); it != places_.end();) {
    ListenerPlace& place = it->second;
    const std::size_t gone =
        std::erase_if(place.groups, [&](const auto& group) { return group->stamp != tick.number; });
    version_ += gone;
    if (place.stamp == tick.number) {
      ++it;
    } else {
      it = places_.erase(it);
      ++version_;
    }
  }
}

}  // namespace ecsward
