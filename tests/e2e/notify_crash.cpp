// A notifier and nothing else, to be killed at any moment: notify_crash STATE_DIRECTORY SOCKET
//
// stdin    fire NAME STARTS_AT_MS | resolve NAME STARTS_AT_MS ENDS_AT_MS
// stdout   `ready`, and each line again once what it says, and the letter it leads to, is committed
// socket   one connection for each attempt: a line of JSON there; `ok`, `no` or nothing back
//
// Or to be measured: notify_crash STATE_DIRECTORY SOCKET load|load-one-group COUNT posts so many
// alerts at once, each of 1 KB, and prints what it took to send them.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>

#include "exporters/notify/notifier.h"

namespace {

using namespace ecsward;          // NOLINT: a program of one file
using namespace ecsward::notify;  // NOLINT
using std::chrono::milliseconds;

constexpr milliseconds kGroupInterval{20};
constexpr int kLanes = 8;

std::string socket_path;

class SocketChannel final : public Channel {
 public:
  Delivery Send(const Notification& notification, const Attempt& attempt) override {
    nlohmann::json message = {{"id", notification.id},
                              {"receiver", notification.receiver},
                              {"attempt", attempt.number},
                              {"may_be_there", attempt.may_be_there},
                              {"groups", notification.groups.size()}};
    for (const GroupNotice& group : notification.groups) {
      for (const NotifiedAlert& alert : group.alerts) {
        message["alerts"].push_back({{"name", Get(alert.labels, "alertname")},
                                     {"starts", alert.starts_at_ms},
                                     {"fires", !alert.ResolvedAt(group.at_ms)}});
      }
    }
    const std::string answer = Exchange(message.dump() + "\n");
    Delivery delivery;
    if (answer == "ok") return delivery;
    delivery.outcome = answer == "no" ? Delivery::Outcome::kRetry : Delivery::Outcome::kUnclear;
    delivery.reason = answer == "no" ? "http_status" : "no_answer";
    delivery.problem = "it said \"" + answer + "\"";
    return delivery;
  }

 private:
  static std::string Exchange(const std::string& text) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket_path.c_str(), sizeof address.sun_path - 1);
    std::string answer = "no";  // nobody listens: certainly not delivered
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      answer.clear();
      char buffer[16];
      ssize_t read = 0;
      if (::send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size())) {
        while ((read = ::read(fd, buffer, sizeof buffer)) > 0) {
          answer.append(buffer, static_cast<std::size_t>(read));
        }
      }
    }
    ::close(fd);
    return answer;
  }
};

// Lanes are told apart by the alert's label, so that one failure's backoff holds up an eighth. Half
// of them have a limit, behind which they merge.
RoutingConfig Config() {
  static const ChannelSpec kSpec = [] {
    ChannelSpec spec;
    spec.kind = "socket";
    spec.make = [](const ChannelSettings&, const ChannelWorld&) -> std::unique_ptr<Channel> {
      return std::make_unique<SocketChannel>();
    };
    return spec;
  }();
  RoutingConfig config;
  Route root;
  root.group_by_all = true;
  root.group_wait = milliseconds(0);
  root.group_interval = kGroupInterval;
  root.repeat_interval = std::chrono::hours(1000);
  for (int lane = 0; lane < kLanes; ++lane) {
    Receiver receiver{"r" + std::to_string(lane), {}};
    ChannelConfig& channel = receiver.channels.emplace_back();
    channel.spec = &kSpec;
    if (lane % 2 == 1) channel.rate_limit = {2, milliseconds(1'000)};
    Route route = root;
    route.routes.clear();
    route.receiver = receiver.name;
    route.matchers.push_back(*LabelMatcher::Make(MatchType::kEqual, "lane", std::to_string(lane)));
    root.receiver = receiver.name;
    root.routes.push_back(std::move(route));
    config.receivers.push_back(std::move(receiver));
  }
  config.route = std::move(root);
  return config;
}

void Post(Notifier& notifier, const std::string& line) {
  std::istringstream words(line);
  std::string verb, name;
  NotifiedAlert alert;
  words >> verb >> name >> alert.starts_at_ms;
  if (verb == "resolve") words >> alert.ends_at_ms;
  const auto lane = std::hash<std::string>()(name) % kLanes;
  alert.labels = {{"alertname", name}, {"lane", std::to_string(lane)}};
  alert.updated_at_ms = alert.starts_at_ms;
  notifier.Post([alert] { return alert; });
}

bool MoreWaits() {
  pollfd in{STDIN_FILENO, POLLIN, 0};
  return std::cin.rdbuf()->in_avail() > 0 || ::poll(&in, 1, 0) > 0;
}

int Serve(Notifier& notifier) {
  std::cout << "ready" << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::string answered = line + "\n";
    Post(notifier, line);
    while (MoreWaits() && std::getline(std::cin, line)) {
      answered += line + "\n";
      Post(notifier, line);
    }
    // The groups' next beat is behind the first; what they say then is committed with the second.
    if (!notifier.Settle(std::chrono::minutes(1))) return EXIT_FAILURE;
    std::this_thread::sleep_for(kGroupInterval + milliseconds(2));
    if (!notifier.Settle(std::chrono::minutes(1))) return EXIT_FAILURE;
    std::cout << answered << std::flush;
  }
  return EXIT_SUCCESS;
}

std::size_t PeakKb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss);
}

