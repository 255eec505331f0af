// The daemon's series in this process: what an expression reads is fetched over the control socket
// and evaluated here.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "agent/daemon_settings.h"
#include "base/result.h"
#include "metrics/history.h"
#include "metrics/labels.h"
#include "rules/promql/query.h"

namespace ecsward {

class RemoteHistory {
 public:
  // Asks the daemon behind `socket` for its settings. errors: as AskDaemon
  Result<void> Connect(std::string socket);
  // Fetches the series that `needs` select, with all the history there is of them.
  Result<void> Fetch(std::span<const HistoryNeed> needs);

  const DaemonSettings& settings() const { return settings_; }
  History& history() { return history_; }
  // Of the daemon's last tick.
  std::int64_t newest_ms() const { return newest_ms_; }

 private:
  void TakePage(std::string_view page, std::span<const HistoryNeed> needs);

  std::string socket_;
  DaemonSettings settings_;
  LabelTable labels_;
  History history_{labels_};
  std::int64_t newest_ms_ = 0;
};

}  // namespace ecsward
