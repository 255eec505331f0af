#include "tests/fuzz/notify_vendor_targets.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "exporters/notify/channels/aliyun_answer.h"
#include "exporters/notify/channels/mail_address.h"
#include "exporters/notify/channels/mime_message.h"
#include "exporters/notify/channels/one_line.h"
#include "exporters/notify/channels/phone_number.h"

namespace ecsward {
namespace {

// A broken promise is a finding, like a crash.
void Promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

// Lines of printable ASCII that end with CRLF.
void PromiseLines(std::string_view wire) {
  while (!wire.empty()) {
    const auto end = wire.find("\r\n");
    Promise(end != std::string_view::npos, "the last line ends with CRLF");
    const std::string_view line = wire.substr(0, end);
    Promise(line.size() <= 998, "a line is not too long for SMTP");
    Promise(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; }),
            "a line is printable ASCII");
    wire.remove_prefix(end + 2);
  }
}

}  // namespace

void FuzzMailAddresses(std::string_view t) {
  const auto addresses = notify::ParseMailAddresses(t);
  if (!addresses) return;
  notify::MimeMessage message;
  message.from = addresses->front();
  message.to = *addresses;
  message.message_id = notify::ToIdText(t) + "@example.com";
  PromiseLines(ToWireText(message));
  for (const notify::MailAddress& address : *addresses) {
    const auto again = notify::ParseMailAddress(address.address);
    Promise(again && again->address == address.address, "an address is one by itself");
  }
}

// As a subject, as a header, as both parts.
void FuzzMailText(std::string_view t) {
  notify::MimeMessage message;
  message.from.address = "a@example.com";
  message.to = {{std::string(t), "b@example.com"}};
  message.subject = t;
  message.headers = {{"X-Team", std::string(t)}};
  message.text = t;
  message.html = t;
  const std::string wire = ToWireText(message);
  PromiseLines(wire);
  const std::string_view headers = std::string_view(wire).substr(0, wire.find("\r\n\r\n"));
  std::size_t count = 1;
  for (std::size_t at = 0; (at = headers.find("\r\n", at)) != std::string_view::npos; at += 2) {
    if (headers[at + 2] != ' ') ++count;
  }
  // A mail without texts has one part, whose encoding is a header of the mail.
  Promise(count == (t.empty() ? 10U : 9U), "a text begins no header");
  const std::string line = notify::OneLineWithoutLinks(t);
  Promise(notify::OneLine(line) == line, "one line stays one line");
}

void FuzzPhoneNumber(std::string_view t) {
  const auto number = notify::ParsePhoneNumber(t);
  if (!number) return;
  Promise(number->digits.size() >= 7 && number->digits.size() <= 15, "a number has 7 to 15 digits");
  Promise(number->digits.find_first_not_of("0123456789") == std::string::npos,
          "a number is of digits");
  (void)notify::MaskedNumber(number->digits);
}

void FuzzSendAnswers(std::string_view t) {
  if (const auto answer = notify::ParseMessageAnswer(t)) {
    const notify::Delivery delivery = notify::FromBusinessCode("SendSms", *answer);
    Promise(delivery.problem.find('\n') == std::string::npos, "a problem is one line");
  }
  (void)notify::ParseSendDetails(t);
}

}  // namespace ecsward
