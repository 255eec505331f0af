// Netlink: the kernel's answers as binary messages instead of text. One request ("dump"), many
// messages, one kept-open socket, one reused buffer. What a message means is its collector's
// business. source: https://docs.kernel.org/userspace-api/netlink/intro.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace ecsward {

// The kernel's bytes at `offset` as a number or a plain struct. Zero when there are too few of
// them, as with a field that an older kernel does not have.
template <class T>
T LoadBytes(std::string_view bytes, std::size_t offset = 0) {
  T out{};
  if (bytes.size() >= sizeof(T) && offset <= bytes.size() - sizeof(T)) {
    std::memcpy(&out, bytes.data() + offset, sizeof(T));
  }
  return out;
}

struct NetlinkAttribute {
  std::uint16_t type = 0;  // without the "nested" and "byte order" bits
  std::string_view value;
};

// Takes the next attribute off `bytes`. False at the end, and at a length that cannot be true.
bool NextAttribute(std::string_view& bytes, NetlinkAttribute& out);

// Who takes the messages of a dump.
class NetlinkSink {
 public:
  virtual ~NetlinkSink() = default;
  // A dump begins, perhaps anew: forget what came so far.
  virtual void Begin() = 0;
  // `payload` is what follows the header; it lives until the call returns.
  virtual void Message(std::uint16_t type, std::string_view payload) = 0;
};

// How far a dump has come.
struct DumpProgress {
  bool done = false;
  bool interrupted = false;  // something changed meanwhile: entries may be missing or doubled
  int error = 0;             // errno of the kernel's refusal
};

// Pure: hands the messages of one datagram that carry `sequence` to `sink`. Stops at the first
// length that cannot be true.
void ParseDatagram(std::string_view bytes, std::uint32_t sequence, NetlinkSink& sink,
                   DumpProgress& progress);

// The socket, so that tests can answer in the kernel's place. Errors are negative errno values.
class NetlinkPort {
 public:
  virtual ~NetlinkPort() = default;
  virtual int Open(int protocol) = 0;
  virtual void Close() = 0;
  virtual int Send(std::string_view bytes) = 0;
  // One datagram. A result above `capacity` is the length of one that did not fit.
  virtual std::ptrdiff_t Receive(char* buffer, std::size_t capacity) = 0;
};

// One thread.
class Netlink {
 public:
  // `protocol` is NETLINK_ROUTE, NETLINK_SOCK_DIAG, …. Nothing is opened before the first dump.
  // `port`: null for the real socket.
  explicit Netlink(int protocol, std::unique_ptr<NetlinkPort> port = nullptr);
  ~Netlink();

  // Asks for everything of `type`; `body` follows the header. 0, or an errno: EPERM, EAFNOSUPPORT
  // or EACCES where netlink is forbidden (a sandbox), ENOENT where a diag module is missing,
  // ETIMEDOUT. A dump that the kernel marks as interrupted, and one that overran the socket
  // (ENOBUFS), is asked for once more; what the second try gives stands.
  int Dump(std::uint16_t type, std::string_view body, NetlinkSink& sink);

 private:
  int DumpOnce(std::uint16_t type, std::string_view body, NetlinkSink& sink,
               DumpProgress& progress);

  int protocol_;
  std::unique_ptr<NetlinkPort> port_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  bool open_ = false;
  std::uint32_t sequence_ = 0;
};

}  // namespace ecsward
