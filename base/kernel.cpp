#include "base/kernel.h"

#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/utsname.h>

#include <cerrno>
#include <ctime>

namespace ecsward {

namespace {

Result<FsUsage> Statvfs(const std::string& path) {
  struct statvfs s = {};
  if (::statvfs(path.c_str(), &s) != 0) return ErrnoError(errno, path);
  const auto block = static_cast<double>(s.f_frsize);
  return FsUsage{.size_bytes = static_cast<double>(s.f_blocks) * block,
                 .free_bytes = static_cast<double>(s.f_bfree) * block,
                 .avail_bytes = static_cast<double>(s.f_bavail) * block,
                 .files = static_cast<double>(s.f_files),
                 .files_free = static_cast<double>(s.f_ffree),
                 .readonly = (s.f_flag & ST_RDONLY) != 0};
}

}  // namespace

Result<FsUsage> LinuxKernel::StatFs(const std::string& path) const { return Statvfs(path); }

Kernel::StatFsCall LinuxKernel::DetachedStatFs() const { return Statvfs; }

Result<ClockDiscipline> LinuxKernel::AdjTimex() const {
  timex t = {};  // modes = 0: only read
  const int state = ::adjtimex(&t);
  if (state < 0) return ErrnoError(errno, "adjtimex");
  return ClockDiscipline{.state = state,
                         .status = static_cast<unsigned>(t.status),
                         .offset = t.offset,
                         .freq = t.freq,
                         .maxerror = t.maxerror,
                         .esterror = t.esterror,
                         .constant = t.constant,
                         .tick = t.tick,
                         .ppsfreq = t.ppsfreq,
                         .jitter = t.jitter,
                         .shift = t.shift,
                         .stabil = t.stabil,
                         .jitcnt = t.jitcnt,
                         .calcnt = t.calcnt,
                         .errcnt = t.errcnt,
                         .stbcnt = t.stbcnt,
                         .tai = t.tai};
}

Result<void> LinuxKernel::Uname(UnameInfo& out) const {
  utsname u = {};
  if (::uname(&u) != 0) return ErrnoError(errno, "uname");
  out.sysname = u.sysname;
  out.release = u.release;
  out.version = u.version;
  out.machine = u.machine;
  out.nodename = u.nodename;
  out.domainname = u.domainname;
  return {};
}

ZoneInfo LinuxKernel::LocalZone(WallTime at) const {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm local = {};
  if (::localtime_r(&seconds, &local) == nullptr || local.tm_zone == nullptr) return {"UTC", 0};
  return {local.tm_zone, local.tm_gmtoff};
}

}  // namespace ecsward
