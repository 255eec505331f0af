// Port checks over HTTP and TLS with libcurl's multi interface: one thread, all questions at once.
//
// A certificate that does not verify must still tell when it ends, so the handshake itself accepts
// every one: OpenSSL remembers its verdict, and libcurl refuses by that before anything is sent.
#include "collectors/ports/netcheck.h"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace ecsward {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{64} << 10;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One question being asked. Does not move: libcurl has its address.
struct Asking {
  std::unique_ptr<curl_slist, ListDeleter> connect_to;
  std::unique_ptr<CURL, EasyDeleter> easy;
  NetAnswer answer;
  std::size_t header_bytes = 0;
  bool cut = false;
  bool done = false;
  char error[CURL_ERROR_SIZE] = "";
};

std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* user) {
  auto& asking = *static_cast<Asking*>(user);
  const std::size_t bytes = size * count;
  const std::size_t room = NetQuestion::kMaxBody - asking.answer.body.size();
  asking.answer.body.append(data, bytes < room ? bytes : room);
  asking.cut = bytes >= room;
  return asking.cut ? 0 : bytes;  // 0 ends the transfer: enough was read
}

std::size_t OnHeader(char*, std::size_t size, std::size_t count, void* user) {
  auto& asking = *static_cast<Asking*>(user);
  asking.header_bytes += size * count;
  return asking.header_bytes > kMaxHeaderBytes ? 0 : size * count;
}

int OnVerify(int, X509_STORE_CTX* store) {
  const auto* const ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const asking =
      ssl == nullptr ? nullptr : static_cast<Asking*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  const X509* const leaf = X509_STORE_CTX_get0_cert(store);
  std::tm end{};
  if (asking != nullptr && leaf != nullptr &&
      ASN1_TIME_to_tm(X509_get0_notAfter(leaf), &end) == 1) {
    asking->answer.certificate_ends = ::timegm(&end);
  }
  return 1;
}

CURLcode OnContext(CURL*, void* context, void* user) {
  auto* const ssl = static_cast<SSL_CTX*>(context);
  SSL_CTX_set_app_data(ssl, user);
  SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, OnVerify);
  return CURLE_OK;
}

NetAnswer::Failure FailureOf(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return NetAnswer::Failure::kNone;
    case CURLE_COULDNT_CONNECT:
      return NetAnswer::Failure::kRefused;
    case CURLE_OPERATION_TIMEDOUT:
      return NetAnswer::Failure::kTimeout;
    case CURLE_PEER_FAILED_VERIFICATION:
      return NetAnswer::Failure::kCertificate;
    default:
      return NetAnswer::Failure::kProtocol;
  }
}

std::string InUrl(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

template <class T>
void Set(Asking& asking, CURLoption option, T value) {
  (void)curl_easy_setopt(asking.easy.get(), option, value);
}

// The folder of authorities by the hash of their names, of which a handshake reads the one it
// needs; the usual file with all of them costs some 35 ms of CPU for every handshake. Empty where
// there is no such folder: then that file it is.
const std::string& AuthorityFolder() {
  static const std::string found = [] {
    std::string folder = X509_get_default_cert_dir();
    std::error_code ec;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ec)) {
      if (entry.path().extension() == ".0") return folder;
    }
    return std::string();
  }();
  return found;
}

