// What it costs to know who listens and what all processes do, on a busy host, beside the least
// that this can cost and beside doing it without a memory.
//
//   owners_bench ports COUNT LISTENERS CONNECTIONS PROCESSES
//                               ticks of the collector `ports`; best in a network namespace
//   owners_bench process COUNT  looks of the collector `process` at all processes there are
//   owners_bench crowd LISTENERS CONNECTIONS PROCESSES
//                               makes the busy host, prints "ready", waits
//
// The clock is a fake one that moves by a collector's interval each time.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

#include "collectors/all.h"
#include "tests/bench/crowd.h"
#include "tests/bench/fd_scan.h"
#include "tests/bench/turns.h"

namespace ecsward::bench {
namespace {

// One collector with all that it needs.
class Bench {
 public:
  Bench(std::string_view name, std::chrono::seconds step) : step_(step) {
    const CollectorSpec* spec = FindCollector(name);
    if (spec == nullptr) {
      std::cerr << "no collector " << name << '\n';
      std::exit(1);
    }
    collector_ = spec->make(CollectorEnv{root_, kernel_, shared_, *boards_, state_directory_},
                            CollectorOptions(spec->options));
  }

  double RunMicroseconds() {
    clock_.Advance(step_);
    const Tick tick{++number_, clock_.Wall(), clock_.Mono()};
    const auto start = SteadyClock::now();
    set_.BeginRun();
    Recorder recorder(set_);
    const auto result = collector_->Collect(tick, recorder);
    set_.EndRun();
    const double took = Microseconds(SteadyClock::now() - start);
    if (!result) {
      std::cerr << result.error().message << '\n';
      std::exit(1);
    }
    return took;
  }

  double Value(std::string_view metric) const {
    for (std::size_t i = 0; i < set_.series().size(); ++i) {
      const SeriesSet::Series& series = set_.series()[i];
      if (series.metric != nullptr && series.metric->name == metric) return set_.values()[i];
    }
    return -1;
  }
  // How many series of that metric have another value than "".
  std::size_t Count(std::string_view metric, std::size_t label) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < set_.series().size(); ++i) {
      const SeriesSet::Series& series = set_.series()[i];
      if (series.metric == nullptr || IsStale(set_.values()[i])) continue;
      if (series.metric->name == metric && !LabelValue(series, label).empty()) ++count;
    }
    return count;
  }

 private:
  std::chrono::seconds step_;
  HostRoot root_;
  LinuxKernel kernel_;
  FakeClock clock_;
  SharedSources shared_{root_};
  std::shared_ptr<HostBoards> boards_ = std::make_shared<HostBoards>();
  std::string state_directory_;
  SeriesSet set_;
  std::unique_ptr<Collector> collector_;
  std::uint64_t number_ = 0;
};

// A process that nobody has seen before, with a listener of its own.
class Newcomer {
 public:
  Newcomer() {
    std::array<int, 2> ready{};
    if (pipe(ready.data()) != 0) std::exit(1);
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (listen(fd, 8) != 0 || write(ready[1], "!", 1) != 1) std::_Exit(1);
      for (;;) pause();
    }
    close(ready[1]);
    char said = 0;
    if (pid_ < 0 || read(ready[0], &said, 1) != 1) std::exit(1);
    close(ready[0]);
  }
  ~Newcomer() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Newcomer(const Newcomer&) = delete;
  Newcomer& operator=(const Newcomer&) = delete;

 private:
  pid_t pid_ = -1;
};

void AllowManyDescriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

constexpr std::string_view kUnknown = "ecsward_ports_owners_unknown";

