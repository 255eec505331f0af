// A dispatcher in a world where time is a number: says what was told in short texts, such as
// "12.0 ops/webhook[0] {}:{alertname="X"} +a -b" (a fires, b is resolved), seconds since the start.
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/notify/dispatcher.h"

namespace ecsward::notify {

inline constexpr std::int64_t kStart = 1'700'000'000'000;
inline constexpr std::int64_t kSecond = 1000;

inline LabelMatcher Equal(std::string name, std::string value) {
  return *LabelMatcher::Make(MatchType::kEqual, std::move(name), std::move(value));
}
inline LabelMatcher Regexp(std::string name, std::string value) {
  return *LabelMatcher::Make(MatchType::kRegexp, std::move(name), std::move(value));
}

inline const ChannelSpec& WebhookSpec() {
  static const ChannelSpec spec = [] {
    ChannelSpec one;
    one.kind = "webhook";
    return one;
  }();
  return spec;
}

inline Receiver MakeReceiver(std::string name, std::vector<bool> send_resolved = {true}) {
  Receiver receiver{std::move(name), {}};
  for (const bool send : send_resolved) {
    ChannelConfig channel;
    channel.spec = &WebhookSpec();
    channel.index = static_cast<int>(receiver.channels.size());
    channel.send_resolved = send;
    receiver.channels.push_back(std::move(channel));
  }
  return receiver;
}

// One route to "ops", by alertname: waits 10 s, ticks every 30 s, repeats after 5 min.
inline RoutingConfig OneRoute() {
  RoutingConfig config;
  config.route.emplace();
  config.route->receiver = "ops";
  config.route->group_by = {"alertname"};
  config.route->group_wait = std::chrono::seconds(10);
  config.route->group_interval = std::chrono::seconds(30);
  config.route->repeat_interval = std::chrono::minutes(5);
  config.receivers.push_back(MakeReceiver("ops"));
  return config;
}

class DispatchWorld {
 public:
  explicit DispatchWorld(RoutingConfig config = OneRoute()) : dispatcher(std::move(config)) {}

  std::int64_t now_ms() const { return now_ms_; }

  static NotifiedAlert Alert(LabelPairs labels) {
    NotifiedAlert alert;
    alert.labels = Normalized(std::move(labels));
    return alert;
  }

  // They go on firing with the same start until they are resolved.
  void Fire(LabelPairs labels, std::int64_t started_ago_ms = 0) {
    NotifiedAlert alert = Alert(std::move(labels));
    alert.starts_at_ms = now_ms_ - started_ago_ms;
    alert.updated_at_ms = now_ms_;
    dispatcher.Update(std::move(alert), now_ms_);
  }
  void Resolve(LabelPairs labels, std::int64_t started_ago_ms = 0) {
    NotifiedAlert alert = Alert(std::move(labels));
    alert.starts_at_ms = now_ms_ - started_ago_ms;
    alert.ends_at_ms = alert.updated_at_ms = now_ms_;
    dispatcher.Update(std::move(alert), now_ms_);
  }

  // Runs everything that is due until `seconds` after the start, each at its moment.
  void RunTo(double seconds) {
    const std::int64_t end = kStart + static_cast<std::int64_t>(seconds * 1000);
    for (auto due = dispatcher.NextDueMs(); due && *due <= end; due = dispatcher.NextDueMs()) {
      now_ms_ = std::max(now_ms_, *due);
      Run();
    }
    now_ms_ = end;
  }
  void Run() {
    auto due = dispatcher.RunDue(now_ms_);
    for (Intent& intent : due.intents) {
      said.push_back(Describe(intent));
      intents.push_back(std::move(intent));
    }
    forgotten += due.forgotten.size();
  }

  // Somebody sets the clock, and everybody is told.
  void SetClock(std::int64_t delta_ms) {
    now_ms_ += delta_ms;
    dispatcher.Shift(delta_ms);
  }

  // What was said since the last call.
  std::vector<std::string> Said() { return std::exchange(said, {}); }

  static std::string Describe(const Intent& intent) {
    std::string out =
        fmt::format("{:.1f} {} {}", static_cast<double>(intent.notice.at_ms - kStart) / 1000,
                    intent.channel, intent.notice.group_key);
    for (const NotifiedAlert& alert : intent.notice.alerts) {
      out += alert.ResolvedAt(intent.notice.at_ms) ? " -" : " +";
      out += Get(alert.labels, "n");
    }
    return out;
  }

  Dispatcher dispatcher;
  std::vector<Intent> intents;
  std::vector<std::string> said;
  std::size_t forgotten = 0;

 private:
  std::int64_t now_ms_ = kStart;
};

using Texts = std::vector<std::string>;

}  // namespace ecsward::notify
