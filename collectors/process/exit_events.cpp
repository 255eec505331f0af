#include "collectors/process/exit_events.h"

#include <arpa/inet.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "collectors/netlink.h"

namespace ecsward {
namespace {

// A datagram: netlink's header, the connector's, the event's, what the event is about.
constexpr std::size_t kMessage = sizeof(nlmsghdr);
constexpr std::size_t kEvent = kMessage + sizeof(cn_msg);
constexpr std::size_t kAbout = kEvent + 16;  // what, cpu, timestamp_ns
static_assert(sizeof(cn_msg) == 20);

constexpr std::uint32_t kExit = 0x80000000;  // PROC_EVENT_EXIT

constexpr std::size_t kBatch = 32;
constexpr std::size_t kDatagramBytes = 256;  // one is 76 to 84
constexpr int kSocketBytes = 1 << 20;        // some 1,300 exits: the kernel counts its own overhead

constexpr sock_filter Load(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}

// Lets the ends of processes pass and drops all else before it wakes or fills anything. Words are
// loaded as if they were big-endian, so the constants are made to look so.
bool AttachFilter(int fd) {
  std::array<sock_filter, 8> program = {{
      Load(kEvent),
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 5, htonl(kExit)},
      Load(kAbout),  // the thread
      {BPF_MISC | BPF_TAX, 0, 0, 0},
      Load(kAbout + 4),  // its process: the same number for the first thread
      {BPF_JMP | BPF_JEQ | BPF_X, 0, 1, 0},
      {BPF_RET | BPF_K, 0, 0, 0xFFFFFFFF},
      {BPF_RET | BPF_K, 0, 0, 0},
  }};
  const sock_fprog filter{program.size(), program.data()};
  return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}

bool Listen(int fd) {
  const std::uint32_t operation = PROC_CN_MCAST_LISTEN;
  nlmsghdr header{};
  cn_msg message{};
  std::array<char, kEvent + sizeof operation> request{};
  header.nlmsg_len = request.size();
  header.nlmsg_type = NLMSG_DONE;
  message.id.idx = CN_IDX_PROC;
  message.id.val = CN_VAL_PROC;
  message.len = sizeof operation;
  std::memcpy(request.data(), &header, sizeof header);
  std::memcpy(request.data() + kMessage, &message, sizeof message);
  std::memcpy(request.data() + kEvent, &operation, sizeof operation);
  return ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(request.size());
}

}  // namespace

void SetHow(std::uint32_t exit_code, ProcessEnd& out) {
  constexpr std::uint32_t kSignalMask = 0x7F;
  constexpr std::uint32_t kCore = 0x80;
  const std::uint32_t signal = exit_code & kSignalMask;
  out.how = signal == 0 ? ProcessEnd::How::kExit : ProcessEnd::How::kSignal;
  out.number = static_cast<int>(signal == 0 ? (exit_code >> 8U) & 0xFFU : signal);
  out.dumped = signal != 0 && (exit_code & kCore) != 0;
}

void ParseExitEvents(std::string_view datagram,
                     const std::function<void(const ProcessEnd&)>& visit) {
  while (datagram.size() >= kAbout + 12) {
    const auto header = LoadBytes<nlmsghdr>(datagram);
    if (header.nlmsg_len < kAbout + 12 || header.nlmsg_len > datagram.size()) return;
    const auto message = LoadBytes<cn_msg>(datagram, kMessage);
    const auto pid = LoadBytes<std::int32_t>(datagram, kAbout);
    const auto process = LoadBytes<std::int32_t>(datagram, kAbout + 4);
    if (message.id.idx == CN_IDX_PROC && message.id.val == CN_VAL_PROC &&
        LoadBytes<std::uint32_t>(datagram, kEvent) == kExit && pid == process && pid > 0) {
      ProcessEnd end;
      end.pid = pid;
      SetHow(LoadBytes<std::uint32_t>(datagram, kAbout + 8), end);
      visit(end);
    }
    const std::size_t length = (header.nlmsg_len + 3U) & ~std::size_t{3};
    datagram.remove_prefix(std::min(length, datagram.size()));
  }
}

int ExitEvents::Open() {
  OwnedFd fd(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_CONNECTOR));
  if (!fd.open()) return errno;
  if (!AttachFilter(fd.get())) return errno;
  // More with the right to it, else as much as anybody may have.
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kSocketBytes, sizeof kSocketBytes) != 0) {
    (void)::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &kSocketBytes, sizeof kSocketBytes);
  }
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = CN_IDX_PROC;
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return errno;
  }
  if (!Listen(fd.get())) return errno;
  fd_ = std::move(fd);
  buffer_.resize(kBatch * kDatagramBytes);
  return 0;
}

void ExitEvents::Drain(std::size_t most, const std::function<void(const ProcessEnd&)>& visit) {
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> places{};
  std::array<sockaddr_nl, kBatch> senders{};
  for (std::size_t taken = 0; fd_.open() && taken < most;) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      places[i] = {buffer_.data() + i * kDatagramBytes, kDatagramBytes};
      messages[i].msg_hdr = {};
      messages[i].msg_hdr.msg_iov = &places[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      messages[i].msg_hdr.msg_name = &senders[i];
      messages[i].msg_hdr.msg_namelen = sizeof senders[i];
    }
    const int count = ::recvmmsg(fd_.get(), messages.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (count < 0) {
      if (errno != ENOBUFS) return;
      ++overruns_;  // told once; then what is there can be read
      ++taken;
      continue;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      if (senders[i].nl_pid != 0) continue;  // another process pretending to be the kernel
      ParseExitEvents({buffer_.data() + i * kDatagramBytes,
                       std::min<std::size_t>(messages[i].msg_len, kDatagramBytes)},
                      visit);
    }
    taken += static_cast<std::size_t>(count);
    if (static_cast<std::size_t>(count) < kBatch) return;
  }
}

}  // namespace ecsward
