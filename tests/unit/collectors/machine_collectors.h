// The fixture machines, tests/fixtures/hosts/<machine>/{proc,sys,root,udev}, and all collectors
// over one of them.
#pragma once

#include <chrono>
#include <filesystem>
#include <vector>

#include "tests/unit/collectors/fixture_machine.h"

namespace ecsward {

enum class Switches { kAsDefault, kAllOn };  // of the collectors' true-or-false options

// Every collector there is, made for the machine in `folder`. A textfile collector reads its folder
// textfile/.
class MachineCollectors {
 public:
  struct One {
    const CollectorSpec* spec = nullptr;
    std::unique_ptr<Collector> collector;
    std::unique_ptr<SeriesSet> set;
    Result<void> last;                 // of the last run
    std::chrono::nanoseconds took{0};  // likewise
  };

  explicit MachineCollectors(const std::filesystem::path& folder,
                             Switches switches = Switches::kAsDefault);

  // A tick in which all of them run, `step` after the one before.
  void RunAll(std::chrono::seconds step = std::chrono::seconds(1));
  // The tick for one of them, for who wants to look between the runs.
  Tick NextTick(std::chrono::seconds step);
  static void Run(One& one, const Tick& tick);

  std::vector<One>& all() { return all_; }

 private:
  HostRoot root_;
  FakeKernel kernel_;
  SharedSources shared_;
  HostBoards boards_;
  const std::string state_directory_;  // none
  FakeClock clock_;
  std::uint64_t tick_ = 0;
  std::vector<One> all_;
};

}  // namespace ecsward
