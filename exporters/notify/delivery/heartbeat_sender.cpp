#include "exporters/notify/delivery/heartbeat_sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace ecsward::notify {

void HeartbeatSender::Configure(const Heartbeat& heartbeat, HttpClient* http) {
  const std::lock_guard lock(mutex_);
  heartbeat_ = heartbeat;
  http_ = http;
}

bool HeartbeatSender::on() const {
  const std::lock_guard lock(mutex_);
  return !heartbeat_.url.empty() && http_ != nullptr;
}

std::chrono::milliseconds HeartbeatSender::Beat() {
  const MonoTime begin = clock_.Mono();
  HttpRequest request;
  HttpClient* http = nullptr;
  std::chrono::milliseconds interval{0};
  {
    const std::lock_guard lock(mutex_);
    request.method = heartbeat_.method;
    request.url = heartbeat_.url;
    request.timeout = heartbeat_.timeout;
    request.ca_file = heartbeat_.ca_file;
    interval = heartbeat_.interval;
    http = http_;
  }
  const auto response = http->Perform(request);
  std::string problem;
  if (!response) {
    problem = response.error().error.message;
  } else if (response->status < 200 || response->status > 299) {
    problem = fmt::format("HTTP status {}", response->status);
  }
  ++beats_;
  if (problem.empty()) {
    last_success_ = UnixSeconds(clock_.Wall());
    if (failing_) log_.Info("the heartbeat is heard again");
  } else {
    ++failures_;
    if (!failing_) log_.Warn("the heartbeat is not heard", {{"error", problem}});
  }
  failing_ = !problem.empty();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Mono() - begin);
  return std::max(interval - took, std::chrono::milliseconds(1));
}

}  // namespace ecsward::notify
