// Watches the system calls and the allocations of its own process, by standing in for the C
// library's functions. So the floor of a tick is made of the very sources that the tick read,
// whatever the collectors are by then, and "allocates nothing" is counted and not believed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ecsward::bench {

// malloc, calloc, realloc and operator new, since the process began.
struct Allocations {
  std::uint64_t main_thread = 0;
  std::uint64_t other_threads = 0;
};
Allocations CountAllocations();

// One thing that was asked of the kernel.
struct Ask {
  enum class Kind { kFile, kStatvfs, kNetlink } kind = Kind::kFile;
  std::string what;  // the path; for netlink the request's bytes
  int protocol = 0;  // netlink only
};

void StartRecording();
// Everything asked since, of any thread, in order. A file that was read in several calls is there
// once.
std::vector<Ask> StopRecording();

// Asks the same again in the plainest way: files kept open and read with pread into one buffer,
// statvfs, netlink dumps received and not looked at.
class Floor {
 public:
  // `ticks`: what was asked in each.
  explicit Floor(const std::vector<std::vector<Ask>>& ticks);
  ~Floor();
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;

  // What was asked in one of the ticks.
  // `to_end`: as one must who does not know a file's size, read until there is nothing more; else
  // stop at the size seen first.
  void Run(std::size_t tick, bool to_end);

 private:
  struct Step {
    Ask ask;
    int fd = -1;
    std::size_t size = 0;  // of the file's contents, when first read
  };
  void Open(Step& step);
  void ReadFile(Step& step, bool to_end);
  void Dump(Step& step);

  std::vector<std::vector<Step>> ticks_;
  std::vector<char> buffer_;
};

}  // namespace ecsward::bench
