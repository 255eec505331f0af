#include "agent/startup_pages.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace ecsward {
namespace {

// Only segments that can be executed and not written: nothing in them is ours to lose. Read-only
// data stays, because the linker's relocated tables look the same and do hold changes.
int ReleaseObject(dl_phdr_info* object, std::size_t, void* total) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    const bool text =
        segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0 && (segment.p_flags & PF_W) == 0;
    if (!text) continue;
    const std::uintptr_t begin = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
    const std::uintptr_t end =
        (object->dlpi_addr + segment.p_vaddr + segment.p_memsz + page - 1) & ~(page - 1);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the linker gives addresses as numbers
    if (::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED) == 0) {
      *static_cast<std::size_t*>(total) += end - begin;
    }
  }
  return 0;
}

}  // namespace

std::size_t ReleaseStartupPages() {
  std::size_t total = 0;
  ::dl_iterate_phdr(ReleaseObject, &total);
  return total;
}

}  // namespace ecsward
