// What a second of this very host costs in the history: records it, then plays it back.
//
//   history_bench TICKS PAUSE_MS [FILE]
//
// Prints one JSON object. The clock is a fake one that moves a second a tick; between two ticks the
// bench waits PAUSE_MS, so the shorter the pause, the less has happened between two readings that
// are said to be a second apart. `jitter` is the same again with time stamps that are up to 2 ms
// late, as those of a busy host are. FILE gets the recorded history as a checkpoint.
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "collectors/sampler.h"
#include "metrics/history_checkpoint.h"
#include "metrics/history_feed.h"
#include "metrics/history_file.h"
#include "tests/bench/measure.h"

namespace ecsward::bench {
namespace {

struct Recorded {
  Labels labels;
  std::vector<Sample> samples;
  bool changes = false;
};

std::vector<Recorded> AllOf(const History& history) {
  std::vector<History::Id> ids;
  history.Select({}, ids);
  std::vector<Recorded> out;
  for (const auto id : ids) {
    Recorded& series = out.emplace_back();
    series.labels = history.labels(id);
    auto cursor = history.From(id, std::numeric_limits<std::int64_t>::min());
    for (Sample s; cursor.Next(s);) {
      series.samples.push_back(s);
      const auto same = [](double a, double b) {
        return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
      };
      series.changes = series.changes || !same(s.value, series.samples.front().value);
    }
  }
  return out;
}

struct Cost {
  std::size_t series = 0;
  std::uint64_t samples = 0;
  double bytes = 0, append_ns = 0, decode_ns = 0;  // a sample
};

// Tick by tick over all series, as it is in life. A fresh history, warmed up: memory is there.
Cost Play(LabelTable& labels, const std::vector<Recorded>& all, bool only_changing, int jitter_ms) {
  Cost cost;
  History history(labels);
  std::vector<History::Id> ids;
  std::vector<const Recorded*> series;
  std::size_t ticks = 0;
  for (const Recorded& one : all) {
    if (only_changing && !one.changes) continue;
    series.push_back(&one);
    ids.push_back(history.Open(one.labels));
    ticks = std::max(ticks, one.samples.size());
  }
  std::mt19937 random(1);
  // CPU time: who else wants the machine is not the question.
  const double start = CpuMicroseconds(getpid());
  for (std::size_t tick = 0; tick < ticks; ++tick) {
    const auto late = jitter_ms == 0 ? 0 : static_cast<int>(random() % 3);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (tick >= series[i]->samples.size()) continue;
      Sample sample = series[i]->samples[tick];
      sample.time_ms += late;
      history.Append(ids[i], sample);
    }
  }
  const double written = CpuMicroseconds(getpid());
  std::uint64_t read = 0;
  double sum = 0;
  for (const auto id : ids) {
    auto cursor = history.From(id, 0);
    for (Sample s; cursor.Next(s); ++read) sum += s.value;
  }
  const double end = CpuMicroseconds(getpid());
  const auto per_sample = [&](double total) { return total / static_cast<double>(read); };
  cost.series = ids.size();
  cost.samples = read;
  cost.bytes = per_sample(static_cast<double>(history.bytes()));
  cost.append_ns = per_sample((written - start) * 1000);
  cost.decode_ns = per_sample((end - written) * 1000) + (std::isnan(sum) ? 1e-9 : 0);
  return cost;
}

std::string Json(const char* name, const Cost& c) {
  char text[300];
  std::snprintf(text, sizeof(text),
                "\"%s\":{\"series\":%zu,\"samples\":%llu,\"bytes_per_sample\":%.3f,"
                "\"append_ns\":%.1f,\"decode_ns\":%.1f}",
                name, c.series, static_cast<unsigned long long>(c.samples), c.bytes, c.append_ns,
                c.decode_ns);
  return text;
}

int Main(std::span<char*> args) {
  if (args.size() < 3) {
    std::cerr << "usage: see the top of tests/bench/history_bench.cpp\n";
    return 2;
  }
  const int ticks = std::atoi(args[1]);
  const std::chrono::milliseconds pause(std::atoi(args[2]));
  std::vector<SamplerCollector> chosen;
  for (const CollectorSpec& spec : AllCollectors()) {
    if (spec.default_on) chosen.push_back({&spec, CollectorOptions(spec.options), std::nullopt});
  }
  const HostRoot root{HostPaths{}};
  const LinuxKernel kernel;
  FakeClock clock;
  SeriesTable table;
  Sampler sampler(root, kernel, clock, table, chosen, nullptr);
  LabelTable labels;
  History history(labels);
  HistoryFeed feed(table, history, {{"instance", "host:9100"}, {"job", "node"}});
  feed.SetNeeds({{{}, History::kForever}});

  std::vector<double> feed_us;
  for (int i = 0; i < ticks; ++i) {
    clock.Advance(std::chrono::seconds(1));
    sampler.RunTick();
    const auto start = SteadyClock::now();
    feed.OnTick(
        std::chrono::duration_cast<std::chrono::milliseconds>(clock.Wall().time_since_epoch())
            .count());
    feed_us.push_back(Microseconds(SteadyClock::now() - start));
    std::this_thread::sleep_for(pause);
  }

  const auto start = SteadyClock::now();
  const std::string bytes = Serialize(history);
  const double serialize_us = Microseconds(SteadyClock::now() - start);
  if (args.size() > 3) {
    if (const auto written = WriteFileAtomically(args[3], bytes); !written) {
      std::cerr << written.error().message << "\n";
      return 1;
    }
  }
  const std::vector<Recorded> all = AllOf(history);
  (void)Play(labels, all, false, 0);  // warms up
  std::printf(
      "{\"target\":\"history\",\"feed_us\":%.1f,\"checkpoint_us\":%.0f,"
      "\"checkpoint_bytes\":%zu,%s,%s,%s,%s}\n",
      Median(feed_us), serialize_us, bytes.size(), Json("all", Play(labels, all, false, 0)).c_str(),
      Json("changing", Play(labels, all, true, 0)).c_str(),
      Json("all_jitter", Play(labels, all, false, 2)).c_str(),
      Json("changing_jitter", Play(labels, all, true, 2)).c_str());
  return 0;
}

}  // namespace
}  // namespace ecsward::bench

int main(int argc, char** argv) {
  return ecsward::bench::Main({argv, static_cast<std::size_t>(argc)});
}
