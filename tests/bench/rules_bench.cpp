// What rules cost in this process: the parser, the history and the evaluation, without an agent
// around them.
//
//   rules_bench rules threshold|mixed      prints the rule file, for Prometheus
//   rules_bench serve                      prints a port; there, /metrics is the model's page of
//   now,
//                                          and /metrics?at=SECONDS that of another second
//   rules_bench evaluate SECONDS FILE…     one JSON object: CPU of a rule's evaluation, memory
#include <arpa/inet.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/history.h"
#include "rules/rule_engine.h"
#include "rules/rule_file.h"
#include "tests/bench/host_model.h"
#include "tests/bench/measure.h"

namespace ecsward::bench {
namespace {

constexpr std::int64_t kStart = 1'700'000'000;  // any second

double ThreadMicroseconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

long StatusKib(std::string_view field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::atol(line.c_str() + field.size() + 1);
  }
  return 0;
}

// The history of those series of the model that some rule reads.
class FilledHistory {
 public:
  void Keep(const std::vector<HistoryNeed>& needs) {
    for (std::size_t i = 0; i < model_.size(); ++i) {
      const Labels labels = table_.Make(model_.labels(i));
      std::chrono::milliseconds keep{0};
      for (const HistoryNeed& need : needs) {
        if (MatchesAll(need.matchers, labels)) keep = std::max(keep, need.keep);
      }
      if (keep.count() == 0) continue;
      ids_.push_back({i, history_.Open(labels)});
      history_.SetRetention(ids_.back().id, keep);
      longest_ = std::max(longest_, keep);
    }
  }
  void Tick(std::int64_t second) {
    for (const auto& [index, id] : ids_) {
      history_.Append(id, {second * 1000, model_.Value(index, second)});
    }
    if (second % 60 == 0) history_.Trim(second * 1000);
  }
  History& history() { return history_; }
  std::size_t size() const { return ids_.size(); }
  // As far back as the rules read.
  std::int64_t longest_seconds() const { return longest_.count() / 1000; }

 private:
  struct Kept {
    std::size_t index;
    History::Id id;
  };
  HostModel model_;
  LabelTable table_;
  History history_{table_};
  std::vector<Kept> ids_;
  std::chrono::milliseconds longest_{0};
};

int Evaluate(int seconds, const std::vector<std::string>& files) {
  FilledHistory host;
  const long before_kib = StatusKib("RssAnon:");
  std::vector<RuleGroup> groups;
  for (const std::string& file : files) {
    std::ifstream in(file);
    const std::string yaml((std::istreambuf_iterator<char>(in)), {});
    RuleFile rules = ParseRuleFile(yaml, file);
    for (const RuleFileProblem& problem : rules.problems) std::cerr << problem.ToString() << '\n';
    if (!rules.problems.empty()) return 1;
    std::move(rules.groups.begin(), rules.groups.end(), std::back_inserter(groups));
  }

  std::int64_t now = kStart;
  RuleEngineOptions options;
  options.evaluation_interval_ms = 1000;
  RuleEngine engine(host.history(), options);
  engine.Load(std::move(groups), now * 1000);
  host.Keep(engine.Needs());
  malloc_trim(0);  // what reading YAML left behind is not the rules'

  for (std::int64_t i = host.longest_seconds(); i > 0; --i) host.Tick(now++);
  std::vector<double> rounds, appends;
  for (int i = 0; i < seconds; ++i, ++now) {
    double start = ThreadMicroseconds();
    host.Tick(now);
    appends.push_back(ThreadMicroseconds() - start);
    start = ThreadMicroseconds();
    engine.RunAll(now * 1000);
    rounds.push_back(ThreadMicroseconds() - start);
  }
  const RuleEngineFigures figures = engine.figures();
  if (figures.failures > 0) std::cerr << figures.failures << " evaluations failed\n";
  const auto count = static_cast<double>(figures.rules);
  const double first = rounds.front();
  std::printf(
      "{\"target\":\"rules\",\"rules\":%zu,\"rule_us\":%.4f,\"mean_rule_us\":%.4f,"
      "\"first_round_us\":%.1f,\"append_us\":%.4f,\"series\":%zu,\"samples\":%llu,"
      "\"history_bytes\":%llu,\"added_kib\":%ld,\"active\":%zu}\n",
      figures.rules, Median(rounds) / count,
      std::accumulate(rounds.begin(), rounds.end(), 0.0) / static_cast<double>(seconds) / count,
      first, Median(appends) / static_cast<double>(std::max<std::size_t>(host.size(), 1)),
      host.size(), static_cast<unsigned long long>(host.history().sample_count()),
      static_cast<unsigned long long>(host.history().bytes()), StatusKib("RssAnon:") - before_kib,
      figures.pending + figures.firing);
  return figures.failures > 0 ? 1 : 0;
}

void Answer(int connection, const HostModel& model) {
  std::string request;
  for (char buffer[4096]; request.find("\r\n\r\n") == std::string::npos;) {
    const ssize_t n = recv(connection, buffer, sizeof buffer, 0);
    if (n <= 0) return;
    request.append(buffer, static_cast<std::size_t>(n));
  }
  const std::size_t at = request.find("?at=");
  const std::int64_t second = at != std::string::npos && at < request.find("\r\n")
                                  ? std::atoll(request.c_str() + at + 4)
                                  : std::time(nullptr);
  const std::string page = model.Page(second);
  const std::string answer =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close\r\n"
      "Content-Length: " +
      std::to_string(page.size()) + "\r\n\r\n" + page;
  std::string_view rest = answer;
  while (!rest.empty()) {
    const ssize_t n = send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
}

int Serve() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);  // the sockets API wants this cast
  if (bind(listener, generic, size) != 0 || listen(listener, 16) != 0) return 1;
  getsockname(listener, generic, &size);
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  const HostModel model;
  for (;;) {
    const int connection = accept(listener, nullptr, nullptr);
    if (connection < 0) return 1;
    Answer(connection, model);
    close(connection);
  }
}

int Main(const std::vector<std::string_view>& args) {
  if (args.size() == 2 && args[0] == "rules") {
    std::cout << (args[1] == "mixed" ? MixedRules() : ThresholdRules());
    return 0;
  }
  if (args.size() == 1 && args[0] == "serve") return Serve();
  if (args.size() >= 3 && args[0] == "evaluate") {
    return Evaluate(std::atoi(args[1].data()), {args.begin() + 2, args.end()});
  }
  std::cerr << "usage: rules_bench rules threshold|mixed | serve | evaluate SECONDS FILE…\n";
  return 2;
}

}  // namespace
}  // namespace ecsward::bench

int main(int argc, char** argv) {
  return ecsward::bench::Main(std::vector<std::string_view>(argv + 1, argv + argc));
}
