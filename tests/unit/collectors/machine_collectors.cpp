#include "tests/unit/collectors/machine_collectors.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;

CollectorOptions OptionsFor(const CollectorSpec& spec, const fs::path& folder, Switches switches) {
  CollectorOptions options(spec.options);
  for (const OptionSpec& option : spec.options) {
    if (option.kind == OptionKind::kBool && switches == Switches::kAllOn) {
      options.Set(option.name, "true");
    }
    if (spec.name == "textfile" && option.name == "directory") {
      options.Set(option.name, (folder / "textfile").string());
    }
  }
  return options;
}

}  // namespace

MachineCollectors::MachineCollectors(const fs::path& folder, Switches switches)
    : root_({.procfs = folder / "proc",
             .sysfs = folder / "sys",
             .rootfs = folder / "root",
             .udev_data = folder / "udev"}),
      kernel_(KernelOf(folder)),
      shared_(root_) {
  for (const CollectorSpec& spec : AllCollectors()) {
    One one;
    one.spec = &spec;
    one.collector = spec.make({root_, kernel_, shared_, boards_, state_directory_},
                              OptionsFor(spec, folder, switches));
    one.set = std::make_unique<SeriesSet>();
    all_.push_back(std::move(one));
  }
}

Tick MachineCollectors::NextTick(std::chrono::seconds step) {
  clock_.Advance(step);
  return {++tick_, clock_.Wall(), clock_.Mono()};
}

void MachineCollectors::Run(One& one, const Tick& tick) {
  const auto start = std::chrono::steady_clock::now();
  one.set->BeginRun();
  Recorder out(*one.set);
  one.last = one.collector->Collect(tick, out);
  one.set->EndRun();
  one.took = std::chrono::steady_clock::now() - start;
}

void MachineCollectors::RunAll(std::chrono::seconds step) {
  const Tick tick = NextTick(step);
  for (One& one : all_) Run(one, tick);
}

}  // namespace ecsward
