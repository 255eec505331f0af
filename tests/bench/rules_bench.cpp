// What rules cost in this process: the parser, the history and the evaluation, without an agent
// around them.
//
//   rules_bench rules threshold|mixed      prints the rule file, for Prometheus
//   rules_bench serve                      prints a port; there, /metrics is the model's page of
//   now,
//                                          and /metrics?at=SECONDS that of another second
//   rules_bench evaluate FILE SECONDS      one JSON object: CPU of a rule's evaluation, memory
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "metrics/history.h"
#include "rules/promql/parser.h"
#include "rules/promql/query.h"
#include "rules/rule_file.h"
#include "tests/bench/host_model.h"
#include "tests/bench/measure.h"

namespace ecsward::bench {
namespace {

constexpr std::int64_t kStart = 1'700'000'000;  // any second
constexpr int kFilled = 300;                    // as far back as the widest range reaches

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
  explicit FilledHistory(const std::vector<HistoryNeed>& needs) {
    for (std::size_t i = 0; i < model_.size(); ++i) {
      const Labels labels = table_.Make(model_.labels(i));
      std::chrono::milliseconds keep{0};
      for (const HistoryNeed& need : needs) {
        if (MatchesAll(need.matchers, labels)) keep = std::max(keep, need.keep);
      }
      if (keep.count() == 0) continue;
      ids_.push_back({i, history_.Open(labels)});
      history_.SetRetention(ids_.back().id, keep);
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

 private:
  struct Kept {
    std::size_t index;
    History::Id id;
  };
  HostModel model_;
  LabelTable table_;
  History history_{table_};
  std::vector<Kept> ids_;
};

int Evaluate(const char* file, int seconds) {
  std::ifstream in(file);
  const std::string yaml((std::istreambuf_iterator<char>(in)), {});
  const long before_kib = StatusKib("RssAnon:");
  const RuleFile rules = ParseRuleFile(yaml, file);
  for (const RuleFileProblem& problem : rules.problems) std::cerr << problem.ToString() << '\n';
  if (!rules.problems.empty()) return 1;

  std::vector<promql::ExprPtr> expressions;
  std::vector<HistoryNeed> needs;
  const promql::QueryOptions options;
  for (const RuleGroup& group : rules.groups) {
    for (const Rule& rule : group.rules) {
      expressions.push_back(*promql::Parse(rule.expr));
      const auto more = promql::HistoryNeeds(*expressions.back(), options.lookback);
      needs.insert(needs.end(), more.begin(), more.end());
    }
  }
  FilledHistory host(needs);
  std::vector<std::unique_ptr<promql::Query>> queries;
  for (promql::ExprPtr& expression : expressions) {
    queries.push_back(std::make_unique<promql::Query>(std::move(expression), host.history()));
  }

  std::int64_t now = kStart;
  for (int i = 0; i < kFilled; ++i) host.Tick(now++);
  std::size_t results = 0;
  std::vector<double> rounds, appends;
  for (int i = 0; i < seconds; ++i, ++now) {
    double start = ThreadMicroseconds();
    host.Tick(now);
    appends.push_back(ThreadMicroseconds() - start);
    start = ThreadMicroseconds();
    for (const auto& query : queries) {
      const auto value = query->At(now * 1000);
      if (!value) return 1;
      results += (*value)->vector.size();
    }
    rounds.push_back(ThreadMicroseconds() - start);
  }
  const double count = static_cast<double>(queries.size());
  std::printf(
      "{\"target\":\"%s\",\"rules\":%zu,\"rule_us\":%.4f,\"first_round_us\":%.1f,"
      "\"append_us\":%.4f,\"series\":%zu,\"samples\":%llu,\"history_bytes\":%llu,"
      "\"added_kib\":%ld,\"results\":%zu}\n",
      "rules", queries.size(), Median(rounds) / count, rounds.front(),
      Median(appends) / static_cast<double>(host.size()), host.size(),
      static_cast<unsigned long long>(host.history().sample_count()),
      static_cast<unsigned long long>(host.history().bytes()), StatusKib("RssAnon:") - before_kib,
      results);
  return 0;
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
  if (args.size() == 3 && args[0] == "evaluate") {
    return Evaluate(args[1].data(), std::atoi(args[2].data()));
  }
  std::cerr << "usage: rules_bench rules threshold|mixed | serve | evaluate FILE SECONDS\n";
  return 2;
}

}  // namespace
}  // namespace ecsward::bench

int main(int argc, char** argv) {
  return ecsward::bench::Main(std::vector<std::string_view>(argv + 1, argv + argc));
}
