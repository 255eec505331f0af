// What a group tells when its time has come: Alertmanager's notification pipeline, without the
// sending.
#pragma once

#include <cstdint>
#include <vector>

#include "exporters/notify/alert_group.h"
#include "exporters/notify/dispatcher.h"
#include "exporters/notify/inhibition.h"
#include "exporters/notify/time_zone.h"
#include "exporters/notify/told_log.h"

namespace ecsward::notify {

struct FlushStages {
  const RoutingConfig& config;
  const Inhibition& inhibition;
  const std::vector<const Silence*>& silences;  // those that are active now
  ToldLog& told;
  TimeZones& zones;

  // Appends an intent for each channel that has to hear something, and remembers it as told.
  void Run(const AlertGroup& group, std::int64_t now_ms, std::vector<Intent>& intents) const;

 private:
  bool IsQuietTime(const Route& route, std::int64_t now_ms) const;
  bool IsSilenced(const LabelPairs& labels) const;
};

}  // namespace ecsward::notify
