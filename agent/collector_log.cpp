#include "agent/collector_log.h"

namespace ecsward {

CollectorStateFn LogStates(const Logger& log) {
  return [&log](std::string_view collector, CollectorState state, const Error* error) {
    const std::string_view reason = error == nullptr ? "" : std::string_view(error->message);
    switch (state) {
      case CollectorState::kFine:
        log.Log(LogLevel::kInfo, {{"collector", collector}}, "works again");
        break;
      case CollectorState::kNotSupported:
        log.Log(LogLevel::kInfo, {{"collector", collector}}, "has nothing to report on this host",
                {{"reason", reason}});
        break;
      case CollectorState::kFailed:
        log.Log(LogLevel::kWarn, {{"collector", collector}}, "fails", {{"error", reason}});
        break;
      case CollectorState::kStuck:
        log.Log(LogLevel::kWarn, {{"collector", collector}}, "is stuck", {{"error", reason}});
        break;
    }
  };
}

}  // namespace ecsward
