// What one tick of the default collectors costs on this very host, beside the least that reading
// the same sources can cost.
//
//   tick_bench ticks COUNT             tick and floor by turns; one JSON object
//   tick_bench collectors COUNT        the same for each collector by itself: where the time goes
//   tick_bench busy COUNT LISTENERS CONNECTIONS PROCESSES
//                                      ticks on the quiet host, then with all that on it
//   tick_bench flat TICKS HOST_FIXTURE
//                                      memory over that many ticks while devices come and go
//
// The clock is a fake one that moves a second a tick, so a slow collector runs as often per tick as
// it does in life.
#include <malloc.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "collectors/sampler.h"
#include "tests/bench/crowd.h"
#include "tests/bench/measure.h"
#include "tests/bench/recording.h"
#include "tests/bench/turns.h"

namespace ecsward::bench {
namespace {

std::vector<SamplerCollector> Defaults(std::string_view only = {}) {
  std::vector<SamplerCollector> chosen;
  for (const CollectorSpec& spec : AllCollectors()) {
    if (only.empty() ? spec.default_on : spec.name == only) {
      chosen.push_back({&spec, CollectorOptions(spec.options), std::nullopt});
    }
  }
  return chosen;
}

// A sampler with all that it needs.
class Bench {
 public:
  explicit Bench(HostPaths paths = {}, std::string_view only = {})
      : root_(std::move(paths)),
        sampler_(root_, kernel_, clock_, table_, Defaults(only), nullptr) {}

  // The sampler's own thread only.
  double TickMicroseconds() {
    clock_.Advance(std::chrono::seconds(1));
    const auto start = SteadyClock::now();
    sampler_.RunTick();
    return Microseconds(SteadyClock::now() - start);
  }
  void Warm(int ticks) {
    for (int i = 0; i < ticks; ++i) {
      TickMicroseconds();
      std::this_thread::sleep_for(kBreath);
    }
    sampler_.AwaitSlow(std::chrono::seconds(5));
  }

 private:
  HostRoot root_;
  LinuxKernel kernel_;
  FakeClock clock_;
  SeriesTable table_;
  Sampler sampler_;
};

struct TickCost {
  double tick_us = 0;                        // the sampler's thread
  double floor_us = 0, floor_to_end_us = 0;  // the same asked plainly, in one thread
  double cpu_us = 0;                         // a tick, of all threads
  double floor_cpu_us = 0;
  std::size_t asks = 0;    // files, statvfs and dumps per tick
  double allocations = 0;  // in the sampler's thread, in the usual tick (median)
  double allocations_minute = 0, other_allocations_minute = 0;  // with the rare ones, in 60 ticks
};

// One recording covers a minute, so that what is read every tenth second counts a tenth.
TickCost Measure(Bench& bench, int count) {
  constexpr std::size_t kMinute = 60;
  bench.Warm(70);  // past the first rescans and retries
  std::vector<std::vector<Ask>> asked(kMinute);
  TickCost cost;
  for (auto& asks : asked) {
    StartRecording();
    bench.TickMicroseconds();
    std::this_thread::sleep_for(kBreath);
    asks = StopRecording();
    cost.asks += asks.size();
  }
  cost.asks /= kMinute;
  Floor floor(asked);

  const std::size_t turns =
      std::max<std::size_t>(1, static_cast<std::size_t>(count) / kMinute) * kMinute;
  std::vector<double> allocated(turns);
  const auto tick = [&](std::size_t turn) {
    const auto before = CountAllocations().main_thread;
    bench.TickMicroseconds();
    allocated[turn] = static_cast<double>(CountAllocations().main_thread - before);
  };
  std::array<Contestant, 4> contestants{{
      {tick, {}, {}},
      {[&](std::size_t turn) { floor.Run(turn % kMinute, false); }, {}, {}},
      {[&](std::size_t turn) { floor.Run(turn % kMinute, true); }, {}, {}},
      {[](std::size_t) {}, {}, {}},
  }};
  const auto others_before = CountAllocations().other_threads;
  TakeTurns(turns, contestants);
  const auto others = CountAllocations().other_threads - others_before;

  cost.tick_us = Median(contestants[0].wall_us);
  cost.floor_us = Median(contestants[1].wall_us);
  cost.floor_to_end_us = Median(contestants[2].wall_us);
  const double pause_us = Median(contestants[3].cpu_us);
  cost.cpu_us = Median(contestants[0].cpu_us) - pause_us;
  cost.floor_cpu_us = Median(contestants[1].cpu_us) - pause_us;
  const auto minutes = static_cast<double>(turns / kMinute);
  cost.allocations = Median(allocated);
  cost.allocations_minute = std::accumulate(allocated.begin(), allocated.end(), 0.0) / minutes;
  cost.other_allocations_minute = static_cast<double>(others) / minutes;
  return cost;
}

void Print(std::string_view name, const TickCost& c) {
  std::printf(
      "{\"target\":\"%.*s\",\"tick_us\":%.1f,\"floor_us\":%.1f,\"floor_to_end_us\":%.1f,"
      "\"cpu_us\":%.1f,\"floor_cpu_us\":%.1f,\"asks\":%zu,\"allocations\":%.0f,"
      "\"allocations_minute\":%.1f,\"other_allocations_minute\":%.1f}\n",
      static_cast<int>(name.size()), name.data(), c.tick_us, c.floor_us, c.floor_to_end_us,
      c.cpu_us, c.floor_cpu_us, c.asks, c.allocations, c.allocations_minute,
      c.other_allocations_minute);
  std::fflush(stdout);
}

void EachCollector(int count) {
  for (const CollectorSpec& spec : AllCollectors()) {
    Bench bench({}, spec.name);
    Print(spec.name, Measure(bench, count));
  }
}

// Quiet and busy by turns: building the crowd takes a while, in which the machine may change its
// mood.
void Busy(int count, const Crowd::Size& size) {
  constexpr int kRounds = 3;
  Bench bench;
  Contestant quiet{[&](std::size_t) { bench.TickMicroseconds(); }, {}, {}};
  Contestant busy = quiet;
  int connections = 0, processes = 0;
  for (int round = 0; round < kRounds; ++round) {
    bench.Warm(20);
    TakeTurns(static_cast<std::size_t>(count / kRounds), {&quiet, 1});
    const Crowd crowd(size);
    connections = crowd.connections();
    processes = crowd.processes();
    bench.Warm(20);
    TakeTurns(static_cast<std::size_t>(count / kRounds), {&busy, 1});
  }
  std::printf(
      "{\"target\":\"busy\",\"quiet_us\":%.1f,\"busy_us\":%.1f,\"quiet_cpu_us\":%.1f,"
      "\"busy_cpu_us\":%.1f,\"connections\":%d,\"processes\":%d}\n",
      Median(quiet.wall_us), Median(busy.wall_us), Median(quiet.cpu_us), Median(busy.cpu_us),
      connections, processes);
}

long ResidentKib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

// A network device and a disk that come and go, each time under another name.
class ChurningHost {
 public:
  explicit ChurningHost(const std::string& fixture) {
    // In memory where possible: ext4 writes a file out each time that it is truncated and written.
    const std::filesystem::path memory = "/dev/shm";
    const auto parent =
        access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    std::string made = (parent / "ecsward-churn-XXXXXX").string();
    if (mkdtemp(made.data()) == nullptr) std::exit(1);
    dir_ = made;
    std::filesystem::copy(fixture, dir_, std::filesystem::copy_options::recursive);
    net_dev_ = Slurp("proc/net/dev");
    diskstats_ = Slurp("proc/diskstats");
  }
  ~ChurningHost() {
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }
  ChurningHost(const ChurningHost&) = delete;
  ChurningHost& operator=(const ChurningHost&) = delete;

