// Texts from outside on one line: a label's value into a subject, a vendor's answer into a log.
#pragma once

#include <string>
#include <string_view>

namespace ecsward::notify {

// Line breaks, tabs and other controls, those of writing direction among them, become one space
// between words; bytes that are no UTF-8 become U+FFFD. Nothing but U+0020 is left that a mail
// server or a terminal would act upon.
//   OneLine("disk\r\nBcc: x") == "disk Bcc: x"
std::string OneLine(std::string_view text);

// The same without links, which senders of SMS do not take: what begins with http:// or https://,
// until the next space.
std::string OneLineWithoutLinks(std::string_view text);

// The first `characters` of OneLine, with "…" when there was more: for `Delivery::problem`.
std::string ShortLine(std::string_view text, std::size_t characters);

}  // namespace ecsward::notify
