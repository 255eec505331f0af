// A process that is to blame, under a name of its own: what the evidence of an alert has to name.
//
//   stress NAME cpu            keeps one CPU busy
//   stress NAME memory MIB     takes that much memory, prints "ready", holds it
//   stress NAME disk FILE [MIB]
//                              writes so much, or until nothing more fits (the last quarter of it
//                              slowly), prints "ready", goes on writing over it
//
// Each until it is killed, or whoever started it ends.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kBlock = std::size_t{64} << 10;
constexpr useconds_t kRestMicroseconds = 20'000;  // 3 MB/s at most: it is to be seen, not to hurt

int Failed(const char* what) {
  std::fprintf(stderr, "stress: %s: %s\n", what, std::strerror(errno));
  return 1;
}

void Ready() {
  std::puts("ready");
  std::fflush(stdout);
}

int BurnCpu() {
  volatile std::uint64_t turns = 0;
  for (;;) turns = turns + 1;
}

int HoldMemory(const char* mib) {
  const std::vector<char> held(std::strtoul(mib, nullptr, 10) * kMiB, 'x');  // touched, all of it
  Ready();
  for (;;) pause();
}

// A quarter left: who looks at the disk from when it is nearly full on sees only the slow writing.
off_t QuickPart(int file) {
  struct statvfs s = {};
  if (fstatvfs(file, &s) != 0) return 0;
  return static_cast<off_t>(s.f_bavail * s.f_frsize / 4 * 3);
}

// `mib`: null for all that fits.
int FillDisk(const char* name, const char* mib) {
  const int file = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0) return Failed(name);
  const std::string block(kBlock, 'x');
  const off_t most = mib == nullptr ? std::numeric_limits<off_t>::max()
                                    : static_cast<off_t>(std::strtoul(mib, nullptr, 10) * kMiB);
  const off_t quick = mib == nullptr ? QuickPart(file) : most;
  off_t size = 0;
  ssize_t written = 0;
  while (size < most && (written = write(file, block.data(), block.size())) > 0) {
    size += written;
    if (size > quick) usleep(kRestMicroseconds);
  }
  if (size < most && errno != ENOSPC) return Failed(name);
  if (fdatasync(file) != 0) return Failed(name);
  Ready();
  // Synced each time: a page that is still dirty would not count as written again.
  const off_t step = kBlock;
  for (off_t at = 0;; at = at + 2 * step <= size ? at + step : 0) {
    if (pwrite(file, block.data(), block.size(), at) < 0 || fdatasync(file) != 0) {
      return Failed(name);
    }
    usleep(kRestMicroseconds);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 2 ? argv[2] : "";
  if (argc > 1) prctl(PR_SET_NAME, argv[1]);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (what == "cpu" && argc == 3) return BurnCpu();
  if (what == "memory" && argc == 4) return HoldMemory(argv[3]);
  if (what == "disk" && argc == 4) return FillDisk(argv[3], nullptr);
  if (what == "disk" && argc == 5) return FillDisk(argv[3], argv[4]);
  std::fputs("usage: stress NAME cpu | memory MIB | disk FILE [MIB]\n", stderr);
  return 2;
}
