// Title and text as ecsward words them, where the user has no templates.
#pragma once

#include <string>
#include <string_view>

#include "exporters/notify/content.h"
#include "exporters/notify/content/alert_facts.h"
#include "exporters/notify/content/notice_view.h"

namespace ecsward::notify {

// The longest text where a channel has no limit: nobody reads on.
inline constexpr std::size_t kMaxBodyBytes = std::size_t{1} << 20;

std::string DefaultTitle(const Notification& notification, const NoticeView& view,
                         const Telling& telling);
std::string DefaultBody(const Notification& notification, const NoticeView& view,
                        const Telling& telling, std::string_view external_url, TextStyle style,
                        TextLimit limit);
// One alert of it.
std::string DefaultAlert(const AlertView& view, NoticeKind kind, const Telling& telling,
                         TextStyle style);

}  // namespace ecsward::notify
