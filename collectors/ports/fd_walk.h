// Looks through the open files of many processes, a little at a time.
//
// A process may have a million files, so a walk stops in the middle of one when its time is over
// and goes on there at the next tick: the directory stays open. Listing /proc is the same thing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "collectors/ports/process_files.h"

namespace ecsward {

class FdWalkSink {
 public:
  virtual ~FdWalkSink() = default;
  // Process `pid` has the socket open as file `fd`. False: enough, the walk stops.
  virtual bool SocketSeen(std::int64_t pid, int fd, std::uint64_t inode) = 0;
};

// One thread. All references outlive it.
class FdWalk {
 public:
  // The clock is looked at every so many links.
  static constexpr unsigned kLinks = 64;

  // What came of the processes since Start.
  struct Totals {
    std::uint64_t seen = 0;     // could be looked into
    std::uint64_t others = 0;   // … and are another user's
    std::uint64_t denied = 0;   // permission to list
    std::uint64_t no_read = 0;  // listed, but no permission to see where files lead
  };

  FdWalk(std::string proc, ProcessFiles& files, const Clock& clock)
      : proc_(std::move(proc)), files_(files), clock_(clock) {}

  void Start(std::span<const std::int64_t> pids);  // in this order
  void Stop();
  bool active() const { return active_; }
  // Goes on until that time. True when there is nothing left to do.
  bool Step(MonoTime until, FdWalkSink& sink);
  const Totals& totals() const { return totals_; }

 private:
  bool OpenNext();

  const std::string proc_;
  ProcessFiles& files_;
  const Clock& clock_;
  std::vector<std::int64_t> pids_;
  std::size_t next_ = 0;
  bool active_ = false;
  FolderReader dir_;  // of the process that is being looked through
  std::int64_t pid_ = 0;
  Totals totals_;
  std::string path_;
};

// The numbers of all processes, a little at a time.
class ProcessListing {
 public:
  ProcessListing(std::string proc, ProcessFiles& files, const Clock& clock)
      : proc_(std::move(proc)), files_(files), clock_(clock) {}
  // True when `out` is complete; then sorted, the smallest first. The next call begins anew.
  bool Step(MonoTime until, std::vector<std::int64_t>& out);

 private:
  const std::string proc_;
  ProcessFiles& files_;
  const Clock& clock_;
  FolderReader dir_;
};

}  // namespace ecsward
