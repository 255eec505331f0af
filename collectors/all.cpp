#include "collectors/all.h"

#include <array>

#include "collectors/cpu.h"
#include "collectors/diskstats.h"
#include "collectors/entropy.h"
#include "collectors/filefd.h"
#include "collectors/interrupts.h"
#include "collectors/loadavg.h"
#include "collectors/meminfo.h"
#include "collectors/pressure.h"
#include "collectors/schedstat.h"
#include "collectors/softirqs.h"
#include "collectors/stat.h"
#include "collectors/netclass.h"
#include "collectors/netdev.h"
#include "collectors/textfile.h"
#include "collectors/time.h"
#include "collectors/timex.h"
#include "collectors/uname.h"
#include "collectors/vmstat.h"

namespace ecsward {
namespace {

// A collector that takes (env) or (env, options).
template <class T>
std::unique_ptr<Collector> Make(const CollectorEnv& env, const CollectorOptions& options) {
  if constexpr (std::is_constructible_v<T, const CollectorEnv&, const CollectorOptions&>) {
    return std::make_unique<T>(env, options);
  } else {
    return std::make_unique<T>(env);
  }
}

constexpr bool kOn = true;
[[maybe_unused]] constexpr bool kOff = false;
constexpr std::chrono::seconds kEveryTick{0};

const CollectorSpec kAll[] = {
    // name, on by default, pace, interval, options, make
    {"cpu", kOn, Pace::kTick, kEveryTick, kCpuOptions, Make<CpuCollector>},
    {"diskstats", kOn, Pace::kTick, kEveryTick, kDiskstatsOptions, Make<DiskstatsCollector>},
    {"entropy", kOn, Pace::kTick, kEveryTick, {}, Make<EntropyCollector>},
    {"filefd", kOn, Pace::kTick, kEveryTick, {}, Make<FilefdCollector>},
    {"interrupts", kOff, Pace::kTick, kEveryTick, kInterruptsOptions, Make<InterruptsCollector>},
    {"loadavg", kOn, Pace::kTick, kEveryTick, {}, Make<LoadavgCollector>},
    {"meminfo", kOn, Pace::kTick, kEveryTick, {}, Make<MeminfoCollector>},
    {"pressure", kOn, Pace::kTick, kEveryTick, {}, Make<PressureCollector>},
    {"schedstat", kOn, Pace::kTick, kEveryTick, {}, Make<SchedstatCollector>},
    {"softirqs", kOff, Pace::kTick, kEveryTick, {}, Make<SoftirqsCollector>},
    {"stat", kOn, Pace::kTick, kEveryTick, kStatOptions, Make<StatCollector>},
    {"netclass", kOn, Pace::kTick, kEveryTick, kNetclassOptions, Make<NetclassCollector>},
    {"netdev", kOn, Pace::kTick, kEveryTick, kNetdevOptions, Make<NetdevCollector>},
    {"textfile", kOn, Pace::kTick, kEveryTick, kTextfileOptions, Make<TextfileCollector>},
    {"time", kOn, Pace::kTick, kEveryTick, {}, Make<TimeCollector>},
    {"timex", kOn, Pace::kTick, kEveryTick, {}, Make<TimexCollector>},
    {"uname", kOn, Pace::kTick, kEveryTick, {}, Make<UnameCollector>},
    {"vmstat", kOn, Pace::kTick, kEveryTick, kVmstatOptions, Make<VmstatCollector>},
};

}  // namespace

std::span<const CollectorSpec> AllCollectors() { return kAll; }

const CollectorSpec* FindCollector(std::string_view name) {
  for (const CollectorSpec& spec : kAll) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

}  // namespace ecsward
