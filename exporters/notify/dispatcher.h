// Alertmanager's heart, without its I/O: which alerts are told to which receivers, grouped, when.
// Alerts and time go in, notices come out; whoever calls it commits them (store.h) and owns the
// clock.
//
// Not thread-safe. Times are milliseconds since 1970.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exporters/notify/notification.h"
#include "exporters/notify/routing.h"
#include "exporters/notify/silence.h"

namespace ecsward::notify {

// What was last told of a group to a channel, by alerts' fingerprints, sorted: Alertmanager's
// notification log.
struct ToldEntry {
  std::vector<std::uint64_t> firing, resolved;
  std::int64_t at_ms = 0;
};

// One notice to be delivered, and what to remember when it is committed. A notice without alerts is
// not delivered, only remembered: the channel wants to hear of no resolved ones, and no other
// fires.
struct Intent {
  std::string receiver;
  std::string channel;  // ChannelKey
  GroupNotice notice;
  ToldEntry told;
};

// Why an alert is not told, for people.
struct AlertVerdict {
  std::vector<std::string> silenced_by;   // silences' ids
  std::vector<std::string> inhibited_by;  // fingerprints of alerts
  std::vector<std::string> receivers;
};

class Dispatcher {
 public:
  explicit Dispatcher(RoutingConfig config);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Another configuration: alerts are routed anew; what was told stays.
  void Configure(RoutingConfig config, std::int64_t now_ms);

  // After a start, before all else. Groups that were told of something are flushed a group_interval
  // after that, others after their group_wait, or at once where an alert has fired for longer.
  void Restore(
      std::vector<NotifiedAlert> alerts,
      std::vector<std::pair<std::string, ToldEntry>> told,  // by channel + '\n' + group key
      std::int64_t now_ms);

  // An alert fires, changed, or is resolved (ends_at_ms set; what lies ahead is taken for now). A
  // resolved one that is not known is left out.
  void Update(NotifiedAlert alert, std::int64_t now_ms);
  // The source's whole picture: fingerprints of all that fire. Those that it has not named for
  // resolve_timeout are resolved; these are given back, to be committed.
  std::vector<NotifiedAlert> Reconcile(const std::vector<std::uint64_t>& firing,
                                       std::int64_t now_ms);

  void SetSilences(std::vector<Silence> silences);

  // Flushes the groups that are due. `forgotten`: alerts that are resolved, told, and no longer
  // needed.
  struct Due {
    std::vector<Intent> intents;
    std::vector<std::uint64_t> forgotten;
  };
  Due RunDue(std::int64_t now_ms);
  // When RunDue next has something to do; nothing: not before the next Update.
  std::optional<std::int64_t> NextDueMs() const;

  // Somebody set the clock: timers, alerts and what was told move with it; silences do not.
  void Shift(std::int64_t delta_ms);

  AlertVerdict VerdictOf(const LabelPairs& labels, std::int64_t now_ms) const;
  std::size_t alerts() const;
  std::size_t groups() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The routes that labels take, in order, and the groups they fall into there.
struct RoutedTo {
  const Route* route = nullptr;
  std::string route_key;  // the way through the tree: `{}/{team="web"}`
  LabelPairs group_labels;
};
std::vector<RoutedTo> RoutesOf(const Route& root, const LabelPairs& labels);

}  // namespace ecsward::notify
