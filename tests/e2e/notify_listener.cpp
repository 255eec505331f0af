// Stands in for systemd: a datagram socket for sd_notify(3), each message printed on a line of its
// own with its newlines as spaces. (Node has no Unix datagram sockets.)
//
//   notify_listener SOCKET_PATH     prints "ready" when it listens; runs until killed
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <string_view>

int main(int argc, char** argv) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (argc != 2 || std::strlen(argv[1]) >= sizeof(address.sun_path)) return 2;
  std::strcpy(address.sun_path, argv[1]);
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);  // the API wants this cast
  if (fd < 0 || bind(fd, generic, sizeof(address)) != 0) {
    std::perror(argv[1]);
    return 1;
  }
  std::puts("ready");
  std::fflush(stdout);
  std::array<char, 4096> message{};
  for (;;) {
    const ssize_t n = recv(fd, message.data(), message.size(), 0);
    if (n < 0) return 1;
    std::replace(message.begin(), message.begin() + n, '\n', ' ');
    std::printf("%.*s\n", static_cast<int>(n), message.data());
    std::fflush(stdout);
  }
}
