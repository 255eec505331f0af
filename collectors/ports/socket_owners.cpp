#include "collectors/ports/socket_owners.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>

namespace ecsward {
namespace {

constexpr std::uint64_t kRefusals = 4;

// After so many rounds that found nothing.
std::chrono::seconds BackOff(unsigned fruitless) {
  constexpr std::array<std::chrono::seconds, 4> kAfter{
      std::chrono::seconds(10), std::chrono::seconds(30), std::chrono::seconds(60),
      std::chrono::seconds(300)};
  return kAfter[std::min<std::size_t>(fruitless, kAfter.size()) - 1];
}

constexpr std::chrono::minutes kBlind{10};
constexpr std::size_t kMaxHolders =
    64;                          // of one socket: a fork bomb has not the memory of the agent
constexpr int kGenerations = 8;  // how far up a socket is followed to who opened it

// The owner among several holders: not systemd, which only opened it for somebody; then the oldest,
// which is the parent of workers.
bool Before(const OwnerProcess& a, const OwnerProcess& b) {
  if (a.is_systemd() != b.is_systemd()) return b.is_systemd();
  if (a.start_ticks() != b.start_ticks()) return a.start_ticks() < b.start_ticks();
  return a.pid() < b.pid();
}

}  // namespace

SocketOwners::SocketOwners(const HostRoot& root, const Clock& clock, ProcessFiles& files,
                           Limits limits)
    : proc_(root.paths().procfs),
      clock_(clock),
      files_(files),
      limits_(limits),
      own_uid_(::geteuid()),
      users_(root),
      front_(proc_, files, clock),
      rest_(proc_, files, clock),
      listing_(proc_, files, clock),
      relook_walk_(proc_, files, clock),
      relook_listing_(proc_, files, clock) {}

const OwnerProcess* SocketOwners::Owner(std::uint64_t inode) const {
  const auto it = sockets_.find(inode);
  if (it == sockets_.end() || it->second.holders.empty()) return nullptr;
  return it->second.holders.front().process.get();
}

bool SocketOwners::Searching(std::uint64_t inode) const {
  const auto it = sockets_.find(inode);
  return it != sockets_.end() && it->second.holders.empty() && it->second.fruitless == 0;
}

void SocketOwners::Holders(std::uint64_t inode, std::vector<std::int64_t>& out) const {
  out.clear();
  const auto it = sockets_.find(inode);
  if (it == sockets_.end()) return;
  for (const Holder& holder : it->second.holders) out.push_back(holder.process->pid());
  std::sort(out.begin(), out.end());
}

void SocketOwners::Update(std::span<const WantedSocket> sockets, MonoTime now) {
  ++stamp_;
  now_ = now;
  if (now >= users_due_) {
    users_due_ = now + limits_.names_every;
    users_.Refresh();
  }
  due_.clear();
  unknown_ = 0;
  std::size_t present = 0;
  std::size_t turn = sockets.empty() ? 0 : sockets.size() - verify_from_ % sockets.size();
  for (const WantedSocket& wanted : sockets) {
    const bool its_turn = turn++ % sockets.size() < limits_.verify;
    Socket& socket = sockets_[wanted.inode];
    if (socket.stamp == stamp_) continue;  // seen twice: a dump that was interrupted
    ++present;
    socket.inode = wanted.inode;
    socket.uid = wanted.uid;
    socket.stamp = stamp_;
    if (!its_turn && !socket.holders.empty()) continue;
    if (Verify(socket)) continue;
    ++unknown_;
    if (now < blind_until_ && socket.uid != own_uid_) {
      socket.fruitless = std::max(socket.fruitless, 1U);
    } else if (now >= socket.next_search) {
      socket.due = stamp_;
      due_.push_back(&socket);
    }
  }
  verify_from_ = sockets.empty() ? 0 : (verify_from_ + limits_.verify) % sockets.size();
  if (present != sockets_.size()) Forget();
  missing_ = due_.size();
  Search(now);
  Relook(now);
  RefreshNames(now);
  Note();
}

bool SocketOwners::Verify(Socket& socket) {
  bool lost = false;
  while (!socket.holders.empty()) {
    Holder& owner = socket.holders.front();
    if (owner.process->Holds(owner.fd, socket.inode)) return true;
    socket.holders.erase(socket.holders.begin());
    ++version_;
    lost = true;
  }
  if (lost) {
    socket.first_round = 0;
    socket.fruitless = 0;
    socket.next_search = {};
  }
  return false;
}

// Sockets that are closed, and processes that hold none.
void SocketOwners::Forget() {
  std::erase_if(sockets_, [&](const auto& entry) { return entry.second.stamp != stamp_; });
  ++version_;
  ForgetProcesses();
}

void SocketOwners::ForgetProcesses() {
  named_.clear();  // filled again when it is used up
  named_next_ = 0;
  std::erase_if(processes_, [](const auto& entry) { return entry.second.use_count() == 1; });
}

SocketOwners::ProcessPtr SocketOwners::Process(std::int64_t pid, int fd, std::uint64_t inode,
                                               std::uint32_t uid) {
  if (const auto it = processes_.find(pid); it != processes_.end()) {
    if (it->second->Holds(fd, inode)) return it->second;
    // It has closed the socket meanwhile, or it is another one with its number.
  }
  ProcessPtr process = OwnerProcess::Open(files_, proc_, pid, open_folders_, limits_.folders);
  if (!process || !process->Holds(fd, inode)) return nullptr;
  (void)process->ReadNames(users_, uid, scratch_);
  process->names_due = now_ + limits_.names_every;
  processes_[pid] = process;
  return process;
}

void SocketOwners::AddHolder(Socket& socket, std::int64_t pid, int fd) {
  for (Holder& holder : socket.holders) {
    if (holder.process->pid() != pid) continue;
    if (holder.process->Holds(holder.fd, socket.inode) || holder.process->Holds(fd, socket.inode)) {
      if (in_relook_) holder.relook = relook_;
      return;
    }
  }
  if (socket.holders.size() >= kMaxHolders) return;
  ProcessPtr process = Process(pid, fd, socket.inode, socket.uid);
  if (!process) return;
  std::erase_if(socket.holders, [&](const Holder& h) { return h.process->pid() == pid; });
  Holder holder{process, fd, in_relook_ ? relook_ : 0};
  const auto place =
      std::find_if(socket.holders.begin(), socket.holders.end(),
                   [&](const Holder& other) { return Before(*process, *other.process); });
  if (socket.holders.empty()) {
    --unknown_;
    if (socket.due == stamp_) --missing_;
  }
  socket.holders.insert(place, std::move(holder));
  socket.fruitless = 0;
  ++version_;
}

// A server's worker is found before the server itself: it is newer. The parent usually has the
// socket under the same number.
void SocketOwners::AddParents(Socket& socket, std::int64_t pid, int fd) {
  for (int generation = 0; generation < kGenerations; ++generation) {
    const auto it = processes_.find(pid);
    if (it == processes_.end()) return;
    const std::int64_t parent = it->second->parent();
    if (parent <= 0 || parent == pid) return;
    std::array<char, 32> name;
    std::snprintf(name.data(), name.size(), "/%d/fd/%d", static_cast<int>(parent), fd);
    int error = 0;
    if (ReadSocketLink(files_, AT_FDCWD, (proc_ + name.data()).c_str(), error) != socket.inode)
      return;
    AddHolder(socket, parent, fd);
    pid = parent;
  }
}

bool SocketOwners::SocketSeen(std::int64_t pid, int fd, std::uint64_t inode) {
  const auto it = sockets_.find(inode);
  if (it == sockets_.end() || it->second.stamp != stamp_) return true;
  // A search is after what is missing; further holders are the business of the look at everything.
  if (!in_relook_ && !it->second.holders.empty()) return missing_ > 0;
  AddHolder(it->second, pid, fd);
  AddParents(it->second, pid, fd);
  return in_relook_ || missing_ > 0;
}

void SocketOwners::StopSearch() {
  stage_ = Stage::kIdle;
  front_.Stop();
  rest_.Stop();
}

void SocketOwners::Search(MonoTime now) {
  if (missing_ == 0) return StopSearch();
  const bool fresh = std::any_of(due_.begin(), due_.end(),
                                 [](const Socket* socket) { return socket->first_round == 0; });
  if (stage_ == Stage::kIdle && (fresh || !rest_.active())) {
    stage_ = Stage::kList;
    std::vector<std::uint32_t> users;
    for (const Socket* socket : due_) users.push_back(socket->uid);
    std::sort(users.begin(), users.end());
    users.erase(std::unique(users.begin(), users.end()), users.end());
    std::vector<std::int64_t> same, others;
    for (const auto& entry : processes_) {
      const OwnerProcess& process = *entry.second;
      const bool match = std::binary_search(users.begin(), users.end(), process.uid());
      (match ? same : others).push_back(process.pid());
    }
    // The newest first, as below.
    std::sort(same.begin(), same.end(), std::greater<>());
    std::sort(others.begin(), others.end(), std::greater<>());
    same.insert(same.end(), others.begin(), others.end());
    likely_.swap(same);
    for (Socket* socket : due_) {
      if (socket->first_round == 0) socket->first_round = rest_.active() ? round_ + 1 : round_;
    }
  }
  const MonoTime begin = clock_.Mono();
  const auto budget = stamp_ == 1 ? limits_.first_search : limits_.search;
  // Sockets that come and go must not keep the round from its end.
  StepFront(begin + (rest_.active() ? budget / 2 : budget));
  if (missing_ > 0 && stage_ == Stage::kIdle && rest_.active() && clock_.Mono() < begin + budget &&
      rest_.Step(begin + budget, *this) && missing_ > 0) {
    EndRound(now);
  }
  if (missing_ == 0) StopSearch();
}

void SocketOwners::StepFront(MonoTime until) {
  while (stage_ != Stage::kIdle && missing_ > 0 && clock_.Mono() < until) {
    switch (stage_) {
      case Stage::kList: {
        if (!listing_.Step(until, listed_)) return;
        std::vector<std::int64_t> fresh;
        std::set_difference(listed_.rbegin(), listed_.rend(), seen_.rbegin(), seen_.rend(),
                            std::back_inserter(fresh), std::greater<>());
        if (!rest_.active()) {
          std::vector<std::int64_t> rest;
          std::set_intersection(listed_.rbegin(), listed_.rend(), seen_.rbegin(), seen_.rend(),
                                std::back_inserter(rest), std::greater<>());
          rest_.Start(rest);
        }
        front_.Start(fresh);
        seen_.swap(listed_);
        stage_ = Stage::kNew;
        break;
      }
      case Stage::kNew:
        if (!front_.Step(until, *this)) return;
        new_totals_ = front_.totals();
        front_.Start(likely_);
        stage_ = Stage::kLikely;
        break;
      case Stage::kLikely:
        if (!front_.Step(until, *this)) return;
        stage_ = Stage::kIdle;
        break;
      case Stage::kIdle:
        break;
    }
  }
}

// Everything has been looked at once since the sockets of this round were missed.
void SocketOwners::EndRound(MonoTime now) {
  ++scans_;
  denied_ = rest_.totals();
  denied_.seen += new_totals_.seen;
  denied_.others += new_totals_.others;
  denied_.denied += new_totals_.denied;
  denied_.no_read += new_totals_.no_read;
  const bool refused = denied_.denied + denied_.no_read > 0;
  // Where hardly anybody else runs, one process that nobody may look into proves nothing to root.
  const bool proof = own_uid_ != 0 || denied_.denied + denied_.no_read >= kRefusals;
  const bool blind = refused && proof && denied_.others <= denied_.no_read;
  if (blind) blind_until_ = now + kBlind;
  for (Socket* socket : due_) {
    if (!socket->holders.empty()) continue;
    // Came while the round was under way (0: not even a search has begun for it).
    if (socket->first_round == 0 || socket->first_round > round_) continue;
    ++socket->fruitless;
    socket->next_search = now + BackOff(socket->fruitless);
    ++version_;
  }
  ++round_;
}

void SocketOwners::Relook(MonoTime now) {
  const MonoTime until = clock_.Mono() + limits_.relook;
  if (!relook_listing_active_ && !relook_walk_.active()) {
    if (now < next_relook_ || sockets_.empty() || missing_ > 0) return;
    relook_listing_active_ = true;
    ++relook_;
  }
  if (relook_listing_active_) {
    if (!relook_listing_.Step(until, relook_listed_)) return;
    relook_listing_active_ = false;
    relook_walk_.Start(relook_listed_);
  }
  in_relook_ = true;
  const bool done = relook_walk_.Step(until, *this);
  in_relook_ = false;
  if (!done) return;
  EndRelook();
  next_relook_ = now + limits_.relook_every;
}

// Who was not seen with a socket has closed it; the owner is verified anyhow.
void SocketOwners::EndRelook() {
  ++scans_;
  for (auto& entry : sockets_) {
    Socket& socket = entry.second;
    if (socket.holders.size() < 2) continue;
    const auto first = socket.holders.begin() + 1;
    const auto gone = std::remove_if(first, socket.holders.end(), [&](Holder& holder) {
      return holder.relook != relook_ && !holder.process->Holds(holder.fd, socket.inode);
    });
    if (gone == socket.holders.end()) continue;
    socket.holders.erase(gone, socket.holders.end());
    ++version_;
  }
  ForgetProcesses();
}

void SocketOwners::RefreshNames(MonoTime now) {
  if (named_next_ == named_.size()) {
    named_next_ = 0;
    named_.clear();
    for (const auto& [pid, process] : processes_) named_.push_back(process);
  }
  const MonoTime until = clock_.Mono() + limits_.names;
  while (named_next_ < named_.size()) {
    OwnerProcess& process = *named_[named_next_];
    if (process.names_due > now) {
      ++named_next_;
      continue;
    }
    ++named_next_;
    process.names_due = now + limits_.names_every;
    if (process.ReadNames(users_, process.uid(), scratch_)) ++version_;
    if (clock_.Mono() >= until) return;
  }
}

void SocketOwners::Note() {
  std::string_view note;
  if (unknown_ > 0 && denied_.denied > 0) {
    note = "owners of other users' sockets: needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH";
  } else if (unknown_ > 0 && denied_.no_read > 0) {
    note = "owners of other users' sockets: needs CAP_SYS_PTRACE";
  }
  if (note == note_) return;
  note_ = note;
  ++version_;
}

}  // namespace ecsward
