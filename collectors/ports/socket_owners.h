// Who has a listening socket open: the map from inode to process, verified on every tick (of very
// many: in turn) and searched for only where it fails.
//
// A socket is known by its inode, and the only way to its process is to look at the open files of
// all processes: a tenth of a second on a busy host. So an owner that was found is held on to (a
// descriptor of its /proc/PID and the number of the file), and a tick verifies each socket by one
// readlink: "/proc/42/fd/3" still leads to "socket:[4711]". A descriptor of /proc/PID stays bound
// to that very process: once it has ended every look fails, whoever has its number now.
//
// Where that fails and no other holder is known, a search begins, spread over ticks. It looks at
// the likeliest first: processes that are new, which have few files, then processes that own
// listeners already, which may have thousands, then all others; and it stops when nothing is
// missing. What a whole round did not find is looked for again after 10 s, 30 s, 60 s, …. A slow
// look at everything goes on in the background, since a socket that was inherited has several
// holders.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/host_root.h"
#include "collectors/ports/fd_walk.h"
#include "collectors/ports/owner_process.h"

namespace ecsward {

struct WantedSocket {
  std::uint64_t inode = 0;  // not 0
  std::uint32_t uid = 0;
};

// One thread.
class SocketOwners : private FdWalkSink {
 public:
  struct Limits {
    std::chrono::microseconds search{4000};  // a tick, for sockets without a known owner
    // The first Update, which nobody waits for yet: what was there before the agent is known at
    // once.
    std::chrono::microseconds first_search{250'000};
    std::chrono::microseconds relook{300};  // a tick, for the look at everything
    std::chrono::microseconds names{300};   // a tick, for reading names anew
    std::chrono::seconds relook_every{60};  // from the end of one to the start of the next
    std::chrono::seconds names_every{10};   // of one process
    std::size_t folders = 2000;             // kept-open descriptors
    // Owners verified in a tick, a few µs each. Where more listen they take turns: one that passed
    // its socket on to a child is then called the owner for some ticks more.
    std::size_t verify = 768;
  };

  // `root`, `clock` and `files` outlive it. `clock` measures what a search costs: its own work,
  // not the time it waits for a CPU (base/clock.h, ThreadCpuClock).
  SocketOwners(const HostRoot& root, const Clock& clock, ProcessFiles& files, Limits limits);
  SocketOwners(const HostRoot& root, const Clock& clock, ProcessFiles& files)
      : SocketOwners(root, clock, files, Limits()) {}
  SocketOwners(const SocketOwners&) = delete;
  SocketOwners& operator=(const SocketOwners&) = delete;

  // Once a tick with all sockets there are.
  void Update(std::span<const WantedSocket> sockets, MonoTime now);

  // As of the last Update. Null: not known; valid until the next Update.
  const OwnerProcess* Owner(std::uint64_t inode) const;
  // Not known, and a round that may find it has not ended.
  bool Searching(std::uint64_t inode) const;
  // Every process known to have it open, by number.
  void Holders(std::uint64_t inode, std::vector<std::int64_t>& out) const;

  std::uint64_t scans() const { return scans_; }    // whole rounds through all processes
  std::size_t unknown() const { return unknown_; }  // sockets without an owner
  // Grows whenever an owner, a holder or a name changes.
  std::uint64_t version() const { return version_; }
  // What permission is missing; empty when nothing is.
  std::string_view note() const { return note_; }
  std::size_t open_folders() const { return open_folders_; }
  const UserNames& users() const { return users_; }

 private:
  using ProcessPtr = std::shared_ptr<OwnerProcess>;
  struct Holder {
    ProcessPtr process;
    int fd = 0;
    std::uint64_t relook = 0;  // the look at everything that saw it last
  };
  struct Socket {
    std::uint64_t inode = 0;
    std::uint32_t uid = 0;
    std::uint64_t stamp = 0;        // the last Update that had it
    std::uint64_t due = 0;          // the last Update that looked for it
    std::vector<Holder> holders;    // the owner first
    std::uint64_t first_round = 0;  // the first round that looks everywhere for it; 0: none yet
    unsigned fruitless = 0;         // rounds
    MonoTime next_search{};
  };
  enum class Stage : std::uint8_t { kIdle, kList, kNew, kLikely };

  bool SocketSeen(std::int64_t pid, int fd, std::uint64_t inode) override;
  void AddHolder(Socket& socket, std::int64_t pid, int fd);
  void AddParents(Socket& socket, std::int64_t pid, int fd);
  ProcessPtr Process(std::int64_t pid, int fd, std::uint64_t inode, std::uint32_t uid);
  bool Verify(Socket& socket);
  void Forget();
  void ForgetProcesses();
  void Search(MonoTime now);
  void StepFront(MonoTime until);
  void EndRound(MonoTime now);
  void StopSearch();
  void Relook(MonoTime now);
  void EndRelook();
  void RefreshNames(MonoTime now);
  void Note();

  const std::string proc_;
  const Clock& clock_;
  ProcessFiles& files_;
  const Limits limits_;
  const std::uint32_t own_uid_;
  UserNames users_;
  std::size_t open_folders_ = 0;  // before what counts in it
  std::unordered_map<std::uint64_t, Socket> sockets_;
  std::unordered_map<std::int64_t, ProcessPtr> processes_;
  std::uint64_t stamp_ = 0, version_ = 0, scans_ = 0;
  std::size_t unknown_ = 0;
  std::size_t verify_from_ = 0;  // whose turn it is, of the sockets of an Update
  MonoTime now_{};               // of this tick

  // The search. `due_`: the sockets of this tick that are looked for.
  std::vector<Socket*> due_;
  std::size_t missing_ = 0;  // of due_
  Stage stage_ = Stage::kIdle;
  FdWalk front_, rest_;
  std::vector<std::int64_t> likely_;
  FdWalk::Totals new_totals_;  // of the last walk through new processes
  ProcessListing listing_;
  std::vector<std::int64_t> listed_, seen_;  // by number
  std::uint64_t round_ = 1;
  FdWalk::Totals denied_;   // of the last whole round
  MonoTime blind_until_{};  // no other user's files could be seen: no search for theirs until then

  // The look at everything.
  FdWalk relook_walk_;
  ProcessListing relook_listing_;
  std::vector<std::int64_t> relook_listed_;
  bool relook_listing_active_ = false;
  bool in_relook_ = false;
  std::uint64_t relook_ = 0;
  MonoTime next_relook_{};

  std::vector<ProcessPtr> named_;  // a queue: whose names are read next
  std::size_t named_next_ = 0;
  MonoTime users_due_{};
  std::string note_, scratch_;
};

}  // namespace ecsward
