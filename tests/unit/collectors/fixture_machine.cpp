#include "tests/unit/collectors/fixture_machine.h"

#include <algorithm>
#include <fstream>

#include "tests/unit/source_folder.h"

namespace ecsward {

namespace fs = std::filesystem;

// tests/fixtures/hosts/<machine>/statfs answers statvfs: "mountpoint size free avail files
// files_free"
FakeKernel KernelOf(const fs::path& machine) {
  FakeKernel kernel;
  kernel.uname = UnameInfo{"Linux", "", "", "x86_64", "", ""};  // the rest is in /proc/sys/kernel
  kernel.discipline = ClockDiscipline{.state = 0,
                                      .status = 0x2001,
                                      .offset = -51'234,
                                      .freq = 1'234'567,
                                      .tick = 10'000,
                                      .tai = 37};
  std::ifstream file(machine / "statfs");
  std::string mount_point;
  FsUsage u;
  while (file >> mount_point >> u.size_bytes >> u.free_bytes >> u.avail_bytes >> u.files >>
         u.files_free) {
    const std::string root = (machine / "root").string();
    kernel.filesystems[mount_point == "/" ? root : root + mount_point] = u;
  }
  return kernel;
}

std::vector<fs::path> FixtureMachines() {
  std::vector<fs::path> machines;
  for (const auto& entry : fs::directory_iterator(SourceFolder() / "tests/fixtures/hosts")) {
    machines.push_back(entry.path());
  }
  std::sort(machines.begin(), machines.end());
  return machines;
}

MachineScrape::MachineScrape(const CollectorSpec& spec, const fs::path& machine)
    : root_({.procfs = machine / "proc",
             .sysfs = machine / "sys",
             .rootfs = machine / "root",
             .udev_data = machine / "udev"}),
      kernel_(KernelOf(machine)),
      shared_(root_),
      collector_(spec.make({root_, kernel_, shared_, boards_, state_directory_},
                           CollectorOptions(spec.options))) {
  FakeClock clock;
  for (std::uint64_t number = 1; number <= 2; ++number) {
    set_.BeginRun();
    Recorder out(set_);
    done_ = collector_->Collect({number, clock.Wall(), clock.Mono()}, out);
    set_.EndRun();
    clock.Advance(std::chrono::seconds(1));
  }
}

}  // namespace ecsward
