// An HttpClient whose answers a test makes up, and that remembers what it was asked.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/net.h"

namespace ecsward {

class AnsweringHttp final : public HttpClient {
 public:
  using Answer = tl::expected<HttpResponse, NetError>;

  // `answer` may be called by several threads at once.
  explicit AnsweringHttp(std::function<Answer(const HttpRequest&)> answer = {})
      : answer_(std::move(answer)) {}

  Answer Perform(const HttpRequest& request) override {
    std::function<Answer(const HttpRequest&)> answer;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      answer = answer_;
    }
    return answer ? answer(request) : NoConnection();
  }

  void Become(std::function<Answer(const HttpRequest&)> answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  std::vector<HttpRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t count() const { return requests().size(); }

  static HttpResponse Reply(int status, std::string body, HttpHeaders headers = {}) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    response.headers = std::move(headers);
    return response;
  }
  static Answer NoConnection() {
    return tl::unexpected(
        NetError{NetStage::kNotSent, Fail(ErrorCode::kTimeout, "no connection in 1 s")});
  }
  static Answer NoAnswer() {
    return tl::unexpected(
        NetError{NetStage::kMaybeSent, Fail(ErrorCode::kTimeout, "no answer in 10 s")});
  }

 private:
  mutable std::mutex mutex_;
  std::function<Answer(const HttpRequest&)> answer_;
  std::vector<HttpRequest> requests_;
};

// The value of a request's header, whatever the case of its name; "" when it is not there.
inline std::string HeaderOf(const HttpRequest& request, std::string_view lower_case_name) {
  for (const auto& [name, value] : request.headers) {
    std::string lower = name;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (lower == lower_case_name) return value;
  }
  return {};
}

}  // namespace ecsward
