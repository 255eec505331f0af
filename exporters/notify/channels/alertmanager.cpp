// As Prometheus sends: to every peer, and it is delivered when one of them took it. Whoever is not
// told again of an alert in time takes it as resolved, so each says for how long it stands.
// source: Alertmanager's OpenAPI, api/v2/openapi.yaml, postAlerts
#include "exporters/notify/channels/alertmanager.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "exporters/notify/channels/http_channel.h"
#include "exporters/notify/channels/http_options.h"
#include "exporters/notify/channels/message_text.h"
#include "exporters/notify/channels/one_group.h"
#include "rules/template/go_time.h"
#include "rules/template/json.h"

namespace ecsward::notify {
namespace {

using nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr std::string_view kPath = "/api/v2/alerts";
// A drill must not stand there for a day.
constexpr milliseconds kDrillStands{300'000};

constexpr std::array<ChannelOption, 2> kOwnOptions{{
    {"urls", OptionKind::kList, "",
     "each Alertmanager of the cluster, as http://host:9093 (with its path prefix)", true,
     CheckHttpUrl},
    {"stands_for", OptionKind::kDuration, "24h",
     "a firing alert counts as resolved when it was not sent again for so long; make it longer "
     "than "
     "repeat_interval"},
}};
constexpr auto kOptions = JoinOptions(kOwnOptions, kHttpOptions, kHttpConfigOptions);

std::vector<std::string> Check(const ChannelSettings& settings) {
  std::vector<std::string> problems = CheckHttpConfig(settings);
  if (settings.List("urls").empty()) problems.emplace_back("urls: want at least one");
  if (settings.Duration("stands_for") < milliseconds(60'000)) {
    problems.emplace_back("stands_for: want at least a minute");
  }
  return problems;
}

std::string AlertsUrl(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  if (!url.ends_with(kPath)) url += kPath;
  return url;
}

std::string TimeText(std::int64_t unix_ms) {
  return templates::FormatTime(unix_ms, templates::kJsonTime);
}

ordered_json ToJson(const LabelPairs& pairs) {
  ordered_json object = ordered_json::object();
  for (const LabelPair& pair : pairs) object[pair.name] = pair.value;
  return object;
}

class AlertmanagerChannel final : public Channel {
 public:
  AlertmanagerChannel(const ChannelSettings& settings, const ChannelWorld& world)
      : sender_(settings, world), stands_for_(settings.Duration("stands_for")) {
    sender_.UseHttpConfig(settings);
    for (const std::string& url : settings.List("urls")) {
      peers_.emplace_back(AlertsUrl(url));
      sender_.hidden().HideUrl(peers_.back().Reveal());
    }
  }

  Delivery Send(const Notification& notification, const Attempt&) override {
    const std::string body = Body(notification);
    std::vector<Delivery> failures;
    std::string problems;
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      Delivery delivery =
          sender_.Judge(sender_.Perform(sender_.NewRequest(peers_[i].Reveal(), body)));
      if (delivery.outcome == Delivery::Outcome::kDelivered) continue;
      problems += fmt::format("{}urls[{}]: {}", problems.empty() ? "" : "; ", i, delivery.problem);
      failures.push_back(std::move(delivery));
    }
    Delivery sum = failures.size() == peers_.size() ? Mildest(failures) : Delivery{};
    sum.problem = std::move(problems);
    return sum;
  }

 private:
  std::string Body(const Notification& notification) const {
    const GroupNotice group = AsOneGroup(notification);
    const std::int64_t now = UnixMilliseconds(sender_.Now());
    const bool drill = notification.kind == NoticeKind::kDrill;
    const std::int64_t stands_until = now + (drill ? kDrillStands : stands_for_).count();
    ordered_json alerts = ordered_json::array();
    for (const NotifiedAlert& alert : group.alerts) {
      ordered_json labels = ToJson(alert.labels);
      if (drill) labels["drill"] = "true";
      const bool resolved = alert.ResolvedAt(std::max(now, group.at_ms));
      alerts.push_back({{"labels", std::move(labels)},
                        {"annotations", ToJson(alert.annotations)},
                        {"startsAt", TimeText(alert.starts_at_ms)},
                        {"endsAt", TimeText(resolved ? alert.ends_at_ms : stands_until)},
                        {"generatorURL", alert.generator_url}});
    }
    return DumpJson(alerts);
  }

  // What may have arrived at one may have arrived; what one may take later is tried again.
  static Delivery Mildest(const std::vector<Delivery>& failures) {
    const auto rank = [](const Delivery& delivery) {
      switch (delivery.outcome) {
        case Delivery::Outcome::kUnclear:
          return 0;
        case Delivery::Outcome::kRetry:
          return 1;
        default:
          return 2;
      }
    };
    return *std::min_element(
        failures.begin(), failures.end(),
        [&](const Delivery& a, const Delivery& b) { return rank(a) < rank(b); });
  }

  HttpSender sender_;
  const milliseconds stands_for_;
  std::vector<Secret> peers_;
};

}  // namespace

constinit const ChannelSpec kAlertmanagerChannel{
    .kind = "alertmanager",
    .help = "alerts to one's own Alertmanager, or to all of a cluster",
    .options = kOptions,
    .limits = {},
    .check = Check,
    .make = [](const ChannelSettings& settings,
               const ChannelWorld& world) -> std::unique_ptr<Channel> {
      return std::make_unique<AlertmanagerChannel>(settings, world);
    },
};

}  // namespace ecsward::notify
