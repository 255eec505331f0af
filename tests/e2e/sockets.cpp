// Sockets with a known owner: what the tests of ports compare with.
//
//   sockets NAME listen SPEC…           opens them, prints "ready PORT…", one port a SPEC; holds
//   them sockets NAME group COUNT SPEC       COUNT processes, each with a socket of its own at the
//   same
//                                       address (SO_REUSEPORT)
//   sockets NAME activate CHILD SPEC    as systemd does it: opens the socket as fd 3 and keeps it,
//                                       while a process CHILD of another program inherits it
//   sockets NAME receive SPEC           prints "MILLISECONDS BYTES" now and then: when, and what it
//                                       has read and written of all its connections until then
//   sockets NAME send ADDRESS PORT RATE sends so many bytes a second there
//
// SPEC: PROTO,ADDRESS,PORT[,reuse][,xCOUNT]. PROTO: tcp, tcp6, tcp6only, udp, udp6, udp6only; tcp6
// is dual-stack. PORT 0: any; xCOUNT: that many sockets.
//
// Each until it is killed, or whoever started it ends. SIGUSR1: it exits with status 3. SIGUSR2: it
// takes all the memory that it is given.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int kInheritedFd = 3;  // SD_LISTEN_FDS_START
constexpr int kBacklog = 64;

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "sockets: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(1);
}

struct Spec {
  bool tcp = true, v6 = false, v6_only = false, reuse = false;
  std::string address;
  std::uint16_t port = 0;
  int count = 1;
};

Spec ParseSpec(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() < 3) {
    errno = EINVAL;
    Die("want PROTO,ADDRESS,PORT");
  }
  Spec spec;
  const std::string_view proto = parts[0];
  spec.tcp = proto.starts_with("tcp");
  spec.v6 = proto.find('6') != std::string_view::npos;
  spec.v6_only = proto.ends_with("only");
  spec.address = parts[1];
  spec.port = static_cast<std::uint16_t>(std::atoi(parts[2].c_str()));
  for (const std::string& option : std::span(parts).subspan(3)) {
    if (option == "reuse") spec.reuse = true;
    if (option.starts_with("x")) spec.count = std::atoi(option.c_str() + 1);
  }
  return spec;
}

struct Address {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }  // the API wants this cast
};

Address MakeAddress(bool v6, const std::string& text, std::uint16_t port) {
  Address out;
  int good = 0;
  if (v6) {
    auto& in = reinterpret_cast<sockaddr_in6&>(out.storage);
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    good = inet_pton(AF_INET6, text.c_str(), &in.sin6_addr);
    out.size = sizeof(in);
  } else {
    auto& in = reinterpret_cast<sockaddr_in&>(out.storage);
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    good = inet_pton(AF_INET, text.c_str(), &in.sin_addr);
    out.size = sizeof(in);
  }
  if (good != 1) Die(text);
  return out;
}

std::uint16_t PortOf(int fd) {
  Address bound;
  getsockname(fd, bound.generic(), &bound.size);
  const auto& in = reinterpret_cast<const sockaddr_in&>(bound.storage);
  return ntohs(in.sin_port);  // at the same place in sockaddr_in6
}

// Without SOCK_CLOEXEC: one of them is to be inherited, and nothing else is executed.
int Open(const Spec& spec) {
  const int fd = socket(spec.v6 ? AF_INET6 : AF_INET, spec.tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
  if (fd < 0) Die("socket");
  const int on = 1, only = spec.v6_only ? 1 : 0;
  if (spec.v6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
  if (spec.tcp) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (spec.reuse) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
  Address address = MakeAddress(spec.v6, spec.address, spec.port);
  if (bind(fd, address.generic(), address.size) != 0) Die("bind");
  if (spec.tcp && listen(fd, kBacklog) != 0) Die("listen");
  return fd;
}

void SayReady(const std::vector<std::uint16_t>& ports) {
  std::string line = "ready";
  for (const std::uint16_t port : ports) line += ' ' + std::to_string(port);
  std::puts(line.c_str());
  std::fflush(stdout);
}

sigset_t Orders() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  return set;
}

[[noreturn]] void Hold() {
  const sigset_t orders = Orders();
  int order = 0;
  sigwait(&orders, &order);
  if (order == SIGUSR1) std::_Exit(3);
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  std::vector<std::vector<char>> taken;
  for (;;) taken.emplace_back(kMiB, 'x');  // touched, all of it
}

[[noreturn]] void Listen(std::span<char*> specs) {
  std::vector<std::uint16_t> ports;
  for (const char* text : specs) {
    const Spec spec = ParseSpec(text);
    int fd = -1;
    for (int i = 0; i < spec.count; ++i) fd = Open(spec);
    ports.push_back(PortOf(fd));
  }
  SayReady(ports);
  Hold();
}

// The first socket of a group chooses the port, the rest are opened when it has.
[[noreturn]] void Group(int count, Spec spec) {
  spec.reuse = true;
  std::array<int, 2> ready{};
  if (pipe(ready.data()) != 0) Die("pipe");
  for (int i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child < 0) Die("fork");
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      const std::uint16_t port = PortOf(Open(spec));
      if (write(ready[1], &port, sizeof(port)) != sizeof(port)) Die("write");
      Hold();
    }
    if (read(ready[0], &spec.port, sizeof(spec.port)) != sizeof(spec.port)) Die("read");
  }
  SayReady({spec.port});
  Hold();
}

