#include "collectors/ports/fd_walk.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "collectors/text_scan.h"

namespace ecsward {

void FdWalk::Start(std::span<const std::int64_t> pids) {
  Stop();
  pids_.assign(pids.begin(), pids.end());
  totals_ = {};
  active_ = true;
}

void FdWalk::Stop() {
  dir_.Close();
  pids_.clear();
  next_ = 0;
  active_ = false;
}

bool FdWalk::OpenNext() {
  pid_ = pids_[next_++];
  path_.assign(proc_).append("/").append(std::to_string(pid_)).append("/fd");
  if (const int error = dir_.Open(files_, path_.c_str()); error != 0) {
    if (error == EACCES || error == EPERM) ++totals_.denied;
    return false;  // or it has ended
  }
  ++totals_.seen;
  struct stat owner {};
  if (::fstat(dir_.fd(), &owner) == 0 && owner.st_uid != ::geteuid()) ++totals_.others;
  return true;
}

bool FdWalk::Step(MonoTime until, FdWalkSink& sink) {
  unsigned links = 0;
  while (active_) {
    if (!dir_.is_open()) {
      if (next_ == pids_.size()) break;
      if (!OpenNext() && ++links % kLinks == 0 && clock_.Mono() >= until) return false;
      continue;
    }
    const char* const name = dir_.Next();
    if (name == nullptr) {
      dir_.Close();
      if (clock_.Mono() >= until) return false;
      continue;
    }
    if (name[0] < '0' || name[0] > '9') continue;
    int error = 0;
    const std::uint64_t inode = ReadSocketLink(files_, dir_.fd(), name, error);
    if (error == EACCES || error == EPERM) {
      ++totals_.no_read;
      dir_.Close();  // the others are no different
      continue;
    }
    if (inode != 0) {
      if (!sink.SocketSeen(pid_, std::atoi(name), inode)) {
        Stop();
        return true;
      }
      links |= kLinks - 1;  // what was found cost more than a look: see what time it is
    }
    if (++links % kLinks == 0 && clock_.Mono() >= until) return false;
  }
  Stop();
  return true;
}

bool ProcessListing::Step(MonoTime until, std::vector<std::int64_t>& out) {
  if (!dir_.is_open()) {
    out.clear();
    if (dir_.Open(files_, proc_.c_str()) != 0) return true;
  }
  unsigned entries = 0;
  while (const char* const name = dir_.Next()) {
    std::int64_t pid = 0;
    if (name[0] >= '1' && name[0] <= '9' && ParseInt(name, pid)) {
      out.push_back(pid);
    }
    if (++entries % FdWalk::kLinks == 0 && clock_.Mono() >= until) return false;
  }
  dir_.Close();
  std::sort(out.begin(), out.end());
  return true;
}

}  // namespace ecsward