bool Prepare(const NetQuestion& question, Asking& asking) {
  asking.easy.reset(curl_easy_init());
  if (!asking.easy) return false;
  const std::string address = question.address.empty() ? "localhost" : InUrl(question.address);
  const std::string host = question.host.empty() ? address : question.host;
  const std::string port = std::to_string(question.port);
  const std::string url =
      (question.tls ? "https://" : "http://") + host + ":" + port + question.path;
  asking.connect_to.reset(curl_slist_append(nullptr, ("::" + address + ":" + port).c_str()));

  Set(asking, CURLOPT_URL, url.c_str());
  Set(asking, CURLOPT_CONNECT_TO, asking.connect_to.get());
  Set(asking, CURLOPT_PATH_AS_IS, 1L);
  Set(asking, CURLOPT_PROXY, "");
  Set(asking, CURLOPT_FOLLOWLOCATION, 0L);
  Set(asking, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Set(asking, CURLOPT_USERAGENT, "ecsward");
  Set(asking, CURLOPT_NOSIGNAL, 1L);
  Set(asking, CURLOPT_TIMEOUT_MS, static_cast<long>(question.timeout.count()));
  Set(asking, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(question.timeout.count()));
  Set(asking, CURLOPT_FORBID_REUSE, 1L);
  Set(asking, CURLOPT_SSL_SESSIONID_CACHE, 0L);  // a resumed session shows no certificate
  Set(asking, CURLOPT_SSL_VERIFYPEER, question.insecure ? 0L : 1L);
  Set(asking, CURLOPT_SSL_VERIFYHOST, question.insecure ? 0L : 2L);
  const std::string& folder = AuthorityFolder();
  if (!question.ca_file.empty()) {
    Set(asking, CURLOPT_CAINFO, question.ca_file.c_str());
  } else if (question.insecure || !folder.empty()) {
    Set(asking, CURLOPT_CAINFO, static_cast<const char*>(nullptr));
    Set(asking, CURLOPT_CAPATH, question.insecure ? nullptr : folder.c_str());
  }
  Set(asking, CURLOPT_SSL_CTX_FUNCTION, OnContext);
  Set(asking, CURLOPT_SSL_CTX_DATA, &asking);
  Set(asking, CURLOPT_WRITEFUNCTION, OnBody);
  Set(asking, CURLOPT_WRITEDATA, &asking);
  Set(asking, CURLOPT_HEADERFUNCTION, OnHeader);
  Set(asking, CURLOPT_HEADERDATA, &asking);
  Set(asking, CURLOPT_ERRORBUFFER, asking.error);
  Set(asking, CURLOPT_PRIVATE, &asking);
  if (!question.http) Set(asking, CURLOPT_CONNECT_ONLY, 1L);
  return true;
}

void Finish(CURLcode code, Asking& asking) {
  asking.done = true;
  NetAnswer& answer = asking.answer;
  // Enough was read; that is our own word, not the server's failure.
  if (code == CURLE_WRITE_ERROR && asking.cut) code = CURLE_OK;
  long status = 0;
  curl_off_t microseconds = 0;
  (void)curl_easy_getinfo(asking.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  (void)curl_easy_getinfo(asking.easy.get(), CURLINFO_TOTAL_TIME_T, &microseconds);
  answer.failure = FailureOf(code);
  answer.status = static_cast<int>(status);
  answer.seconds = static_cast<double>(microseconds) / 1e6;
  if (code != CURLE_OK) {
    answer.problem = asking.error[0] != '\0' ? asking.error : curl_easy_strerror(code);
  }
}

class CurlCheck final : public NetCheck {
 public:
  std::vector<NetAnswer> Ask(std::span<const NetQuestion> questions) override {
    // Before the askings: they end first, and with them libcurl's view of the multi handle.
    const std::unique_ptr<CURLM, MultiDeleter> multi(curl_multi_init());
    std::vector<std::unique_ptr<Asking>> askings;
    std::chrono::milliseconds longest{0};
    for (const NetQuestion& question : questions) {
      askings.push_back(std::make_unique<Asking>());
      Asking& asking = *askings.back();
      longest = std::max(longest, question.timeout);
      if (!multi || !Prepare(question, asking) ||
          curl_multi_add_handle(multi.get(), asking.easy.get()) != CURLM_OK) {
        asking.answer.problem = "libcurl has no handle left";
      }
    }
    if (multi) Run(multi.get(), std::chrono::steady_clock::now() + longest + kGrace);
    std::vector<NetAnswer> out;
    for (const auto& asking : askings) {
      if (!asking->done && asking->easy && asking->answer.problem.empty()) {
        Finish(CURLE_OPERATION_TIMEDOUT, *asking);
      }
      if (multi && asking->easy) (void)curl_multi_remove_handle(multi.get(), asking->easy.get());
      out.push_back(std::move(asking->answer));
    }
    return out;
  }

 private:
  // libcurl ends each transfer at its own timeout; this is for the day it does not.
  static constexpr std::chrono::milliseconds kGrace{1000};

  static void Run(CURLM* multi, std::chrono::steady_clock::time_point deadline) {
    int running = 1;
    while (running > 0 && std::chrono::steady_clock::now() < deadline) {
      if (curl_multi_perform(multi, &running) != CURLM_OK) return;
      int left = 0;
      while (const CURLMsg* const message = curl_multi_info_read(multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        char* asking = nullptr;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &asking);
        if (asking != nullptr) Finish(message->data.result, *reinterpret_cast<Asking*>(asking));
      }
      if (running > 0 && curl_multi_poll(multi, nullptr, 0, 200, nullptr) != CURLM_OK) return;
    }
  }
};

}  // namespace
}  // namespace ecsward

extern "C" __attribute__((visibility("default"))) ecsward::NetCheck* EcswardNetCheck1() {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return nullptr;
  return new ecsward::CurlCheck;
}
