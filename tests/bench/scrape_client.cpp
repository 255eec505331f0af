// Measures HTTP servers that answer GET /metrics, turn by turn, so that whatever else happens on
// the machine hits all of them. A target is NAME:PORT:PID:COUNT; PID is the server's, 0 when its
// CPU does not matter.
//
//   scrape_client latency ROUNDS gzip|plain TARGET...     COUNT scrapes of each target in each
//   round scrape_client paced SECONDS gzip|plain TARGET...      one scrape of each target a second
//   scrape_client fetch gzip|plain PORT                   the body on stdout
//   scrape_client first TIMES PORT COMMAND...             from exec to the first good answer
//
// Prints one JSON object a target.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/http_client.h"
#include "tests/bench/measure.h"

namespace ecsward::bench {
namespace {

struct Target {
  std::string name;
  int port = 0;
  pid_t pid = 0;
  int count = 0;
  std::unique_ptr<HttpClient> client;
  std::vector<double> latencies_us;
  std::vector<double> cpu_us;  // per scrape; one for each round
  std::size_t bytes = 0;
};

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "scrape_client: %s\n", why.c_str());
  std::exit(1);
}

std::vector<Target> ParseTargets(std::span<char*> args, bool gzip) {
  std::vector<Target> targets;
  for (const char* arg : args) {
    char name[64] = {};
    Target t;
    if (std::sscanf(arg, "%63[^:]:%d:%d:%d", name, &t.port, &t.pid, &t.count) != 4) {
      Die(std::string("want NAME:PORT:PID:COUNT, got ") + arg);
    }
    t.name = name;
    t.client = std::make_unique<HttpClient>(t.port, gzip);
    if (!t.client->Connect()) Die("cannot connect to " + t.name);
    targets.push_back(std::move(t));
  }
  return targets;
}

void ScrapeOnce(Target& t) {
  const auto start = SteadyClock::now();
  t.bytes = t.client->Get();
  t.latencies_us.push_back(Microseconds(SteadyClock::now() - start));
  if (t.bytes == 0) Die("a scrape of " + t.name + " failed");
}

void Latency(int rounds, std::vector<Target>& targets) {
  for (Target& t : targets) {  // warm
    for (int i = 0; i < 10; ++i) ScrapeOnce(t);
    t.latencies_us.clear();
  }
  for (int round = 0; round < rounds; ++round) {
    for (Target& t : targets) {
      const double before = t.pid > 0 ? CpuMicroseconds(t.pid) : 0;
      for (int i = 0; i < t.count; ++i) ScrapeOnce(t);
      const double used = (t.pid > 0 ? CpuMicroseconds(t.pid) : 0) - before;
      t.cpu_us.push_back(used / t.count);
    }
  }
  for (Target& t : targets) {
    std::printf(
        "{\"target\":\"%s\",\"median_us\":%.2f,\"p99_us\":%.2f,\"cpu_us\":%.2f,\"bytes\":%zu}\n",
        t.name.c_str(), Quantile(t.latencies_us, 0.5), Quantile(t.latencies_us, 0.99),
        Median(t.cpu_us), t.bytes);
  }
}

// All targets in the same seconds, evenly apart: they share the machine's quiet and busy moments.
void Paced(int seconds, std::vector<Target>& targets) {
  std::vector<double> before(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) before[i] = CpuMicroseconds(targets[i].pid);
  const auto start = SteadyClock::now();
  const auto apart = std::chrono::nanoseconds(std::chrono::seconds(1)) / targets.size();
  for (int second = 0; second < seconds; ++second) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      std::this_thread::sleep_until(start + std::chrono::seconds(second) + apart * i);
      ScrapeOnce(targets[i]);
    }
  }
  std::this_thread::sleep_until(start + std::chrono::seconds(seconds));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    Target& t = targets[i];
    std::printf("{\"target\":\"%s\",\"cpu_us_per_second\":%.1f,\"median_us\":%.1f}\n",
                t.name.c_str(), (CpuMicroseconds(t.pid) - before[i]) / seconds,
                Quantile(t.latencies_us, 0.5));
  }
}

// Milliseconds from fork to a whole answer with status 200; the server is killed then.
double FirstScrape(int port, char** command) {
  const auto start = SteadyClock::now();
  const pid_t child = fork();
  if (child < 0) Die("fork");
  if (child == 0) {
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execv(command[0], command);
    _exit(127);
  }
  HttpClient client(port, true);
  const auto deadline = start + std::chrono::seconds(10);
  bool good = false;
  while (!good && SteadyClock::now() < deadline) {
    good = client.Connect() && client.Get() > 0;
    if (!good) std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  const auto end = SteadyClock::now();
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  if (!good) Die("no good answer within 10 s of starting " + std::string(command[0]));
  return Microseconds(end - start) / 1000;
}

int Main(std::span<char*> args) {
  const std::string_view mode = args.size() > 1 ? args[1] : "";
  if (mode == "latency" && args.size() > 4) {
    auto targets = ParseTargets(args.subspan(4), std::string_view(args[3]) == "gzip");
    Latency(std::atoi(args[2]), targets);
    return 0;
  }
  if (mode == "paced" && args.size() > 4) {
    auto targets = ParseTargets(args.subspan(4), std::string_view(args[3]) == "gzip");
    Paced(std::atoi(args[2]), targets);
    return 0;
  }
  if (mode == "fetch" && args.size() == 4) {
    HttpClient client(std::atoi(args[3]), std::string_view(args[2]) == "gzip");
    if (!client.Connect() || client.Get() == 0) Die("no answer");
    const std::string body = client.Body();
    std::fwrite(body.data(), 1, body.size(), stdout);
    return 0;
  }
  if (mode == "first" && args.size() > 4) {
    std::vector<double> times_ms;
    for (int i = 0; i < std::atoi(args[2]); ++i) {
      times_ms.push_back(FirstScrape(std::atoi(args[3]), &args[4]));
    }
    std::printf("{\"target\":\"first\",\"median_ms\":%.2f,\"max_ms\":%.2f}\n",
                Quantile(times_ms, 0.5), Quantile(times_ms, 1));
    return 0;
  }
  std::fprintf(stderr, "usage: see the top of tests/bench/scrape_client.cpp\n");
  return 2;
}

}  // namespace
}  // namespace ecsward::bench

int main(int argc, char** argv) {
  return ecsward::bench::Main(
      std::span(argv, static_cast<std::size_t>(argc) + 1).first(static_cast<std::size_t>(argc)));
}
