// Preloaded into the agent, counts its allocations by thread into the file that ALLOC_COUNT_FILE
// names: an array of {thread id, count} that the benchmark reads while the agent runs.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

struct Slot {
  std::atomic<std::uint64_t> thread, count;
};
constexpr std::size_t kSlots = 256;
using Slots = std::array<Slot, kSlots>;

// Not before the C library is up: until then allocations go uncounted.
Slots* slots = nullptr;
// initial-exec: reaching it must not allocate.
[[gnu::tls_model("initial-exec")]] thread_local Slot* mine = nullptr;

[[gnu::constructor]] void Open() {
  const char* path = std::getenv("ALLOC_COUNT_FILE");
  if (path == nullptr) return;
  const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ftruncate(fd, sizeof(Slots)) != 0) return;
  void* memory = mmap(nullptr, sizeof(Slots), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (memory != MAP_FAILED) slots = static_cast<Slots*>(memory);
}

void Count() {
  if (slots == nullptr) return;
  if (mine == nullptr) {
    const auto id = static_cast<std::uint64_t>(syscall(SYS_gettid));
    for (Slot& slot : *slots) {
      std::uint64_t none = 0;
      if (slot.thread.compare_exchange_strong(none, id)) {
        mine = &slot;
        break;
      }
    }
    if (mine == nullptr) mine = &slots->back();  // more threads than slots: the last has a crowd
  }
  mine->count.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

extern "C" {
void* __libc_malloc(std::size_t size);                     // NOLINT: glibc's name
void* __libc_calloc(std::size_t count, std::size_t size);  // NOLINT
void* __libc_realloc(void* old, std::size_t size);         // NOLINT

void* malloc(std::size_t size) {
  Count();
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  Count();
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) {
  Count();
  return __libc_realloc(old, size);
}
}
