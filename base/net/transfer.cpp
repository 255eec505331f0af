#include "base/net/transfer.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "base/net/trust.h"

namespace ecsward {
namespace {

// By which libcurl's own limits are later than ours. It knows them to give each of several
// addresses its part, and because it waits for the answer to a mail without asking us.
constexpr std::chrono::milliseconds kAfterOurs{200};

}  // namespace

void Cancellation::Cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  for (Transfer* const transfer : running_) transfer->Interrupt();
}

bool Cancellation::cancelled() const {
  const std::lock_guard lock(mutex_);
  return cancelled_;
}

bool Cancellation::Enter(Transfer& transfer) {
  const std::lock_guard lock(mutex_);
  if (!cancelled_) running_.insert(&transfer);
  return !cancelled_;
}

void Cancellation::Leave(Transfer& transfer) {
  const std::lock_guard lock(mutex_);
  running_.erase(&transfer);
}

Transfer::Transfer(std::string ca_file)
    : ca_file_(std::move(ca_file)), multi_(curl_multi_init()), easy_(curl_easy_init()) {
  if (!good()) return;
  Set(CURLOPT_NOSIGNAL, 1L);  // SIGPIPE, which OpenSSL may raise, the daemon ignores anyway
  Set(CURLOPT_PROXY, "");     // not the environment's
  Set(CURLOPT_NOPROXY, "");
  Set(CURLOPT_OPENSOCKETFUNCTION, OnOpen);
  Set(CURLOPT_OPENSOCKETDATA, this);
  Set(CURLOPT_CLOSESOCKETFUNCTION, OnClose);
  Set(CURLOPT_CLOSESOCKETDATA, this);
  Trust(*this);
}

Transfer::~Transfer() {
  // A mail server is told QUIT and would be waited for.
  ShutSockets(SHUT_RD);
  if (good()) (void)curl_multi_remove_handle(multi_.get(), easy_.get());
}

bool Transfer::Append(CurlList& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return false;
  (void)list.release();
  list.reset(longer);
  return true;
}

Ending Transfer::Run(const Limits& limits, Cancellation& cancellation) {
  if (!cancellation.Enter(*this)) return Ending::kCancelled;
  Set(CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>((std::min(limits.connect, limits.whole) + kAfterOurs).count()));
  Set(CURLOPT_TIMEOUT_MS, static_cast<long>((limits.whole + kAfterOurs).count()));
  Ending ending = Ending::kFinished;
  if (!refused_ && curl_multi_add_handle(multi_.get(), easy_.get()) == CURLM_OK) {
    ending = Loop(limits, cancellation);
  }
  cancellation.Leave(*this);
  looking_up_ = ending != Ending::kFinished && !Passed(CURLINFO_NAMELOOKUP_TIME_T);
  return ending;
}

Ending Transfer::Loop(const Limits& limits, const Cancellation& cancellation) {
  using Clock = std::chrono::steady_clock;
  using std::chrono::milliseconds;
  const auto start = Clock::now();
  for (;;) {
    int running = 0;
    if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) return Ending::kFinished;
    if (running == 0) {
      int left = 0;
      const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left);
      if (message != nullptr) code_ = message->data.result;
      // What a closed socket made of it is of no interest.
      if (code_ != CURLE_OK && cancellation.cancelled()) return Ending::kCancelled;
      return code_ == CURLE_OPERATION_TIMEDOUT ? Late() : Ending::kFinished;
    }
    const bool connected = Passed(CURLINFO_PRETRANSFER_TIME_T);
    const milliseconds limit = connected ? limits.whole : std::min(limits.connect, limits.whole);
    const auto left = std::chrono::ceil<milliseconds>(start + limit - Clock::now());
    if (left.count() <= 0) return Late();
    if (cancellation.cancelled()) return Ending::kCancelled;
    if (curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(left.count()), nullptr) !=
        CURLM_OK) {
      return Ending::kFinished;
    }
    if (cancellation.cancelled()) return Ending::kCancelled;
  }
}

Ending Transfer::Late() const {
  return Passed(CURLINFO_PRETRANSFER_TIME_T) ? Ending::kTimeout : Ending::kConnectTimeout;
}

long Transfer::Info(CURLINFO what) const {
  long value = 0;
  (void)curl_easy_getinfo(easy_.get(), what, &value);
  return value;
}

bool Transfer::Passed(CURLINFO time) const {
  curl_off_t microseconds = 0;
  (void)curl_easy_getinfo(easy_.get(), time, &microseconds);
  return microseconds > 0;
}

void Transfer::Interrupt() {
  ShutSockets(SHUT_RDWR);
  (void)curl_multi_wakeup(multi_.get());
}

void Transfer::ShutSockets(int how) {
  const std::lock_guard lock(sockets_mutex_);
  for (const curl_socket_t socket : sockets_) (void)::shutdown(socket, how);
}

curl_socket_t Transfer::OnOpen(void* user, curlsocktype, curl_sockaddr* address) {
  auto& self = *static_cast<Transfer*>(user);
  const std::lock_guard lock(self.sockets_mutex_);
  const curl_socket_t socket =
      ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket >= 0) self.sockets_.insert(socket);
  return socket;
}

int Transfer::OnClose(void* user, curl_socket_t socket) {
  auto& self = *static_cast<Transfer*>(user);
  const std::lock_guard lock(self.sockets_mutex_);
  self.sockets_.erase(socket);
  return ::close(socket);
}

}  // namespace ecsward
