#include "collectors/timex.h"

#include <cmath>

namespace ecsward {
namespace {

using enum MetricType;

constexpr Metric kSyncStatus{"node_timex_sync_status",
                             "1 when the clock is synchronised to a reliable server, else 0.",
                             kGauge};
constexpr Metric kOffset{"node_timex_offset_seconds",
                         "Offset between the local clock and its reference.", kGauge};
constexpr Metric kOverflow{"node_timex_offset_overflow_total",
                           "Readings of an offset above 4 s, which the kernel cannot mean.",
                           kCounter};
constexpr Metric kFrequency{"node_timex_frequency_adjustment_ratio",
                            "Frequency at which the local clock is made to run, 1 being its own.",
                            kGauge};
constexpr Metric kMaxError{"node_timex_maxerror_seconds", "Largest possible error.", kGauge};
constexpr Metric kEstimatedError{"node_timex_estimated_error_seconds", "Estimated error.", kGauge};
constexpr Metric kStatus{"node_timex_status", "The STA_ bits of adjtimex(2).", kGauge};
constexpr Metric kTimeConstant{"node_timex_loop_time_constant",
                               "Time constant of the phase-locked loop.", kGauge};
constexpr Metric kTick{"node_timex_tick_seconds", "Seconds between two ticks of the clock.",
                       kGauge};
constexpr Metric kPpsFrequency{"node_timex_pps_frequency_hertz",
                               "Frequency of the pulse-per-second signal.", kGauge};
constexpr Metric kPpsJitter{"node_timex_pps_jitter_seconds",
                            "Jitter of the pulse-per-second signal.", kGauge};
constexpr Metric kPpsShift{"node_timex_pps_shift_seconds",
                           "Length of the pulse-per-second interval.", kGauge};
constexpr Metric kPpsStability{"node_timex_pps_stability_hertz",
                               "Average of recent frequency changes of the pulse-per-second "
                               "signal.",
                               kGauge};
constexpr Metric kPpsJitterTotal{"node_timex_pps_jitter_total",
                                 "Pulses whose jitter was above the limit.", kCounter};
constexpr Metric kPpsCalibrations{"node_timex_pps_calibration_total",
                                  "Calibration intervals of the pulse-per-second signal.",
                                  kCounter};
constexpr Metric kPpsErrors{"node_timex_pps_error_total",
                            "Calibration errors of the pulse-per-second signal.", kCounter};
constexpr Metric kPpsStabilityExceeded{"node_timex_pps_stability_exceeded_total",
                                       "Times the pulse-per-second signal was not stable enough.",
                                       kCounter};
constexpr Metric kTai{"node_timex_tai_offset_seconds",
                      "Seconds by which International Atomic Time is ahead of UTC.", kGauge};

// adjtimex(2): <sys/timex.h> is not needed to read what a Kernel reports.
constexpr int kTimeError = 5;             // TIME_ERROR: not synchronised
constexpr unsigned kStatusNano = 0x2000;  // STA_NANO: offset and jitter are ns, else µs
constexpr double kPpm16 = 1e6 * 65536;    // frequencies are parts per million, 16-bit fraction
// What a hypervisor's 2^32 ns wrap-around looks like; an honest offset is at most 0.5 s.
constexpr double kOverflowSeconds = 4;

}  // namespace

Result<void> TimexCollector::Collect(const Tick&, Recorder& out) {
  const auto clock = kernel_.AdjTimex();
  if (!clock) {
    // A container's seccomp filter may refuse the call.
    return clock.error().code == ErrorCode::kDenied
               ? Fail(ErrorCode::kNotSupported, clock.error().message)
               : clock.error();
  }
  const auto number = [](std::int64_t v) { return static_cast<double>(v); };
  const double unit = (clock->status & kStatusNano) != 0 ? 1e9 : 1e6;
  const double offset = number(clock->offset) / unit;
  if (std::abs(offset) > kOverflowSeconds) ++overflows_;

  out.Set(kSyncStatus, clock->state == kTimeError ? 0 : 1);
  out.Set(kOffset, offset);
  out.Set(kOverflow, overflows_);
  out.Set(kFrequency, 1 + number(clock->freq) / kPpm16);
  out.Set(kMaxError, number(clock->maxerror) / 1e6);
  out.Set(kEstimatedError, number(clock->esterror) / 1e6);
  out.Set(kStatus, clock->status);
  out.Set(kTimeConstant, number(clock->constant));
  out.Set(kTick, number(clock->tick) / 1e6);
  out.Set(kPpsFrequency, number(clock->ppsfreq) / kPpm16);
  out.Set(kPpsJitter, number(clock->jitter) / unit);
  out.Set(kPpsShift, number(clock->shift));
  out.Set(kPpsStability, number(clock->stabil) / kPpm16);
  out.Set(kPpsJitterTotal, number(clock->jitcnt));
  out.Set(kPpsCalibrations, number(clock->calcnt));
  out.Set(kPpsErrors, number(clock->errcnt));
  out.Set(kPpsStabilityExceeded, number(clock->stbcnt));
  out.Set(kTai, clock->tai);
  return {};
}

}  // namespace ecsward
