// One alert in the markup of each style.
#pragma once

#include <string>
#include <string_view>

#include "exporters/notify/content/alert_facts.h"
#include "exporters/notify/content/markup.h"
#include "exporters/notify/content/notice_view.h"

namespace ecsward::notify {

// "[告警]", "[恢复]", "[演练]", "[预算]".
std::string_view MarkOf(NoticeKind kind, bool resolved, const Phrases& phrases);

// With the blank line behind it.
Markup AlertBlock(const AlertView& view, NoticeKind kind, const Telling& telling, TextStyle style);
// What it is and nothing else, without markup, cut to the limit: where no block fits.
std::string ShortText(const AlertView& view, NoticeKind kind, const Telling& telling,
                      TextStyle style, const TextLimit& limit);

// A line of its own beside the alerts; "" for none.
std::string Line(std::string_view text, TextStyle style);
// "" when the address is none that a person could follow.
std::string LinkLine(const Phrases& phrases, std::string_view url, TextStyle style);

}  // namespace ecsward::notify
