// What a resolved alert's expression would have said: `node_load1 > 4` gives nothing any more, and
// people want to read "1.2", not the 7.5 of when it still fired.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "metrics/history.h"
#include "metrics/labels.h"
#include "rules/promql/query.h"

namespace ecsward {

// The part of an alerting expression whose values are compared, as it stands in the text: of
// `load > 4`, of `4 < load` and of `load > 4 and on() up == 1` it is `load`. "" where nothing is
// compared (`absent(up)`), or more than one thing is (`a > 1 or b > 2`).
std::string WatchedExpression(std::string_view expr_text);

// What the watched expression says now of the series that gave the alert: its labels are `source`,
// or, after a restart, not known any longer (empty), and among `alert_labels`. Nothing: there is no
// such series any longer, or several, or nothing is watched.
std::optional<promql::VectorSample> SampleNow(std::string_view expr_text, const Labels& source,
                                              const LabelPairs& alert_labels,
                                              const History& history,
                                              const promql::QueryOptions& options,
                                              std::int64_t time_ms);

}  // namespace ecsward
