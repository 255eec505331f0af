#include "tests/bench/crowd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace ecsward::bench {
namespace {

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(1);
}

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int Socket() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) Die("socket");
  return fd;
}

std::vector<int> listeners, ports;

void Listen() {
  const int fd = Socket();
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);  // the sockets API wants this cast
  if (bind(fd, generic, size) != 0 || listen(fd, 64) != 0) Die("listen");
  getsockname(fd, generic, &size);
  listeners.push_back(fd);
  ports.push_back(ntohs(address.sin_port));
}

// Both ends stay open, here.
void ConnectTo(std::size_t listener) {
  const int client = Socket();
  const sockaddr_in address = Loopback(ports[listener]);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (connect(client, generic, sizeof(address)) != 0) Die("connect");
  if (accept4(listeners[listener], nullptr, nullptr, SOCK_CLOEXEC) < 0) Die("accept");
}

[[noreturn]] void Idle() {
  for (;;) pause();
}

}  // namespace

Crowd::Crowd(const Size& size) {
  for (int i = 0; i < size.processes; ++i) StartIdler();
  // One process may not be allowed as many descriptors as there are to be sockets.
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const int room = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 20000)) - 100;
  const int holders = (size.listeners + 2 * size.connections) / room + 1;
  for (int i = 0; i < holders; ++i) {
    StartHolder((size.listeners + i) / holders, (size.connections + i) / holders);
  }
}

Crowd::~Crowd() {
  for (const pid_t pid : processes_) kill(pid, SIGKILL);
  for (const pid_t pid : processes_) waitpid(pid, nullptr, 0);
}

void Crowd::StartIdler() {
  const pid_t child = fork();
  if (child < 0) Die("fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    Idle();
  }
  processes_.push_back(child);
  ++idlers_;
}

// Returns when all its sockets are there.
void Crowd::StartHolder(int listener_count, int connection_count) {
  std::array<int, 2> ready{};
  if (pipe2(ready.data(), O_CLOEXEC) != 0) Die("pipe");
  const pid_t child = fork();
  if (child < 0) Die("fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int i = 0; i < listener_count; ++i) Listen();
    for (int i = 0; i < connection_count; ++i) {
      ConnectTo(static_cast<std::size_t>(i) % listeners.size());
    }
    if (write(ready[1], "!", 1) != 1) Die("write");
    Idle();
  }
  close(ready[1]);
  char said = 0;
  const bool fine = read(ready[0], &said, 1) == 1;
  close(ready[0]);
  processes_.push_back(child);
  if (!fine) Die("a holder of sockets gave up");
  connections_ += connection_count;
}

}  // namespace ecsward::bench
