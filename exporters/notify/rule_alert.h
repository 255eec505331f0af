// What the rules say, as the notifier tells it.
#pragma once

#include <string>

#include "exporters/notify/notification.h"
#include "rules/alert.h"

namespace ecsward::notify {

// A firing or resolved alert, with the external labels it does not have itself and, where there is
// an external URL, a link to its expression, as Prometheus sends them.
NotifiedAlert FromRule(const RuleAlert& rule, const LabelPairs& external_labels,
                       const std::string& external_url);

}  // namespace ecsward::notify
