#include "collectors/netlink.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace ecsward {
namespace {

// The kernel fills datagrams of up to 32 KiB when it sees such a buffer: fewer calls for long
// dumps.
constexpr std::size_t kUsualBuffer = std::size_t{32} << 10;
constexpr std::size_t kMaxBuffer = std::size_t{1} << 20;  // one message of a link with many VFs
constexpr std::size_t kMaxDatagrams = 1 << 16;            // no kernel ends a dump later than this

std::size_t Aligned(std::size_t n) { return (n + 3) & ~std::size_t{3}; }

class KernelPort final : public NetlinkPort {
 public:
  ~KernelPort() override { KernelPort::Close(); }

  int Open(int protocol) override {
    fd_ = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd_ < 0) return -errno;
    // Dumps are answered within the call that asks; the timeout is for the day they are not.
    const timeval timeout{.tv_sec = 1, .tv_usec = 0};
    (void)::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    return 0;
  }

  void Close() override {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  int Send(std::string_view bytes) override {
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    const ssize_t n = ::sendto(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);
    return n < 0 ? -errno : 0;
  }

  std::ptrdiff_t Receive(char* buffer, std::size_t capacity) override {
    for (;;) {
      sockaddr_nl from{};
      socklen_t length = sizeof from;
      const ssize_t n =
          ::recvfrom(fd_, buffer, capacity, MSG_TRUNC, reinterpret_cast<sockaddr*>(&from), &length);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno == EAGAIN ? -ETIMEDOUT : -errno;
      if (from.nl_pid != 0) continue;  // another process pretending to be the kernel
      return n;
    }
  }

 private:
  int fd_ = -1;
};

}  // namespace

bool NextAttribute(std::string_view& bytes, NetlinkAttribute& out) {
  if (bytes.size() < sizeof(nlattr)) return false;
  const auto header = LoadBytes<nlattr>(bytes);
  if (header.nla_len < sizeof(nlattr) || header.nla_len > bytes.size()) return false;
  out.type = static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK);
  out.value = bytes.substr(sizeof(nlattr), header.nla_len - sizeof(nlattr));
  bytes.remove_prefix(std::min(Aligned(header.nla_len), bytes.size()));
  return true;
}

void ParseDatagram(std::string_view bytes, std::uint32_t sequence, NetlinkSink& sink,
                   DumpProgress& progress) {
  while (bytes.size() >= sizeof(nlmsghdr) && !progress.done && progress.error == 0) {
    const auto header = LoadBytes<nlmsghdr>(bytes);
    if (header.nlmsg_len < sizeof(nlmsghdr) || header.nlmsg_len > bytes.size()) return;
    const std::string_view payload =
        bytes.substr(sizeof(nlmsghdr), header.nlmsg_len - sizeof(nlmsghdr));
    bytes.remove_prefix(std::min(Aligned(header.nlmsg_len), bytes.size()));
    if (header.nlmsg_seq != sequence) continue;  // the rest of an answer we gave up on
    if ((header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) progress.interrupted = true;
    switch (header.nlmsg_type) {
      case NLMSG_NOOP:
        break;
      case NLMSG_ERROR:
      case NLMSG_DONE: {
        // Both begin with a negative errno; 0 is success.
        const auto error = LoadBytes<std::int32_t>(payload);
        if (error < 0 && error > -4096) progress.error = -error;
        progress.done = true;
        break;
      }
      default:
        sink.Message(header.nlmsg_type, payload);
    }
  }
}

Netlink::Netlink(int protocol, std::unique_ptr<NetlinkPort> port)
    : protocol_(protocol), port_(port ? std::move(port) : std::make_unique<KernelPort>()) {}

Netlink::~Netlink() = default;

int Netlink::Dump(std::uint16_t type, std::string_view body, NetlinkSink& sink) {
  int error = 0;
  // Room for one retry after an interruption or overrun, and for a buffer that has to grow.
  for (int attempt = 0, retries = 0; attempt < 4; ++attempt) {
    DumpProgress progress;
    sink.Begin();
    error = DumpOnce(type, body, sink, progress);
    if (error == 0 && !progress.interrupted) return 0;
    if (error != 0 && open_) {
      // What is still queued belongs to nobody: start clean.
      port_->Close();
      open_ = false;
    }
    if (error == EMSGSIZE) continue;  // the buffer has grown
    if (error != 0 && error != ENOBUFS) return error;
    if (retries++ == 1) return error;
  }
  return error;
}

int Netlink::DumpOnce(std::uint16_t type, std::string_view body, NetlinkSink& sink,
                      DumpProgress& progress) {
  if (!open_) {
    if (const int opened = port_->Open(protocol_); opened < 0) return -opened;
    open_ = true;
  }
  if (!buffer_) {
    capacity_ = kUsualBuffer;
    buffer_ = std::make_unique_for_overwrite<char[]>(capacity_);
  }

  std::array<char, 256> request{};
  nlmsghdr header{};
  const std::size_t length = sizeof header + body.size();
  if (length > request.size()) return EINVAL;
  header.nlmsg_len = static_cast<std::uint32_t>(length);
  header.nlmsg_type = type;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header.nlmsg_seq = ++sequence_;
  std::memcpy(request.data(), &header, sizeof header);
  std::memcpy(request.data() + sizeof header, body.data(), body.size());
  if (const int sent = port_->Send({request.data(), length}); sent < 0) return -sent;

  for (std::size_t datagrams = 0; datagrams < kMaxDatagrams; ++datagrams) {
    const std::ptrdiff_t n = port_->Receive(buffer_.get(), capacity_);
    if (n < 0) return static_cast<int>(-n);
    const auto size = static_cast<std::size_t>(n);
    if (size > capacity_) {
      if (size > kMaxBuffer) return EFBIG;
      while (capacity_ < size) capacity_ *= 2;
      buffer_ = std::make_unique_for_overwrite<char[]>(capacity_);
      return EMSGSIZE;
    }
    ParseDatagram({buffer_.get(), size}, sequence_, sink, progress);
    if (progress.error != 0) return progress.error;
    if (progress.done) return 0;
  }
  return EIO;
}

}  // namespace ecsward
