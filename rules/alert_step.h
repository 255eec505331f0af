// The life of one alert as a pure function: state in, state out. Time is an argument.
#pragma once

#include <cstdint>

#include "rules/alert.h"

namespace ecsward {

struct AlertTimes {
  std::int64_t for_ms = 0;              // how long the condition must hold before it fires
  std::int64_t keep_firing_for_ms = 0;  // how long it goes on firing after the last time it held
  std::int64_t resolved_retention_ms = 900'000;
};

// One evaluation: `returned` says whether the expression gave this alert. An inactive alert that is
// returned begins anew. False: nobody needs to remember this alert any longer.
//
//   inactive ─ returned ─→ pending ─ held `for` ─→ firing ─ gone for keep_firing_for ─→ inactive,
//   and visible as resolved for the retention. A pending one that is gone is forgotten at once.
bool Step(Alert& alert, bool returned, std::int64_t now_ms, const AlertTimes& times);

// An alert as it was saved at `saved_ms`, made ready for `now_ms`: the time in between does not
// count towards `for`. A timer with less than `grace_ms` left gets that long. False: it must begin
// anew (its `for` is shorter than the grace period, as Prometheus has it).
bool StepOverOutage(Alert& alert, std::int64_t saved_ms, std::int64_t now_ms, std::int64_t grace_ms,
                    const AlertTimes& times);

// Moves every time that is set.
void Shift(Alert& alert, std::int64_t delta_ms);

}  // namespace ecsward
