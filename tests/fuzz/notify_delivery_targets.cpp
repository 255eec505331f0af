#include "tests/fuzz/notify_delivery_targets.h"

#include <cstdlib>

#include "exporters/notify/notification.h"

namespace ecsward {

// Whatever was read is written and read again as it is, whole and in part.
void FuzzNotification(std::string_view t) {
  if (const auto alert = notify::ParseNotifiedAlert(t)) {
    const auto again = notify::ParseNotifiedAlert(ToJsonText(*alert));
    if (!again || ToJsonText(*again) != ToJsonText(*alert)) std::abort();
    if (notify::Fingerprint(again->labels) != notify::Fingerprint(alert->labels)) std::abort();
  }
  const auto notification = notify::ParseNotification(t);
  if (!notification) return;
  const std::string text = ToJsonText(*notification);
  const auto again = notify::ParseNotification(text);
  if (!again || ToJsonText(*again) != text) std::abort();
  if (again->alert_count() != notification->alert_count()) std::abort();
  const auto first = notify::ParseNotification(ToJsonText(*notification, 1));
  if (!first || first->groups.size() != notification->groups.size()) std::abort();
}

}  // namespace ecsward
