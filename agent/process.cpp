#include "agent/process.h"

#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace ecsward {
namespace {

// Virtual size only, yet a limit of the service may count it. A bcrypt check or a regular
// expression needs some 50 KiB; sanitizers make frames several times as large.
constexpr std::size_t kStackBytes = 512 << 10;

}  // namespace

void PrepareProcess(const Logger& log) {
  // By default each thread gets an arena of its own, and what one frees the others cannot use. The
  // threads here allocate seldom, so they do not wait for each other.
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_TRIM_THRESHOLD, 128 << 10);
  ::mallopt(M_MMAP_THRESHOLD, 256 << 10);  // fixed: otherwise it grows with the first large block

  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) == 0) {
    ::pthread_attr_setstacksize(&attributes, kStackBytes);
    ::pthread_setattr_default_np(&attributes);
    ::pthread_attr_destroy(&attributes);
  }

  rlimit files = {};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &files) != 0) {
      const std::string reason = std::system_category().message(errno);
      log.Warn("cannot raise the limit of open files", {{"error", reason}});
    }
  }
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace ecsward
