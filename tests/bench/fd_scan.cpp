#include "tests/bench/fd_scan.h"

#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace ecsward::bench {
namespace {

constexpr std::uint8_t kListen = 10, kClose = 7;  // TCP_LISTEN, TCP_CLOSE
constexpr std::size_t kDumpBytes = std::size_t{256} << 10;
constexpr std::string_view kSocket = "socket:[";

void ReadWhole(const char* path, std::string& out) {
  out.clear();
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  std::array<char, 65536> piece{};
  for (ssize_t n = 0; (n = read(fd, piece.data(), piece.size())) > 0;) {
    out.append(piece.data(), static_cast<std::size_t>(n));
  }
  close(fd);
}

// The word at `index` of a line, by blanks.
std::string_view Word(std::string_view line, int index) {
  std::size_t at = 0;
  for (;; --index) {
    at = line.find_first_not_of(' ', at);
    if (at == std::string_view::npos) return {};
    const std::size_t end = std::min(line.find(' ', at), line.size());
    if (index == 0) return line.substr(at, end - at);
    at = end;
  }
}

// source: https://docs.kernel.org/networking/proc_net_tcp.html
void Listeners(std::string_view text, std::string_view state, std::vector<Inode>& out) {
  constexpr int kStateWord = 3, kInodeWord = 9;
  for (std::size_t begin = text.find('\n'); begin != std::string_view::npos;) {
    const std::size_t end = text.find('\n', begin + 1);
    const std::string_view line = text.substr(begin + 1, end - begin - 1);
    begin = end;
    if (Word(line, kStateWord) != state) continue;
    const std::string_view word = Word(line, kInodeWord);
    Inode inode = 0;
    std::from_chars(word.data(), word.data() + word.size(), inode);
    out.push_back(inode);
  }
}

bool IsNumber(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

OwnerLinks ScanAllDescriptors() {
  namespace fs = std::filesystem;
  OwnerLinks found;
  std::error_code ignored;
  std::array<char, 64> target{};
  for (const fs::directory_entry& process : fs::directory_iterator("/proc", ignored)) {
    if (!IsNumber(process.path().filename().native())) continue;
    for (const fs::directory_entry& fd : fs::directory_iterator(process.path() / "fd", ignored)) {
      const ssize_t size = readlink(fd.path().c_str(), target.data(), target.size());
      const std::string_view text(target.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
      if (!text.starts_with(kSocket)) continue;
      Inode inode = 0;
      std::from_chars(text.data() + kSocket.size(), text.data() + text.size(), inode);
      found.try_emplace(inode, fd.path().native());
    }
  }
  return found;
}

std::vector<Inode> ListenersFromText() {
  static std::string text;  // its memory is used again
  std::vector<Inode> found;
  for (const char* path : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    ReadWhole(path, text);
    Listeners(text, "0A", found);
  }
  for (const char* path : {"/proc/net/udp", "/proc/net/udp6"}) {
    ReadWhole(path, text);
    Listeners(text, "07", found);
  }
  return found;
}

ListenerDump::ListenerDump()
    : fd_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)), buffer_(kDumpBytes) {
  if (fd_ < 0) std::exit(1);
}
ListenerDump::~ListenerDump() { close(fd_); }

const std::vector<Inode>& ListenerDump::Ask() {
  inodes_.clear();
  for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
    AskOne(family, IPPROTO_TCP, 1U << kListen);
    AskOne(family, IPPROTO_UDP, 1U << kClose);
  }
  return inodes_;
}

void ListenerDump::AskOne(std::uint8_t family, std::uint8_t protocol, std::uint32_t states) {
  struct {
    nlmsghdr header{};
    inet_diag_req_v2 body{};
  } request;
  request.header.nlmsg_len = sizeof(request);
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.body.sdiag_family = family;
  request.body.sdiag_protocol = protocol;
  request.body.idiag_states = states;
  if (send(fd_, &request, sizeof(request), 0) < 0) std::exit(1);
  for (;;) {
    const ssize_t size = recv(fd_, buffer_.data(), buffer_.size(), 0);
    if (size <= 0) std::exit(1);
    for (std::size_t at = 0; at + sizeof(nlmsghdr) <= static_cast<std::size_t>(size);) {
      nlmsghdr header{};
      std::memcpy(&header, buffer_.data() + at, sizeof(header));
      if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) return;
      inet_diag_msg message{};
      std::memcpy(&message, buffer_.data() + at + sizeof(header), sizeof(message));
      inodes_.push_back(message.idiag_inode);
      at += NLMSG_ALIGN(header.nlmsg_len);
    }
  }
}

StatFiles::StatFiles() : buffer_(4096) {
  std::error_code ignored;
  for (const auto& process : std::filesystem::directory_iterator("/proc", ignored)) {
    if (!IsNumber(process.path().filename().native())) continue;
    const int fd = open((process.path() / "stat").c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) fds_.push_back(fd);
  }
}
StatFiles::~StatFiles() {
  for (const int fd : fds_) close(fd);
}

void StatFiles::ReadAll() {
  for (const int fd : fds_) {
    if (pread(fd, buffer_.data(), buffer_.size(), 0) < 0) continue;  // it has ended
  }
}

}  // namespace ecsward::bench
