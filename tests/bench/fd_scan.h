// How a program without a memory finds out who listens: all of /proc/net as text, then every
// descriptor of every process. And the least that one with a memory has to ask.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace ecsward::bench {

using Inode = std::uint64_t;

// The link /proc/PID/fd/N of one process that has the socket open.
using OwnerLinks = std::unordered_map<Inode, std::string>;
OwnerLinks ScanAllDescriptors();

// The inodes of the sockets that listen (UDP: that are bound to nobody), of
// /proc/net/{tcp,udp}{,6}.
std::vector<Inode> ListenersFromText();

// The same by sock_diag, one dump for each of these four, which is not looked at beyond the inodes.
class ListenerDump {
 public:
  ListenerDump();
  ~ListenerDump();
  ListenerDump(const ListenerDump&) = delete;
  ListenerDump& operator=(const ListenerDump&) = delete;
  // Until the next call.
  const std::vector<Inode>& Ask();

 private:
  void AskOne(std::uint8_t family, std::uint8_t protocol, std::uint32_t states);
  int fd_ = -1;
  std::vector<char> buffer_;
  std::vector<Inode> inodes_;
};

// /proc/PID/stat of all processes there are, kept open.
class StatFiles {
 public:
  StatFiles();
  ~StatFiles();
  StatFiles(const StatFiles&) = delete;
  StatFiles& operator=(const StatFiles&) = delete;
  void ReadAll();
  std::size_t size() const { return fds_.size(); }

 private:
  std::vector<int> fds_;
  std::vector<char> buffer_;
};

}  // namespace ecsward::bench