// Alerts told at once in one message, or each in its own.
bool AllDelivered(const Notifier& notifier, std::uint64_t messages) {
  std::uint64_t delivered = 0;
  for (const ChannelFigures& channel : notifier.Figures().channels) delivered += channel.delivered;
  return delivered >= messages;
}

int Load(Notifier& notifier, int count, bool one_group) {
  (void)notifier.Settle(std::chrono::minutes(1));
  const std::size_t before_kb = PeakKb();
  const auto begin = std::chrono::steady_clock::now();
  std::chrono::nanoseconds longest{0};
  for (int i = 0; i < count; ++i) {
    const auto one = std::chrono::steady_clock::now();
    notifier.Post([i] {
      NotifiedAlert alert;
      alert.labels = {{"alertname", "DiskWillFillWithinADay"},
                      {"device", fmt::format("/dev/vd{}", i)},
                      {"instance_id", "i-bp1234567890abcdefgh"},
                      {"mountpoint", fmt::format("/data/{}", i)},
                      {"region", "cn-hangzhou"},
                      {"severity", "warning"}};
      alert.annotations = {{"description", std::string(300, 'x')},
                           {"summary", std::string(100, 'y')}};
      alert.starts_at_ms = UnixMilliseconds(std::chrono::system_clock::now());
      return alert;
    });
    longest = std::max(longest, std::chrono::nanoseconds(std::chrono::steady_clock::now() - one));
  }
  const auto posted = std::chrono::steady_clock::now();
  (void)notifier.Settle(std::chrono::minutes(5));
  const auto settled = std::chrono::steady_clock::now();
  const auto messages = static_cast<std::uint64_t>(one_group ? 1 : count);
  while (!AllDelivered(notifier, messages)) std::this_thread::sleep_for(milliseconds(20));
  const auto sent = std::chrono::steady_clock::now();
  const auto ms = [](auto span) { return std::chrono::duration<double, std::milli>(span).count(); };
  std::cout << fmt::format(
      "{} alerts: posted in {:.1f} ms (the longest {:.3f} ms), taken after {:.0f} ms, sent "
      "after "
      "{:.0f} ms; peak +{} KiB\n",
      count, ms(posted - begin), ms(longest), ms(settled - begin), ms(sent - begin),
      PeakKb() - before_kb);
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  socket_path = argv[2];
  const SystemClock clock;
  const Logger log;
  Notifier notifier(clock, log);
  RoutingConfig config = Config();
  const bool load = argc > 4;
  const bool one_group = load && std::string(argv[3]) == "load-one-group";
  if (load) {
    Route& root = *config.route;
    root.routes.clear();
    root.receiver = "r0";
    root.group_interval = std::chrono::minutes(5);
    if (one_group) {
      root.group_by_all = false;
      root.group_by = {"alertname"};
      root.group_wait = std::chrono::seconds(5);
    }
  }
  notifier.Configure(config, {argv[1], {}, {}});
  return load ? Load(notifier, std::atoi(argv[4]), one_group) : Serve(notifier);
}
