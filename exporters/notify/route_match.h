// How routes and groups are named: what ties a group to what was told of it, over restarts too.
#pragma once

#include <string>

#include "exporters/notify/dispatcher.h"

namespace ecsward::notify {

// `{}/{team="web"}:{alertname="DiskFull", instance="a"}`. Two routes may have the same key; then
// what was told to a receiver by the one was told by the other, too.
std::string GroupKey(const RoutedTo& to);

// `{alertname="DiskFull", instance="a"}`, values in Go's quotes.
std::string GroupLabelsText(const LabelPairs& labels);

}  // namespace ecsward::notify
