// The machines of tests/fixtures/hosts/<machine>/{proc,sys,root,udev}, and a collector's look at
// one.
#pragma once

#include <filesystem>
#include <vector>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {

// Sorted by name.
std::vector<std::filesystem::path> FixtureMachines();

// What the kernel of the machine in `folder` answers; statvfs is in its file statfs.
FakeKernel KernelOf(const std::filesystem::path& folder);

// Runs the collector twice, a second apart, so that rates of ours have something to compare. The
// series are those of the second run; their metrics may belong to the collector, which is kept.
class MachineScrape {
 public:
  MachineScrape(const CollectorSpec& spec, const std::filesystem::path& machine);
  const SeriesSet& set() const { return set_; }
  const Result<void>& done() const { return done_; }

 private:
  HostRoot root_;
  FakeKernel kernel_;
  SharedSources shared_;
  HostBoards boards_;
  const std::string state_directory_;  // none
  std::unique_ptr<Collector> collector_;
  SeriesSet set_;
  Result<void> done_;
};

}  // namespace ecsward
