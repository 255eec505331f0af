// The system calls that collectors make about the host, behind one small interface so that tests
// can answer in the kernel's place. Netlink lives beside the collectors that speak it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace ecsward {

// statvfs(3) in bytes.
struct FsUsage {
  double size_bytes = 0, free_bytes = 0, avail_bytes = 0;  // avail: for users who are not root
  double files = 0, files_free = 0;                        // inodes
  bool readonly = false;
};

// adjtimex(2), as read (nothing is changed).
struct ClockDiscipline {
  int state = 0;  // TIME_OK …, TIME_ERROR when not synchronised
  unsigned status = 0;
  std::int64_t offset = 0, freq = 0, maxerror = 0, esterror = 0, constant = 0, tick = 0;
  std::int64_t ppsfreq = 0, jitter = 0, shift = 0, stabil = 0;
  std::int64_t jitcnt = 0, calcnt = 0, errcnt = 0, stbcnt = 0;
  int tai = 0;
};

struct UnameInfo {
  std::string sysname, release, version, machine, nodename, domainname;
};

// The local time zone at one moment: "CEST", 7200.
struct ZoneInfo {
  std::string abbreviation;  // short enough never to allocate
  long offset_seconds = 0;   // east of UTC
};

// Thread-safe.
class Kernel {
 public:
  virtual ~Kernel() = default;
  // May hang for as long as the file system's server does.
  virtual Result<FsUsage> StatFs(const std::string& path) const = 0;
  // StatFs for a thread that may be stuck in it for longer than this object lives. The default does
  // need this object.
  using StatFsCall = std::function<Result<FsUsage>(const std::string& path)>;
  virtual StatFsCall DetachedStatFs() const {
    return [this](const std::string& path) { return StatFs(path); };
  }
  virtual Result<ClockDiscipline> AdjTimex() const = 0;
  // Fills `out`, whose memory is used again.
  virtual Result<void> Uname(UnameInfo& out) const = 0;
  virtual ZoneInfo LocalZone(WallTime at) const = 0;
};

class LinuxKernel final : public Kernel {
 public:
  Result<FsUsage> StatFs(const std::string& path) const override;
  StatFsCall DetachedStatFs() const override;  // needs no object
  Result<ClockDiscipline> AdjTimex() const override;
  Result<void> Uname(UnameInfo& out) const override;
  ZoneInfo LocalZone(WallTime at) const override;
};

}  // namespace ecsward
