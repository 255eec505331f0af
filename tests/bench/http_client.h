// The smallest HTTP/1.1 client that can measure a server: one keep-alive connection, a request made
// beforehand, answers with Content-Length or chunks. Its own cost is part of every latency it
// reports, so it does nothing else. Errors end the benchmark: half a measurement is none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ecsward::bench {

class HttpClient {
 public:
  // `port` on 127.0.0.1.
  HttpClient(int port, bool gzip);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // False when nobody listens.
  bool Connect();
  // One GET /metrics. The size of the answer's body as sent; 0 when the status is not 200 or the
  // connection broke.
  std::size_t Get();
  // The answer's body as sent (chunks joined).
  std::string Body() const;

 private:
  bool Fill();  // reads more into buffer_

  int port_;
  int socket_ = -1;
  std::string request_;
  std::vector<char> buffer_;
  std::size_t used_ = 0;
  std::size_t body_begin_ = 0;
  bool chunked_ = false;
};

}  // namespace ecsward::bench
