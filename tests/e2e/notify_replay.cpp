// Runs the dispatcher over a script in virtual time, so that a test can hold what it says against
// another program that lived through the same in real time.
//
//   notify_replay CONFIG SCRIPT BEGIN END     times in milliseconds since 1970
//
// CONFIG has routes and receivers as an Alertmanager configuration has them. SCRIPT is one JSON
// object a line, ordered by time; labels are what an alert is known by:
//   {"at": 1000, "alert": {"labels": {}, "annotations": {}, "startsAt": 900, "endsAt": 0}}
//   {"at": 1000, "lost": {"labels": {}}}            nobody speaks of it any more
//   {"at": 1000, "silence": {…}}                    as the API takes it, with an id
//   {"at": 1000, "expire": "id"}
// On stdout, one JSON object a line, what would be sent: {"time", "channel", "receiver",
// "groupKey", "groupLabels", "alerts": [{"status", "labels", "annotations", "startsAt", "endsAt",
// "fingerprint"}]}.
#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "exporters/notify/dispatcher.h"
#include "exporters/notify/notify_config.h"

namespace {

using ecsward::LabelPairs;
using ecsward::notify::Dispatcher;
using ecsward::notify::Intent;
using ecsward::notify::NotifiedAlert;
using ecsward::notify::RoutingConfig;
using ecsward::notify::Silence;
using nlohmann::json;

constexpr std::int64_t kStepMs = 100;
constexpr std::int64_t kPictureMs = 1000;  // how often the source names all that fire

LabelPairs ToPairs(const json& object) {
  LabelPairs pairs;
  for (const auto& [name, value] : object.items()) pairs.push_back({name, value});
  return ecsward::Normalized(std::move(pairs));
}

json ToObject(const LabelPairs& pairs) {
  json object = json::object();
  for (const auto& pair : pairs) object[pair.name] = pair.value;
  return object;
}

RoutingConfig ReadConfig(const std::string& path) {
  auto parsed = ecsward::notify::ParseNotify(YAML::LoadFile(path), ".");
  std::string problems;
  for (const auto& problem : parsed.problems) {
    problems += fmt::format("{}:{}: {}: {}\n", path, problem.line, problem.key, problem.message);
  }
  if (!problems.empty()) throw std::runtime_error(problems);
  return std::move(parsed.config);
}

class Replay {
 public:
  explicit Replay(RoutingConfig config) : dispatcher_(std::move(config)) {}

  void Do(const json& event, std::int64_t now_ms) {
    if (event.contains("alert")) {
      Update(event["alert"], now_ms);
    } else if (event.contains("lost")) {
      firing_.erase(ecsward::notify::Fingerprint(ToPairs(event["lost"]["labels"])));
    } else if (event.contains("silence")) {
      auto silence = ecsward::notify::ParseSilence(event["silence"].dump());
      if (!silence) throw std::runtime_error(silence.error().message);
      silences_.push_back(*std::move(silence));
      dispatcher_.SetSilences(silences_);
    } else {
      for (Silence& silence : silences_) {
        if (silence.id == event.at("expire")) silence.ends_at_ms = now_ms;
      }
      dispatcher_.SetSilences(silences_);
    }
  }

  void Step(std::int64_t now_ms) {
    if (now_ms >= next_picture_ms_) {
      dispatcher_.Reconcile({firing_.begin(), firing_.end()}, now_ms);
      next_picture_ms_ = now_ms + kPictureMs;
    }
    for (const Intent& intent : dispatcher_.RunDue(now_ms).intents) Print(intent);
  }

 private:
  void Update(const json& object, std::int64_t now_ms) {
    NotifiedAlert alert;
    alert.labels = ToPairs(object.at("labels"));
    alert.annotations = ToPairs(object.at("annotations"));
    alert.starts_at_ms = object.at("startsAt");
    alert.ends_at_ms = object.value("endsAt", std::int64_t{0});
    alert.updated_at_ms = now_ms;
    const std::uint64_t fingerprint = ecsward::notify::Fingerprint(alert.labels);
    if (alert.ends_at_ms == 0) {
      firing_.insert(fingerprint);
    } else {
      firing_.erase(fingerprint);
    }
    dispatcher_.Update(std::move(alert), now_ms);
  }

  static void Print(const Intent& intent) {
    if (intent.notice.alerts.empty()) return;  // only to be remembered
    json alerts = json::array();
    for (const NotifiedAlert& alert : intent.notice.alerts) {
      const bool resolved = alert.ResolvedAt(intent.notice.at_ms);
      alerts.push_back({{"status", resolved ? "resolved" : "firing"},
                        {"labels", ToObject(alert.labels)},
                        {"annotations", ToObject(alert.annotations)},
                        {"startsAt", alert.starts_at_ms},
                        {"endsAt", alert.ends_at_ms},
                        {"fingerprint", ecsward::notify::FingerprintText(
                                            ecsward::notify::Fingerprint(alert.labels))}});
    }
    const json line = {{"time", intent.notice.at_ms},
                       {"channel", intent.channel},
                       {"receiver", intent.receiver},
                       {"groupKey", intent.notice.group_key},
                       {"groupLabels", ToObject(intent.notice.group_labels)},
                       {"alerts", std::move(alerts)}};
    fmt::print("{}\n", line.dump());
  }

  Dispatcher dispatcher_;
  std::set<std::uint64_t> firing_;
  std::vector<Silence> silences_;
  std::int64_t next_picture_ms_ = 0;
};

void Run(const char* config, const char* script, std::int64_t begin_ms, std::int64_t end_ms) {
  std::vector<json> events;
  std::ifstream in(script);
  for (std::string line; std::getline(in, line);) events.push_back(json::parse(line));
  Replay replay(ReadConfig(config));
  auto event = events.begin();
  for (std::int64_t now_ms = begin_ms; now_ms <= end_ms; now_ms += kStepMs) {
    for (; event != events.end() && event->at("at") <= now_ms; ++event) replay.Do(*event, now_ms);
    replay.Step(now_ms);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr, "usage: notify_replay CONFIG SCRIPT BEGIN END\n");
    return 2;
  }
  try {
    Run(argv[1], argv[2], std::stoll(argv[3]), std::stoll(argv[4]));
    return 0;
  } catch (const std::exception& e) {  // a file that is not what the head of this one says
    fmt::print(stderr, "notify_replay: {}\n", e.what());
    return 1;
  }
}
