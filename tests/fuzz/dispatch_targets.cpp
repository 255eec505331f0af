#include "tests/fuzz/dispatch_targets.h"

#include <array>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "exporters/notify/dispatcher.h"
#include "exporters/notify/posix_tz.h"
#include "exporters/notify/silence.h"
#include "exporters/notify/time_zone.h"

namespace ecsward {
namespace {

constexpr std::int64_t kMoments[] = {INT64_MIN / 2, -1,           0, 1'700'000'000,
                                     4'000'000'000, INT64_MAX / 2};
constexpr std::int64_t kSecond = 1000;

LabelMatcher Equal(const char* name, const char* value) {
  return *LabelMatcher::Make(MatchType::kEqual, name, value);
}

notify::Receiver MakeReceiver(const char* name, const notify::ChannelSpec& spec) {
  notify::Receiver receiver{name, {}};
  for (const bool send_resolved : {true, false}) {
    notify::ChannelConfig channel;
    channel.spec = &spec;
    channel.index = send_resolved ? 0 : 1;
    channel.send_resolved = send_resolved;
    receiver.channels.push_back(std::move(channel));
  }
  return receiver;
}

// Two routes, a rule that inhibits, short times; `variant` says a little of each.
notify::RoutingConfig MakeConfig(std::uint8_t variant) {
  static const notify::ChannelSpec spec = [] {
    notify::ChannelSpec one;
    one.kind = "webhook";
    return one;
  }();
  notify::RoutingConfig config;
  if (variant % 16 == 15) return config;
  config.route.emplace();
  config.route->receiver = "ops";
  config.route->group_by = {"alertname"};
  config.route->group_by_all = (variant & 1) != 0;
  config.route->group_wait = std::chrono::seconds(variant % 4);
  config.route->group_interval = std::chrono::seconds(1 + variant % 8);
  config.route->repeat_interval = std::chrono::seconds(1 + variant % 32);
  notify::Route child = *config.route;
  child.receiver = "team";
  child.matchers = {Equal("a", "1")};
  child.go_on = (variant & 2) != 0;
  notify::Route other = *config.route;
  other.matchers = {Equal("b", "1")};
  config.route->routes = {child, other};
  config.receivers = {MakeReceiver("ops", spec), MakeReceiver("team", spec)};
  config.inhibit_rules = {{{Equal("a", "1")}, {Equal("b", "1")}, {"alertname"}}};
  config.resolve_timeout = std::chrono::seconds(20);
  return config;
}

// Eight alerts by three bits.
notify::NotifiedAlert MakeAlert(std::uint8_t which) {
  notify::NotifiedAlert alert;
  alert.labels = Normalized({{"a", (which & 1) != 0 ? "1" : ""},
                             {"alertname", (which & 2) != 0 ? "X" : "Y"},
                             {"b", (which & 4) != 0 ? "1" : ""}});
  return alert;
}

[[noreturn]] void Wrong() { std::abort(); }

}  // namespace

// Two bytes are one thing that happens. Nothing due may be left when RunDue returns; and in the
// end, when all alerts are over and told, nothing of them is.
void FuzzDispatcher(std::string_view t) {
  notify::Dispatcher dispatcher(MakeConfig(0));
  std::int64_t now_ms = 1'700'000'000'000;
  std::size_t alive = 0;
  const auto run = [&] {
    auto due = dispatcher.RunDue(now_ms);
    if (const auto next = dispatcher.NextDueMs(); next && *next <= now_ms) Wrong();
    for (const auto& intent : due.intents) {
      if (intent.notice.at_ms != now_ms || intent.told.at_ms != now_ms) Wrong();
      if (intent.notice.alerts.size() > intent.told.firing.size() + intent.told.resolved.size()) {
        Wrong();
      }
    }
    alive = dispatcher.alerts();
  };
  for (; t.size() >= 2; t.remove_prefix(2)) {
    const auto what = static_cast<std::uint8_t>(t[0]), how = static_cast<std::uint8_t>(t[1]);
    notify::NotifiedAlert alert = MakeAlert(how);
    alert.starts_at_ms = now_ms - (how >> 3) * kSecond;
    alert.updated_at_ms = now_ms;
    switch (what % 8) {
      case 0:
      case 1:
        dispatcher.Update(std::move(alert), now_ms);
        break;
      case 2:
        alert.ends_at_ms = now_ms;
        dispatcher.Update(std::move(alert), now_ms);
        break;
      case 3:
      case 4:
        now_ms += how * 100;
        run();
        break;
      case 5: {
        notify::Silence silence;
        silence.id = "s";
        silence.matchers = {Equal((how & 1) != 0 ? "a" : "b", "1")};
        silence.starts_at_ms = now_ms;
        silence.ends_at_ms = now_ms + how * 100;
        dispatcher.SetSilences({silence});
        break;
      }
      case 6: {
        const std::int64_t delta = (how - 128) * kSecond;
        now_ms += delta;
        dispatcher.Shift(delta);
        break;
      }
      case 7:
        if ((how & 1) != 0) {
          dispatcher.Configure(MakeConfig(how), now_ms);
        } else {
          (void)dispatcher.Reconcile({notify::Fingerprint(alert.labels)}, now_ms);
          (void)dispatcher.VerdictOf(alert.labels, now_ms);
        }
        break;
    }
  }
  for (std::uint8_t which = 0; which < 8; ++which) {
    notify::NotifiedAlert alert = MakeAlert(which);
    alert.ends_at_ms = now_ms;
    dispatcher.Update(std::move(alert), now_ms);
  }
  for (int i = 0; i < 3; ++i) {
    now_ms += 40 * kSecond;
    run();
  }
  if (alive != 0 || dispatcher.groups() != 0 || dispatcher.NextDueMs()) Wrong();
}

void FuzzPosixTz(std::string_view t) {
  const auto tz = notify::ParsePosixTz(t);
  if (!tz) return;
  for (const std::int64_t at : kMoments) {
    if (std::abs(tz->OffsetAt(at)) > 100'000) Wrong();
  }
}

void FuzzTimeZone(std::string_view t) {
  const auto zone = notify::TimeZone::Parse(t);
  if (!zone) return;
  for (const std::int64_t at : kMoments) {
    if (std::abs(zone->OffsetAt(at)) > 100'000) Wrong();
  }
}

// What is written is read as the same.
void FuzzSilence(std::string_view t) {
  const auto silence = notify::ParseSilence(t);
  if (!silence) return;
  (void)notify::CheckSilence(*silence);
  const std::string text = notify::ToJsonText(*silence);
  const auto again = notify::ParseSilence(text);
  // A year below 0 or above 9999 (a zone can move it there) is written, but is no date of RFC 3339.
  if (!again) return;
  if (notify::ToJsonText(*again) != text) Wrong();
}

}  // namespace ecsward
