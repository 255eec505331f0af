// What is measured by turns, each turn after a pause: in life a tick meets cold caches, and
// whatever else goes on in the machine shall meet all of them alike.
#pragma once

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <thread>
#include <vector>

#include "tests/bench/measure.h"

namespace ecsward::bench {

// Between a tick and its neighbour: slow collectors finish here.
inline constexpr std::chrono::milliseconds kBreath{4};

inline double OwnCpu() { return CpuMicroseconds(getpid()); }

struct Contestant {
  std::function<void(std::size_t turn)> run;
  std::vector<double> wall_us, cpu_us;  // one a turn; CPU of all threads, pause included
};

inline void TakeTurns(std::size_t turns, std::span<Contestant> contestants) {
  for (Contestant& c : contestants) {
    c.wall_us.reserve(turns);
    c.cpu_us.reserve(turns);
  }
  for (std::size_t turn = 0; turn < turns; ++turn) {
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      Contestant& c = contestants[(turn + i) % contestants.size()];
      const double cpu_before = OwnCpu();
      const auto start = SteadyClock::now();
      c.run(turn);
      c.wall_us.push_back(Microseconds(SteadyClock::now() - start));
      std::this_thread::sleep_for(kBreath);
      c.cpu_us.push_back(OwnCpu() - cpu_before);
    }
  }
}

}  // namespace ecsward::bench
