// What is spoken on the control socket: one request a connection.
//
//   client: one line of JSON   {"request": "alerts"}
//   daemon: one line of JSON   {"status": "ok", "parts": [512]}, and behind it the parts' bytes
//           or                 {"status": "error", "error": "…"}
//
//   settings   what an evaluation needs to know of the daemon, as JSON
//   alerts     pending and firing alerts and those lately resolved, as JSON
//   rules      each rule's health, as JSON
//   ports      who listens where, as JSON
//   silences   all silences, as Alertmanager's API writes them
//   silence_add     argument: a silence as JSON; answers its id
//   silence_expire  argument: an id
//   notifications   what waits to be sent, what could not be, and each channel's figures, as JSON
//   drill      argument: a receiver; answers the drills' ids, one a line
//   status     who used the host lately, as JSON; the page of the last tick; the alerts, as JSON
//   history    first part: a checkpoint (metrics/history_checkpoint.h) of the series that match;
//              second part: the page of the last tick, for series whose history nobody keeps;
//              third part: the settings
//
// The work of a query is done by the client, so that no query can hold up the daemon or eat its
// memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metrics/label_matcher.h"

namespace ecsward {

struct ControlRequest {
  enum class What : std::uint8_t {
    kSettings,
    kAlerts,
    kRules,
    kHistory,
    kPorts,
    kStatus,
    kSilences,
    kSilenceAdd,
    kSilenceExpire,
    kNotifications,
    kDrill,
  };
  What what = What::kSettings;
  std::vector<std::vector<LabelMatcher>> series = {};  // for kHistory: selectors
  std::string argument = {};
};

inline constexpr std::size_t kMaxControlRequestBytes = std::size_t{256} << 10;
inline constexpr std::size_t kMaxControlSeries = 2000;

// Whether the answer may wait for the disk: it is then not for the event loop's own thread.
bool MayWait(ControlRequest::What what);

// The line, with its end. ParseControlRequest reads it back.
std::string ToLine(const ControlRequest& request);
// errors: kInvalidArgument, for people
Result<ControlRequest> ParseControlRequest(std::string_view line);

// The first line of an answer, with its end.
std::string OkLine(const std::vector<std::string>& parts);
std::string ErrorLine(std::string_view message);
// The sizes of the parts that follow. errors: kInvalidArgument with what the daemon said; kParse
Result<std::vector<std::size_t>> ParseAnswerLine(std::string_view line);

}  // namespace ecsward
