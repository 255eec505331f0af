// One exchange with one server, by libcurl. Each has a connection and a multi handle of its own:
// alerts are too rare for connections to be kept, and one that the other side closed meanwhile
// would make of every second failure a "maybe sent". The multi handle is there to be woken.
//
// The clock is ours before it is libcurl's: its own timeouts wait for a name lookup that hangs.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace ecsward {

// libcurl's handles are all void*, so that each kind needs a deleter of its own.
struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, ListDeleter>;

class Transfer;

// What ends every call, now and from now on. Thread-safe; outlives the transfers.
class Cancellation {
 public:
  void Cancel();
  bool cancelled() const;

 private:
  friend class Transfer;
  bool Enter(Transfer& transfer);  // false: it is too late
  void Leave(Transfer& transfer);

  mutable std::mutex mutex_;  // guards all below
  bool cancelled_ = false;
  std::set<Transfer*> running_;
};

enum class Ending : std::uint8_t { kFinished, kConnectTimeout, kTimeout, kCancelled };

class Transfer {
 public:
  struct Limits {
    std::chrono::milliseconds connect, whole;
  };

  // Sets what holds for every protocol: no signals, no environment, TLS as trust.h has it.
  explicit Transfer(std::string ca_file);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  bool good() const { return easy_ != nullptr && multi_ != nullptr; }
  template <class T>
  void Set(CURLoption option, T value) {
    if (curl_easy_setopt(easy_.get(), option, value) != CURLE_OK) refused_ = true;
  }
  // Adds to a list, which outlives this. False: no memory.
  static bool Append(CurlList& list, const std::string& line);

  // Blocks. To be called once, with every option set.
  Ending Run(const Limits& limits, Cancellation& cancellation);

  // --- how it went, after Run ---
  CURLcode code() const { return code_; }
  long Info(CURLINFO what) const;
  bool Passed(CURLINFO time) const;  // CURLINFO_…_TIME_T: it came to that
  // It was ended while the system's resolver was at it.
  bool looking_up() const { return looking_up_; }
  bool tls_begun() const { return tls_begun_; }

  // --- for trust.cpp ---
  const std::string& ca_file() const { return ca_file_; }
  void BeginTls() { tls_begun_ = true; }

 private:
  friend class Cancellation;
  Ending Loop(const Limits& limits, const Cancellation& cancellation);
  Ending Late() const;
  void Interrupt();           // from another thread
  void ShutSockets(int how);  // SHUT_RD, SHUT_RDWR
  static curl_socket_t OnOpen(void* user, curlsocktype, curl_sockaddr* address);
  static int OnClose(void* user, curl_socket_t socket);

  std::mutex sockets_mutex_;  // guards the next one; taken after Cancellation's
  std::set<curl_socket_t> sockets_;
  const std::string ca_file_;
  CURLcode code_ = CURLE_FAILED_INIT;
  bool refused_ = false;  // libcurl did not take an option
  bool looking_up_ = false;
  bool tls_begun_ = false;
  // They end in reverse: the easy handle before the multi handle that had it, both before what
  // their callbacks use.
  std::unique_ptr<CURLM, MultiDeleter> multi_;
  std::unique_ptr<CURL, EasyDeleter> easy_;
};

// Ends an exchange, which has a member `transfer` after all that libcurl may still call. libcurl
// waits for a lookup that hangs (30 s, when no name server answers), which is left to a thread.
template <class Exchange>
void End(std::unique_ptr<Exchange> exchange) {
  if (!exchange->transfer.looking_up()) return;
  try {
    std::thread([kept = std::move(exchange)] {}).detach();
  } catch (const std::system_error&) {  // no thread: it is waited for
  }
}

}  // namespace ecsward
