#include "tests/bench/recording.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <set>

namespace ecsward::bench {
namespace {

std::atomic<std::uint64_t> main_allocations{0}, other_allocations{0};
thread_local bool is_main = false;
const bool main_marked = is_main = true;  // runs before main, in its thread

void CountAllocation() {
  (is_main ? main_allocations : other_allocations).fetch_add(1, std::memory_order_relaxed);
}

std::atomic<bool> recording{false};
std::mutex asks_mutex;  // guards asks
std::vector<Ask>& Asks() {
  static std::vector<Ask> asks;
  return asks;
}

// The path of an open file, empty for what is not below / (a socket, a pipe).
std::string PathOf(int fd) {
  std::array<char, 4096> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t n = readlink(link.c_str(), path.data(), path.size());
  return n > 0 && path[0] == '/' ? std::string(path.data(), static_cast<std::size_t>(n))
                                 : std::string();
}

void Record(Ask ask) {
  const std::lock_guard lock(asks_mutex);
  Asks().push_back(std::move(ask));
}

void RecordRead(int fd, off_t offset) {
  if (offset > 0 || !recording.load(std::memory_order_relaxed)) return;
  std::string path = PathOf(fd);
  if (!path.empty()) Record({Ask::Kind::kFile, std::move(path), 0});
}

void RecordSend(int fd, const void* data, std::size_t size) {
  if (!recording.load(std::memory_order_relaxed)) return;
  int domain = 0, protocol = 0;
  socklen_t length = sizeof(int);
  getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length);
  getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length);
  if (domain != AF_NETLINK) return;
  Record({Ask::Kind::kNetlink, std::string(static_cast<const char*>(data), size), protocol});
}

}  // namespace

Allocations CountAllocations() { return {main_allocations.load(), other_allocations.load()}; }

void StartRecording() {
  const std::lock_guard lock(asks_mutex);
  Asks().clear();
  recording = true;
}

std::vector<Ask> StopRecording() {
  recording = false;
  const std::lock_guard lock(asks_mutex);
  return Asks();
}

Floor::Floor(const std::vector<std::vector<Ask>>& ticks) : buffer_(std::size_t{1} << 20) {
  std::map<std::string, Step> files;
  std::map<int, int> netlink_sockets;
  for (const std::vector<Ask>& asks : ticks) {
    std::vector<Step>& steps = ticks_.emplace_back();
    for (const Ask& ask : asks) {
      Step step{ask};
      if (ask.kind == Ask::Kind::kFile) {
        auto [at, is_new] = files.try_emplace(ask.what, step);
        if (is_new) Open(at->second);
        step = at->second;
        if (step.fd < 0) continue;
      } else if (ask.kind == Ask::Kind::kNetlink) {
        auto [at, is_new] = netlink_sockets.try_emplace(ask.protocol, -1);
        if (is_new) at->second = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, ask.protocol);
        step.fd = at->second;
        if (step.fd < 0) continue;
      }
      steps.push_back(std::move(step));
    }
  }
}

Floor::~Floor() {
  std::set<int> fds;
  for (const auto& steps : ticks_) {
    for (const Step& step : steps) fds.insert(step.fd);
  }
  for (const int fd : fds) {
    if (fd >= 0) close(fd);
  }
}

void Floor::Open(Step& step) {
  step.fd = open(step.ask.what.c_str(), O_RDONLY | O_CLOEXEC);
  if (step.fd < 0) return;
  for (;;) {
    const ssize_t n = pread(step.fd, buffer_.data() + step.size,
                            std::min<std::size_t>(65536, buffer_.size() - step.size),
                            static_cast<off_t>(step.size));
    if (n <= 0) return;
    step.size += static_cast<std::size_t>(n);
  }
}

void Floor::Run(std::size_t tick, bool to_end) {
  for (Step& step : ticks_[tick]) {
    struct statvfs usage {};
    switch (step.ask.kind) {
      case Ask::Kind::kFile:
        ReadFile(step, to_end);
        break;
      case Ask::Kind::kStatvfs:
        (void)::statvfs(step.ask.what.c_str(), &usage);
        break;
      case Ask::Kind::kNetlink:
        Dump(step);
        break;
    }
  }
}

void Floor::ReadFile(Step& step, bool to_end) {
  // A /proc/sys file costs by the size of the buffer: as much as is needed, in pages.
  const std::size_t want = (step.size / 4096 + 1) * 4096;
  std::size_t used = 0;
  while (used < buffer_.size()) {
    const ssize_t n = pread(step.fd, buffer_.data() + used, std::min(want, buffer_.size() - used),
                            static_cast<off_t>(used));
    if (n <= 0) return;
    used += static_cast<std::size_t>(n);
    // A counter may have lost a digit since.
    if (!to_end && used + 16 >= step.size) return;
  }
}

void Floor::Dump(Step& step) {
  send(step.fd, step.ask.what.data(), step.ask.what.size(), 0);
  for (;;) {
    const ssize_t n = recv(step.fd, buffer_.data(), 65536, 0);
    if (n <= 0) return;
    auto left = static_cast<unsigned>(n);
    // linux/netlink.h's macros cast.
    auto* header = reinterpret_cast<nlmsghdr*>(buffer_.data());
    for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) return;
      if ((header->nlmsg_flags & NLM_F_MULTI) == 0) return;
    }
  }
}

}  // namespace ecsward::bench

// The C library's names, defined here, are what the whole program calls.
using ecsward::bench::Ask;
using ecsward::bench::CountAllocation;
using ecsward::bench::Record;
using ecsward::bench::recording;
using ecsward::bench::RecordRead;
using ecsward::bench::RecordSend;

extern "C" {
void* __libc_malloc(std::size_t size);                     // NOLINT: glibc's name
void* __libc_calloc(std::size_t count, std::size_t size);  // NOLINT
void* __libc_realloc(void* old, std::size_t size);         // NOLINT

void* malloc(std::size_t size) {
  CountAllocation();
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  CountAllocation();
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) {
  CountAllocation();
  return __libc_realloc(old, size);
}

ssize_t pread(int fd, void* to, std::size_t size, off_t offset) {
  RecordRead(fd, offset);
  return syscall(SYS_pread64, fd, to, size, offset);
}
ssize_t pread64(int fd, void* to, std::size_t size, off_t offset) {
  RecordRead(fd, offset);
  return syscall(SYS_pread64, fd, to, size, offset);
}
ssize_t read(int fd, void* to, std::size_t size) {
  if (recording) RecordRead(fd, lseek(fd, 0, SEEK_CUR));
  return syscall(SYS_read, fd, to, size);
}
int statvfs(const char* path, struct statvfs* out) {
  static const auto next =
      reinterpret_cast<int (*)(const char*, struct statvfs*)>(dlsym(RTLD_NEXT, "statvfs"));
  if (recording) Record({Ask::Kind::kStatvfs, path, 0});
  return next(path, out);
}
ssize_t send(int fd, const void* data, std::size_t size, int flags) {
  RecordSend(fd, data, size);
  return syscall(SYS_sendto, fd, data, size, flags, nullptr, 0);
}
ssize_t sendto(int fd, const void* data, std::size_t size, int flags, const sockaddr* to,
               socklen_t to_size) {
  RecordSend(fd, data, size);
  return syscall(SYS_sendto, fd, data, size, flags, to, to_size);
}
ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  if (message->msg_iovlen > 0) {
    RecordSend(fd, message->msg_iov[0].iov_base, message->msg_iov[0].iov_len);
  }
  return syscall(SYS_sendmsg, fd, message, flags);
}
}
