// What the parts of the configuration say of each other: receivers and time intervals that somebody
// names and nobody defines, fallbacks that go in a circle.
#pragma once

#include "exporters/notify/config_reader.h"
#include "exporters/notify/routing.h"

namespace ecsward::notify {

void CheckLinks(ConfigReader& reader, const RoutingConfig& config);

}  // namespace ecsward::notify
