#include "rules/alert_step.h"

namespace ecsward {
namespace {

bool StepGone(Alert& alert, std::int64_t now_ms, const AlertTimes& times) {
  if (alert.state == AlertState::kInactive) {
    return alert.resolved_at_ms != 0 &&
           now_ms - alert.resolved_at_ms <= times.resolved_retention_ms;
  }
  if (alert.state == AlertState::kFiring && times.keep_firing_for_ms > 0) {
    if (alert.keep_firing_since_ms == 0) alert.keep_firing_since_ms = now_ms;
    if (now_ms - alert.keep_firing_since_ms < times.keep_firing_for_ms) return true;
  }
  const bool fired = alert.state == AlertState::kFiring;
  alert.state = AlertState::kInactive;
  alert.resolved_at_ms = now_ms;
  return fired;
}

}  // namespace

bool Step(Alert& alert, bool returned, std::int64_t now_ms, const AlertTimes& times) {
  if (!returned) return StepGone(alert, now_ms, times);
  if (alert.state == AlertState::kInactive) {
    alert.state = AlertState::kPending;
    alert.active_at_ms = now_ms;
    alert.fired_at_ms = alert.resolved_at_ms = 0;
    alert.evidence.clear();
    alert.value_at_resolution.reset();
  }
  alert.keep_firing_since_ms = 0;
  if (alert.state == AlertState::kPending && now_ms - alert.active_at_ms >= times.for_ms) {
    alert.state = AlertState::kFiring;
    alert.fired_at_ms = now_ms;
  }
  return true;
}

bool StepOverOutage(Alert& alert, std::int64_t saved_ms, std::int64_t now_ms, std::int64_t grace_ms,
                    const AlertTimes& times) {
  const std::int64_t away = now_ms - saved_ms;
  if (alert.keep_firing_since_ms != 0) alert.keep_firing_since_ms += away;
  if (alert.state != AlertState::kPending) return true;
  if (away == 0) return true;  // other settings, and no outage
  if (times.for_ms < grace_ms) return false;
  const std::int64_t left = times.for_ms - (saved_ms - alert.active_at_ms);
  if (left <= 0) return true;  // fires at once if the condition still holds
  if (left < grace_ms) {
    alert.active_at_ms = now_ms + grace_ms - times.for_ms;
  } else {
    alert.active_at_ms += away;
  }
  return true;
}

void Shift(Alert& alert, std::int64_t delta_ms) {
  for (std::int64_t* time : {&alert.active_at_ms, &alert.fired_at_ms, &alert.resolved_at_ms,
                             &alert.keep_firing_since_ms}) {
    if (*time != 0) *time += delta_ms;
  }
  for (Evidence& evidence : alert.evidence) {
    evidence.time_ms += delta_ms;
    for (EvidencePeriod& period : evidence.periods) {
      period.from_ms += delta_ms;
      period.to_ms += delta_ms;
    }
  }
}

}  // namespace ecsward
