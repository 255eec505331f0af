// Sockets that come and go faster than anybody can look, and the truth about who had them.
//
//   port_churn PROCESSES SOCKETS_PER_SECOND SECONDS
//
// TCP and UDP sockets of 127.8.0.1, all of a few hundred ports, so that a port soon belongs to
// somebody else; processes that end and are replaced; sockets that a child inherits and its parent
// then closes. One line for each time that a process had a port, once it has it no more:
//
//   PROTO PORT PROCESS FROM TO        microseconds since 1970, each on the safe side
//
// In between those moments the socket was there, and the process had it. At the end "done".
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace {

constexpr std::uint16_t kFirstPort = 21000;
constexpr int kPorts = 1500;
constexpr double kUdpShare = 0.2, kHandOverShare = 0.02;
constexpr double kHeldSecondsLeast = 0.1, kHeldSecondsMost = 1.9;
constexpr double kLongShare = 0.06, kLongSeconds = 6;  // some live long enough to be named
constexpr double kLifeSecondsLeast = 1.5, kLifeSecondsMost = 9;

std::int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}
std::int64_t Us(double seconds) { return static_cast<std::int64_t>(seconds * 1e6); }

struct Held {
  int fd = -1;
  bool tcp = true;
  std::uint16_t port = 0;
  std::int64_t from = 0;  // has it since then
  std::int64_t until = 0;
};

class Worker {
 public:
  Worker(std::string name, unsigned seed) : name_(std::move(name)), random_(seed) {
    prctl(PR_SET_NAME, name_.c_str());
  }

  [[noreturn]] void Work(double per_second, std::int64_t end) {
    const std::int64_t last =
        std::min(end, NowUs() + Us(Between(kLifeSecondsLeast, kLifeSecondsMost)));
    std::int64_t next = NowUs();
    while (NowUs() < last) {
      for (; next < NowUs(); next += Us(1 / per_second)) OpenOne();
      std::erase_if(held_, [&](const Held& one) { return one.until < NowUs() && Close(one); });
      usleep(3000);
    }
    CloseAll();
    while (wait(nullptr) > 0) {
    }
    std::_Exit(0);
  }

 private:
  double Between(double least, double most) {
    return std::uniform_real_distribution<double>(least, most)(random_);
  }

  void OpenOne() {
    Held one;
    one.tcp = Between(0, 1) > kUdpShare;
    one.fd = socket(AF_INET, one.tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (one.fd < 0) return;
    const int on = 1;
    if (one.tcp) setsockopt(one.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    one.port = static_cast<std::uint16_t>(kFirstPort + static_cast<int>(Between(0, kPorts)));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(one.port);
    inet_pton(AF_INET, "127.8.0.1", &address.sin_addr);
    // Not yet there from here on, there at the latest when `from` is taken again.
    one.from = NowUs();
    if (bind(one.fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
        (one.tcp && listen(one.fd, 8) != 0)) {
      close(one.fd);  // somebody else's at present
      return;
    }
    const double most = Between(0, 1) < kLongShare ? kLongSeconds : kHeldSecondsMost;
    one.until = NowUs() + Us(Between(kHeldSecondsLeast, most));
    if (Between(0, 1) < kHandOverShare) {
      HandOver(one);
    } else {
      held_.push_back(one);
    }
  }

  // A child inherits all that we have, closes the rest and keeps this one, which we close.
  void HandOver(const Held& one) {
    std::array<int, 2> ready{};
    if (pipe(ready.data()) != 0) return;
    const std::int64_t forked = NowUs();
    const pid_t child = fork();
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      name_ = "h" + name_.substr(1);
      prctl(PR_SET_NAME, name_.c_str());
      for (Held& inherited : held_) {
        inherited.from = forked;
        Close(inherited);
      }
      held_ = {one};
      held_[0].from = forked;
      if (write(ready[1], "!", 1) != 1) std::_Exit(1);
      const std::int64_t rest = one.until - NowUs();
      if (rest > 0) usleep(static_cast<useconds_t>(rest));
      CloseAll();
      std::_Exit(0);
    }
    close(ready[1]);
    char said = 0;
    if (child > 0 && read(ready[0], &said, 1) != 1) std::_Exit(1);
    close(ready[0]);
    Close(one);
  }

  bool Close(const Held& one) const {
    close(one.fd);
    std::array<char, 128> line{};
    const int size = std::snprintf(
        line.data(), line.size(), "%s %d %s %lld %lld\n", one.tcp ? "tcp" : "udp", one.port,
        name_.c_str(), static_cast<long long>(one.from), static_cast<long long>(NowUs()));
    // A line is less than PIPE_BUF: nobody else's comes in between.
    if (write(STDOUT_FILENO, line.data(), static_cast<std::size_t>(size)) != size) std::_Exit(1);
    return true;
  }
  void CloseAll() {
    for (const Held& one : held_) Close(one);
    held_.clear();
  }

  std::string name_;
  std::mt19937 random_;
  std::vector<Held> held_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: port_churn PROCESSES SOCKETS_PER_SECOND SECONDS\n", stderr);
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int processes = std::atoi(argv[1]);
  const double per_second = std::atof(argv[2]) / processes;
  const std::int64_t end = NowUs() + Us(std::atof(argv[3]));
  unsigned born = 0;
  for (int running = 0;;) {
    for (; running < processes && NowUs() < end; ++running) {
      ++born;
      const pid_t child = fork();
      if (child < 0) return 1;
      if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        Worker("c" + std::to_string(born), born).Work(per_second, end);
      }
    }
    if (wait(nullptr) < 0) break;
    --running;
  }
  std::puts("done");
}
