#include "base/kernel.h"

#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/utsname.h>

#include <cerrno>

namespace ecsward {

Result<FsUsage> LinuxKernel::StatFs(const std::string& path) const {
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

Result<UnameInfo> LinuxKernel::Uname() const {
  utsname u = {};
  if (::uname(&u) != 0) return ErrnoError(errno, "uname");
  return UnameInfo{u.sysname, u.release, u.version, u.machine, u.nodename, u.domainname};
}

}  // namespace ecsward