[[noreturn]] void Activate(const char* child_name, const Spec& spec) {
  const int opened = Open(spec);
  if (opened != kInheritedFd) {
    dup2(opened, kInheritedFd);
    close(opened);
  }
  const std::uint16_t port = PortOf(kInheritedFd);
  const pid_t child = fork();
  if (child < 0) Die("fork");
  if (child == 0) {
    const std::string text = std::to_string(port);
    execl("/proc/self/exe", "sockets", child_name, "inherited", text.c_str(), nullptr);
    Die("exec");
  }
  Hold();
}

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

[[noreturn]] void Receive(const Spec& spec) {
  constexpr std::int64_t kReportMs = 200;
  std::vector<pollfd> watched{{Open(spec), POLLIN, 0}};
  SayReady({PortOf(watched[0].fd)});
  std::vector<char> buffer(std::size_t{256} << 10);
  std::uint64_t bytes = 0;
  for (std::int64_t next = NowMs();;) {
    poll(watched.data(), watched.size(), static_cast<int>(kReportMs));
    if ((watched[0].revents & POLLIN) != 0) {
      watched.push_back({accept(watched[0].fd, nullptr, nullptr), POLLIN, 0});
    }
    for (pollfd& one : std::span(watched).subspan(1)) {
      if (one.revents == 0) continue;
      const ssize_t got = read(one.fd, buffer.data(), buffer.size());
      if (got > 0) bytes += static_cast<std::uint64_t>(got);
      if (got <= 0) one.fd = -1;  // poll passes over it
    }
    if (NowMs() < next) continue;
    next = NowMs() + kReportMs;
    std::printf("%lld %llu\n", static_cast<long long>(NowMs()),
                static_cast<unsigned long long>(bytes));
    std::fflush(stdout);
  }
}

[[noreturn]] void Send(const std::string& address, std::uint16_t port, double bytes_per_second) {
  using std::chrono::steady_clock;
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  Address to = MakeAddress(false, address, port);
  if (fd < 0 || connect(fd, to.generic(), to.size) != 0) Die("connect");
  SayReady({port});
  const std::vector<char> block(std::size_t{16} << 10, 'x');
  double sent = 0;
  for (const auto start = steady_clock::now();;) {
    const std::chrono::duration<double> since = steady_clock::now() - start;
    while (sent < since.count() * bytes_per_second) {
      const ssize_t n = write(fd, block.data(), block.size());
      if (n <= 0) Die("write");
      sent += static_cast<double>(n);
    }
    usleep(5000);
  }
}

void AllowManyDescriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> args(argv, static_cast<std::size_t>(argc));
  const std::string_view what = argc > 3 ? args[2] : "";
  if (argc > 1) prctl(PR_SET_NAME, args[1]);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_IGN);
  const sigset_t orders = Orders();
  sigprocmask(SIG_BLOCK, &orders, nullptr);
  AllowManyDescriptors();
  if (what == "listen") Listen(args.subspan(3));
  if (what == "group" && argc == 5) Group(std::atoi(args[3]), ParseSpec(args[4]));
  if (what == "activate" && argc == 5) Activate(args[3], ParseSpec(args[4]));
  if (what == "inherited" && argc == 4) {
    SayReady({static_cast<std::uint16_t>(std::atoi(args[3]))});
    Hold();
  }
  if (what == "receive" && argc == 4) Receive(ParseSpec(args[3]));
  if (what == "send" && argc == 6) {
    Send(args[3], static_cast<std::uint16_t>(std::atoi(args[4])), std::atof(args[5]));
  }
  std::fputs("usage: see the top of tests/e2e/sockets.cpp\n", stderr);
  return 2;
}
