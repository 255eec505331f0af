// `route` and `inhibit_rules` of the configuration.
#pragma once

#include <vector>

#include "exporters/notify/config_reader.h"
#include "exporters/notify/routing.h"

namespace ecsward::notify {

// The tree, with what each route has from its parents. Receivers and time intervals that it names
// are left in reader.uses.
Route ReadRouteTree(ConfigReader& reader, const Spot& spot);

std::vector<InhibitRule> ReadInhibitRules(ConfigReader& reader, const Spot& spot);

}  // namespace ecsward::notify
