// year, month, day_of_week, …: of a number of seconds since 1970, in UTC.
#pragma once

#include "rules/promql/instant_functions.h"

namespace ecsward::promql {

// Null for other functions. Any double is welcome: fractions are cut off, and what is no time at
// all (NaN, infinities, beyond 2^63) gives what Prometheus gives on x86.
ValueFunction FindCalendarFunction(FunctionId id);

}  // namespace ecsward::promql