  HostPaths paths() const {
    return {.procfs = dir_ + "/proc",
            .sysfs = dir_ + "/sys",
            .rootfs = dir_ + "/root",
            .udev_data = dir_ + "/udev"};
  }
  void Churn(int n) {
    const std::string number = std::to_string(n);
    Spit("proc/net/dev", net_dev_ + "veth" + number + ": 1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0\n");
    Spit("proc/diskstats",
         diskstats_ + " 251 0 vdz" + number + " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n");
  }

 private:
  std::string Slurp(const std::string& name) const {
    std::ifstream in(dir_ + "/" + name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void Spit(const std::string& name, const std::string& text) const {
    std::ofstream(dir_ + "/" + name, std::ios::trunc) << text;
  }
  std::string dir_, net_dev_, diskstats_;
};

// What the heap has handed out, in KiB. Resident memory is in the agent's own row.
double HeapKib() {
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd) / 1024;
}

// The heap's high-water mark over an early and over the last third of the ticks. Not one moment
// beside another: what is remembered of names is bounded, fills up and is forgotten at once.
void Flat(int ticks, const std::string& fixture) {
  ChurningHost host(fixture);
  Bench bench(host.paths());
  double early_heap = 0, late_heap = 0;
  long early_rss = 0;
  for (int i = 0; i < ticks; ++i) {
    if (i % 2 == 0) host.Churn(i / 2);
    bench.TickMicroseconds();
    if (i < ticks / 5 || i % 16 != 0) continue;
    double& peak = i < ticks / 2 ? early_heap : late_heap;
    peak = std::max(peak, HeapKib());
    if (i < ticks / 2) early_rss = ResidentKib();
  }
  std::printf(
      "{\"target\":\"flat\",\"ticks\":%d,\"heap_kib_early\":%.0f,\"heap_kib\":%.0f,"
      "\"rss_kib_early\":%ld,\"rss_kib\":%ld}\n",
      ticks, early_heap, late_heap, early_rss, ResidentKib());
}

int Main(std::span<char*> args) {
  const std::string_view mode = args.size() > 2 ? args[1] : "";
  const int count = args.size() > 2 ? std::atoi(args[2]) : 0;
  if (mode == "ticks") {
    Bench bench;
    Print("tick", Measure(bench, count));
    return 0;
  }
  if (mode == "collectors") {
    EachCollector(count);
    return 0;
  }
  if (mode == "busy" && args.size() == 6) {
    Busy(count, {.listeners = std::atoi(args[3]),
                 .connections = std::atoi(args[4]),
                 .processes = std::atoi(args[5])});
    return 0;
  }
  if (mode == "flat" && args.size() == 4) {
    Flat(count, args[3]);
    return 0;
  }
  std::cerr << "usage: see the top of tests/bench/tick_bench.cpp\n";
  return 2;
}

}  // namespace
}  // namespace ecsward::bench

int main(int argc, char** argv) {
  return ecsward::bench::Main({argv, static_cast<std::size_t>(argc)});
}
