// What the notifier says of itself: that a channel's budget is nearly used up, and drills.
#pragma once

#include <cstdint>
#include <string_view>

#include "exporters/notify/notification.h"
#include "exporters/notify/notifier.h"

namespace ecsward::notify {

// `language`: "zh" or "en".
Notification BudgetNotice(const ChannelFigures& channel, std::string_view language,
                          std::int64_t now_ms);
Notification DrillNotice(std::string_view receiver, const LabelPairs& host,
                         std::string_view language, std::int64_t now_ms);

}  // namespace ecsward::notify
