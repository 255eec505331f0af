// Whole machines: every collector over each folder of
// tests/fixtures/hosts/<machine>/{proc,sys,root,udev}, compared with
// tests/golden/<machine>/<collector>.prom. A collector that finds nothing has no file.
// ECSWARD_UPDATE_GOLDEN=1 ctest -R Golden rewrites them; review the diff like code.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;

std::string Slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {(std::istreambuf_iterator<char>(file)), {}};
}

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

// Two runs a second apart, so that rates of ours have something to compare.
std::string Scrape(const CollectorSpec& spec, const fs::path& machine) {
  const HostRoot root({.procfs = machine / "proc",
                       .sysfs = machine / "sys",
                       .rootfs = machine / "root",
                       .udev_data = machine / "udev"});
  const FakeKernel kernel = KernelOf(machine);
  SharedSources shared(root);
  const auto collector = spec.make({root, kernel, shared}, CollectorOptions(spec.options));
  SeriesSet set;
  FakeClock clock;
  std::string error;
  for (std::uint64_t number = 1; number <= 2; ++number) {
    set.BeginRun();
    Recorder out(set);
    const auto done = collector->Collect({number, clock.Wall(), clock.Mono()}, out);
    set.EndRun();
    clock.Advance(std::chrono::seconds(1));
    error = done || done.error().code == ErrorCode::kNotSupported
                ? ""
                : "# error: " + std::string(ToString(done.error().code)) + "\n";
  }
  return error + Samples(set);
}

TEST(Golden, EveryMachineScrapesAsItDid) {
  const bool update = std::getenv("ECSWARD_UPDATE_GOLDEN") != nullptr;
  std::size_t machines = 0;
  for (const auto& machine : fs::directory_iterator(ECSWARD_FIXTURES "/hosts")) {
    ++machines;
    const fs::path golden = fs::path(ECSWARD_GOLDEN) / machine.path().filename();
    for (const CollectorSpec& spec : AllCollectors()) {
      const std::string text = Scrape(spec, machine.path());
      const fs::path file = golden / (std::string(spec.name) + ".prom");
      if (update) {
        fs::create_directories(golden);
        fs::remove(file);
        if (!text.empty()) std::ofstream(file, std::ios::binary) << text;
        continue;
      }
      EXPECT_EQ(text, Slurp(file)) << file;
    }
  }
  EXPECT_GE(machines, 3u);
}

}  // namespace
}  // namespace ecsward