void Ports(int count, const Crowd::Size& size) {
  constexpr int kPatience = 600;  // ticks in which all owners must be known
  constexpr int kNewcomers = 10;
  constexpr int kTicksEach = 12;  // for each newcomer
  const Crowd crowd(size);
  Bench bench("ports", std::chrono::seconds(1));
  int first_ticks = 0;
  double first_longest_us = 0;
  do {
    const double took = bench.RunMicroseconds();
    // The very first opens everything and meets every socket.
    if (first_ticks > 0) first_longest_us = std::max(first_longest_us, took);
    std::this_thread::sleep_for(kBreath);
    ++first_ticks;
  } while (bench.Value(kUnknown) != 0 && first_ticks < kPatience);
  const double unknown = bench.Value(kUnknown);
  for (int i = 0; i < 20; ++i) bench.RunMicroseconds();

  ListenerDump dump;
  const OwnerLinks links = ScanAllDescriptors();
  std::array<char, 64> target{};
  const auto dump_and_verify = [&](std::size_t) {
    for (const Inode inode : dump.Ask()) {
      const auto found = links.find(inode);
      if (found == links.end()) continue;
      if (readlink(found->second.c_str(), target.data(), target.size()) < 0) std::exit(1);
    }
  };
  std::array<Contestant, 4> quick{{
      {[&](std::size_t) { bench.RunMicroseconds(); }, {}, {}},
      {dump_and_verify, {}, {}},
      {[&](std::size_t) { dump.Ask(); }, {}, {}},
      {[](std::size_t) {}, {}, {}},
  }};
  TakeTurns(static_cast<std::size_t>(count), quick);
  std::array<Contestant, 2> slow{{
      {[](std::size_t) {
         ListenersFromText();
         ScanAllDescriptors();
       },
       {},
       {}},
      {[&](std::size_t) { bench.RunMicroseconds(); }, {}, {}},
  }};
  TakeTurns(static_cast<std::size_t>(std::max(5, count / 20)), slow);

  double longest_us = 0;
  int known_after = 0;
  std::vector<double> rescan_us;
  for (int i = 0; i < kNewcomers; ++i) {
    const Newcomer newcomer;
    for (int tick = 1; tick <= kTicksEach; ++tick) {
      rescan_us.push_back(bench.RunMicroseconds());
      longest_us = std::max(longest_us, rescan_us.back());
      std::this_thread::sleep_for(kBreath);
      if (bench.Value(kUnknown) > 0) known_after = std::max(known_after, tick + 1);
    }
  }
  const double usual_us = Median(quick[0].wall_us);
  // The same for ticks in which nothing happens: what the machine itself adds now and then.
  const double usual_longest_us =
      *std::max_element(quick[0].wall_us.begin(), quick[0].wall_us.end());
  const double pause_us = Median(quick[3].cpu_us);
  std::printf(
      "{\"target\":\"ports\",\"tick_us\":%.1f,\"floor_us\":%.1f,\"dump_us\":%.1f,\"text_us\":%.1f,"
      "\"tick_cpu_us\":%.1f,\"floor_cpu_us\":%.1f,\"text_cpu_us\":%.1f,\"longest_us\":%.1f,"
      "\"usual_longest_us\":%.1f,\"first_ticks\":%d,\"first_longest_us\":%.1f,\"unknown\":%.0f,"
      "\"known_after\":%d,\"listeners\":%zu,\"owned\":%zu,\"connections\":%d,\"processes\":%d}\n",
      usual_us, Median(quick[1].wall_us), Median(quick[2].wall_us), Median(slow[0].wall_us),
      Median(quick[0].cpu_us) - pause_us, Median(quick[1].cpu_us) - pause_us,
      Median(slow[0].cpu_us) - pause_us, longest_us, usual_longest_us, first_ticks,
      first_longest_us, unknown, known_after, dump.Ask().size(),
      bench.Count("ecsward_port_listening", 3), crowd.connections(), crowd.processes());
}

void Processes(int count) {
  Bench bench("process", std::chrono::seconds(5));
  for (int i = 0; i < 5; ++i) {
    bench.RunMicroseconds();
    std::this_thread::sleep_for(kBreath);
  }
  StatFiles files;
  std::array<Contestant, 3> contestants{{
      {[&](std::size_t) { bench.RunMicroseconds(); }, {}, {}},
      {[&](std::size_t) { files.ReadAll(); }, {}, {}},
      {[](std::size_t) {}, {}, {}},
  }};
  TakeTurns(static_cast<std::size_t>(count), contestants);
  const double pause_us = Median(contestants[2].cpu_us);
  std::printf(
      "{\"target\":\"process\",\"look_us\":%.1f,\"floor_us\":%.1f,\"look_cpu_us\":%.1f,"
      "\"mean_cpu_us\":%.1f,\"floor_cpu_us\":%.1f,\"processes\":%zu}\n",
      Median(contestants[0].wall_us), Median(contestants[1].wall_us),
      Median(contestants[0].cpu_us) - pause_us, Mean(contestants[0].cpu_us) - pause_us,
      Median(contestants[1].cpu_us) - pause_us, files.size());
}

[[noreturn]] void Stand(const Crowd::Size& size) {
  const Crowd crowd(size);
  std::cout << "ready\n" << std::flush;
  for (;;) pause();
}

int Main(std::span<char*> args) {
  const std::string_view mode = args.size() > 2 ? args[1] : "";
  const auto number = [&](std::size_t i) { return std::atoi(args[i]); };
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  AllowManyDescriptors();
  if (mode == "ports" && args.size() == 6) {
    Ports(number(2), {.listeners = number(3), .connections = number(4), .processes = number(5)});
    return 0;
  }
  if (mode == "process" && args.size() == 3) {
    Processes(number(2));
    return 0;
  }
  if (mode == "crowd" && args.size() == 5) {
    Stand({.listeners = number(2), .connections = number(3), .processes = number(4)});
  }
  std::cerr << "usage: see the top of tests/bench/owners_bench.cpp\n";
  return 2;
}

}  // namespace
}  // namespace ecsward::bench

int main(int argc, char** argv) {
  return ecsward::bench::Main({argv, static_cast<std::size_t>(argc)});
}
