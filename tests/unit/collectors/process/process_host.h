// A made-up host with processes that do what the test says.
#pragma once

#include <fmt/format.h>

#include <string>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {

struct FakeProcess {
  int pid = 0;
  std::string name;
  int user = 0, system = 0;  // ticks
  char state = 'S';
  int parent = 1;
  int start = 100;  // ticks
  int rss = 10;     // pages
  int threads = 1;
  unsigned flags = 4194304;
};

class ProcessHost : public HostFixture {
 public:
  ProcessHost() {
    Busy(0);
    Write("proc/meminfo", "MemTotal: 1000000 kB\nMemAvailable: 600000 kB\n");
    Write("proc/diskstats", "");
  }
  // What all CPUs have done so far, in ticks of user time.
  void Busy(int ticks) {
    Write("proc/stat",
          fmt::format("cpu {} 0 0 0\ncpu0 {} 0 0 0\nbtime 1600000000\n", ticks, ticks));
  }
  // Writes over the file in place, as the kernel would: who keeps it open sees the new text.
  void Put(const FakeProcess& p) {
    Write(fmt::format("proc/{}/stat", p.pid),
          fmt::format("{} ({}) {} {} 7 7 0 -1 {} 1 2 3 4 {} {} 7 8 20 0 {} 0 {} 123456 {} 1\n",
                      p.pid, p.name, p.state, p.parent, p.flags, p.user, p.system, p.threads,
                      p.start, p.rss));
  }
  void Io(int pid, long read, long written, long cancelled = 0) {
    Write(fmt::format("proc/{}/io", pid),
          fmt::format("rchar: 1\nread_bytes: {}\nwrite_bytes: {}\ncancelled_write_bytes: {}\n",
                      read, written, cancelled));
  }
  void Cgroup(int pid, const std::string& path) {
    Write(fmt::format("proc/{}/cgroup", pid), "0::" + path + "\n");
  }
  void End(int pid) { Remove(fmt::format("proc/{}", pid)); }
};

}  // namespace ecsward
