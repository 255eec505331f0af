// The module as it was built, for its tests.
#pragma once

#include <stdexcept>
#include <string>

#include "base/net.h"

namespace ecsward {

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// A fresh one, as none was cancelled yet.
inline Network& Net() {
  auto network = LoadNetwork(ECSWARD_MODULE_FOLDER);
  if (!network) throw std::runtime_error(network.error().message);
  return **network;
}

inline HttpRequest To(const std::string& url) {
  HttpRequest request;
  request.url = Secret(url);
  return request;
}

}  // namespace ecsward
