// The floor: what any HTTP server needs at the very least to answer a scrape. It reads a request
// and writes prepared bytes; it parses nothing and serves one connection at a time.
//
//   memory_server PLAIN_FILE GZIP_FILE     prints its port
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

struct Answer {
  std::string head, body;
};

Answer Load(const char* file, std::string_view more) {
  std::ifstream in(file, std::ios::binary);
  Answer a;
  a.body.assign(std::istreambuf_iterator<char>(in), {});
  a.head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n" + std::string(more) +
           "Content-Length: " + std::to_string(a.body.size()) + "\r\n\r\n";
  return a;
}

void Serve(int connection, Answer& plain, Answer& gzip) {
  std::array<char, 4096> request{};
  for (;;) {
    // A client that pipelines nothing sends one request in one segment.
    const ssize_t n = recv(connection, request.data(), request.size(), 0);
    if (n <= 0) return;
    const std::string_view text(request.data(), static_cast<std::size_t>(n));
    Answer& a = text.find("gzip") != std::string_view::npos ? gzip : plain;
    std::array<iovec, 2> parts{{{a.head.data(), a.head.size()}, {a.body.data(), a.body.size()}}};
    if (writev(connection, parts.data(), 2) !=
        static_cast<ssize_t>(a.head.size() + a.body.size())) {
      return;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  Answer plain = Load(argv[1], ""), gzip = Load(argv[2], "Content-Encoding: gzip\r\n");
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
  for (;;) {
    const int connection = accept(listener, nullptr, nullptr);
    if (connection < 0) return 1;
    const int on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    Serve(connection, plain, gzip);
    close(connection);
  }
}
