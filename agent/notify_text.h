// Silences, notifications and routes, for people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/notify_json.h"
#include "exporters/notify/dispatcher.h"
#include "exporters/notify/routing.h"

namespace ecsward {

// A line for each, those that are in force first.
std::string SilencesText(const std::vector<notify::Silence>& silences, std::int64_t now_ms);

// Each channel, what waits and why, what had to be given up.
std::string NotificationsText(const NotificationsPicture& picture, std::int64_t now_ms);

// Which receivers an alert with these labels reaches, by which way through the tree, and what would
// still hold it back (time intervals; inhibition and silences only the daemon knows).
std::string RoutesText(const notify::RoutingConfig& config, const LabelPairs& labels,
                       std::int64_t now_ms);
std::string RoutesJson(const notify::RoutingConfig& config, const LabelPairs& labels,
                       std::int64_t now_ms);

}  // namespace ecsward
