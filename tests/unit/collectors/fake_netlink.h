// A kernel's netlink for tests: bytes put together by hand, and a socket that answers with them.
#pragma once

#include <linux/netlink.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/netlink.h"

namespace ecsward {

template <class T>
std::string Bytes(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

inline std::string Attribute(std::uint16_t type, std::string_view value) {
  nlattr header{};
  header.nla_len = static_cast<std::uint16_t>(sizeof header + value.size());
  header.nla_type = type;
  std::string out = Bytes(header).append(value);
  out.resize((out.size() + 3) & ~std::size_t{3}, '\0');
  return out;
}

inline std::string NetlinkBytes(std::uint16_t type, std::string_view payload,
                                std::uint16_t flags = 0, std::uint32_t sequence = 0) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + payload.size());
  header.nlmsg_type = type;
  header.nlmsg_flags = flags;
  header.nlmsg_seq = sequence;
  std::string out = Bytes(header).append(payload);
  out.resize((out.size() + 3) & ~std::size_t{3}, '\0');
  return out;
}

inline std::string DumpEnd(std::uint16_t flags = 0) {
  return NetlinkBytes(NLMSG_DONE, Bytes(std::int32_t{0}), flags);
}

// Answers the first request with the first list of datagrams, and so on; the last list again and
// again. A message whose sequence is 0 gets the request's.
class FakeNetlinkPort final : public NetlinkPort {
 public:
  struct Datagram {
    int error = 0;  // instead of bytes
    std::string bytes;
  };
  // What the test looks at; outlives the port.
  struct Log {
    int opened = 0, closed = 0, requests = 0;
    int open_error = 0;
  };

  FakeNetlinkPort(std::vector<std::vector<Datagram>> answers, Log& log)
      : answers_(std::move(answers)), log_(log) {}

  int Open(int) override {
    if (log_.open_error != 0) return -log_.open_error;
    ++log_.opened;
    return 0;
  }
  void Close() override {
    ++log_.closed;
    queue_.clear();
  }
  int Send(std::string_view bytes) override {
    sequence_ = LoadBytes<nlmsghdr>(bytes).nlmsg_seq;
    const auto at = std::min(static_cast<std::size_t>(log_.requests), answers_.size() - 1);
    ++log_.requests;
    queue_.assign(answers_[at].begin(), answers_[at].end());
    return 0;
  }
  std::ptrdiff_t Receive(char* buffer, std::size_t capacity) override {
    if (queue_.empty()) return -ETIMEDOUT;
    Datagram datagram = std::move(queue_.front());
    queue_.pop_front();
    if (datagram.error != 0) return -datagram.error;
    std::string& bytes = datagram.bytes;
    for (std::size_t at = 0; at + sizeof(nlmsghdr) <= bytes.size();) {
      auto header = LoadBytes<nlmsghdr>(bytes, at);
      if (header.nlmsg_seq == 0) header.nlmsg_seq = sequence_;
      std::memcpy(bytes.data() + at, &header, sizeof header);
      if (header.nlmsg_len < sizeof header) break;
      at += (header.nlmsg_len + 3) & ~std::size_t{3};
    }
    std::memcpy(buffer, bytes.data(), std::min(capacity, bytes.size()));
    return static_cast<std::ptrdiff_t>(bytes.size());
  }

 private:
  std::vector<std::vector<Datagram>> answers_;
  Log& log_;
  std::deque<Datagram> queue_;
  std::uint32_t sequence_ = 0;
};

}  // namespace ecsward
