// A mail as it goes over the wire: plain values in, text out.
// source: RFC 5322 (headers), RFC 2047 (what is not ASCII in them), RFC 2045 and 2046 (the parts),
//         RFC 3834 (Auto-Submitted)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "exporters/notify/channels/mail_address.h"

namespace ecsward::notify {

struct MimeMessage {
  MailAddress from;
  std::vector<MailAddress> to;
  std::string subject;
  std::int64_t date_ms = 0;  // since 1970
  std::string message_id;    // "id@domain", without the angle brackets
  std::string thread_id;     // the same of what this belongs below; empty: it stands alone
  std::vector<std::pair<std::string, std::string>> headers;  // more of them; the values are text
  std::string text, html;                                    // either may be empty
};

// Lines end with CRLF and are at most 76 characters long; all of it is ASCII. No text can begin a
// header of its own: line breaks in subject, names and headers become spaces, and the parts are
// base64.
std::string ToWireText(const MimeMessage& message);

// `Name: text` with what RFC 2047 wants for text that is not ASCII, folded, with its last CRLF.
std::string HeaderLine(std::string_view name, std::string_view text);

// A name that RFC 5322 allows and that ToWireText does not write itself.
// errors: kInvalidArgument, saying which setting does it
Result<void> CheckExtraHeader(std::string_view name);

// Letters, digits and a few signs of `text`, for a Message-ID: what else there is becomes '-'.
std::string ToIdText(std::string_view text);

// "Sat, 28 Nov 2026 12:45:11 +0000"
std::string MailDate(std::int64_t unix_ms);

}  // namespace ecsward::notify
