// What others answer in the tests of cloud/, for FakeHttp.
#pragma once

#include <cctype>
#include <string>
#include <string_view>
#include <utility>

#include "tests/unit/base/fake_network.h"

namespace ecsward {

inline HttpResponse Reply(int status, std::string body, HttpHeaders headers = {}) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  return response;
}

inline HttpOutcome NoConnection() {
  return tl::unexpected(
      NetError{NetStage::kNotSent, Fail(ErrorCode::kTimeout, "no connection in 1 s")});
}

inline HttpOutcome NoAnswer() {
  return tl::unexpected(
      NetError{NetStage::kMaybeSent, Fail(ErrorCode::kTimeout, "no answer in 10 s")});
}

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
