#include "base/net/mail.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "base/net/failure.h"

namespace ecsward {
namespace {

constexpr std::size_t kMaxReplyText = 200;  // of what a server says, in a message

struct MailExchange {
  explicit MailExchange(const MailRequest& request)
      : unsent(request.message), transfer(request.ca_file) {}

  std::string_view unsent;   // of the message; the caller's, which waits until all is sent
  std::string last_command;  // "RCPT TO:<a@b>"; of all others only the verb
  std::string reply_text;    // of the last line that came, "550 5.1.1 no such user"
  bool farewell = false;     // QUIT was said: the rest is of no interest
  bool begun = false;        // libcurl asked for the message: it is, or may be, on its way
  CurlList recipients;
  Transfer transfer;  // the last: see End()
};

// A line of a client, without what is secret: a line of no known verb belongs to AUTH.
std::string_view WhatWasSaid(std::string_view line) {
  if (line.starts_with("RCPT ")) return line;
  const std::string_view verb = line.substr(0, line.find(' '));
  for (const std::string_view known : {"EHLO", "HELO", "STARTTLS", "MAIL", "DATA"}) {
    if (verb == known) return known;
  }
  return "AUTH";
}

// What libcurl says, and what it is told.
int OnTalk(CURL*, curl_infotype type, char* data, std::size_t size, void* user) {
  auto& exchange = *static_cast<MailExchange*>(user);
  std::string_view line(data, size);
  line = line.substr(0, line.find_first_of("\r\n"));
  if (type == CURLINFO_HEADER_OUT && line == "QUIT") {
    exchange.farewell = true;
  } else if (exchange.farewell) {
    return 0;
  } else if (type == CURLINFO_HEADER_OUT) {
    exchange.last_command = WhatWasSaid(line);
  } else if (type == CURLINFO_HEADER_IN) {
    exchange.reply_text = line.substr(0, kMaxReplyText);
  }
  return 0;
}

std::size_t OnMessage(char* to, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<MailExchange*>(user);
  exchange.begun = true;
  const std::size_t bytes = std::min(size * count, exchange.unsent.size());
  std::memcpy(to, exchange.unsent.data(), bytes);
  exchange.unsent.remove_prefix(bytes);
  return bytes;
}

// libcurl's default would print what a server sends.
std::size_t Ignore(char*, std::size_t size, std::size_t count, void*) { return size * count; }

bool IsHost(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == ':';
  });
}

bool IsAddress(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](unsigned char c) {
    return c <= ' ' || c == 0x7F || c == '<' || c == '>';
  });
}

std::string_view WhatIsWrong(const MailRequest& request) {
  if (!IsHost(request.host)) return "this is no host name of a mail server";
  if (request.port == 0) return "the mail server's port is 0";
  if (!request.hello.empty() && !IsHost(request.hello)) return "this is no host name for EHLO";
  if (!IsAddress(request.from)) return "the sender is no mail address";
  if (request.to.empty()) return "there is no recipient";
  if (!std::all_of(request.to.begin(), request.to.end(), IsAddress)) {
    return "a recipient is no mail address";
  }
  return {};
}

std::string UrlOf(const MailRequest& request) {
  const bool v6 = request.host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}/{}",
                     request.security == MailRequest::Security::kTls ? "smtps" : "smtp",
                     v6 ? "[" : "", request.host, v6 ? "]" : "", request.port, request.hello);
}

bool Prepare(const MailRequest& request, MailExchange& exchange) {
  Transfer& transfer = exchange.transfer;
  if (!transfer.good()) return false;
#if LIBCURL_VERSION_NUM >= 0x075500
  transfer.Set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
#else
  transfer.Set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_SMTP | CURLPROTO_SMTPS));
#endif
  transfer.Set(CURLOPT_URL, UrlOf(request).c_str());
  transfer.Set(CURLOPT_USE_SSL, static_cast<long>(request.security == MailRequest::Security::kNone
                                                      ? CURLUSESSL_NONE
                                                      : CURLUSESSL_ALL));
  if (!request.user.empty()) {
    transfer.Set(CURLOPT_USERNAME, request.user.c_str());
    transfer.Set(CURLOPT_PASSWORD, request.password.Reveal().c_str());
    transfer.Set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
  }
  transfer.Set(CURLOPT_MAIL_FROM, request.from.c_str());
  bool ok = true;
  for (const std::string& to : request.to) ok = ok && Transfer::Append(exchange.recipients, to);
  transfer.Set(CURLOPT_MAIL_RCPT, exchange.recipients.get());
  transfer.Set(CURLOPT_UPLOAD, 1L);
  transfer.Set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.message.size()));
  transfer.Set(CURLOPT_READFUNCTION, OnMessage);
  transfer.Set(CURLOPT_READDATA, &exchange);
  transfer.Set(CURLOPT_WRITEFUNCTION, Ignore);
  transfer.Set(CURLOPT_VERBOSE, 1L);  // for OnTalk, which alone hears it
  transfer.Set(CURLOPT_DEBUGFUNCTION, OnTalk);
  transfer.Set(CURLOPT_DEBUGDATA, &exchange);
  // For the farewell to a server that refused something; before that the limits of Run count.
  transfer.Set(CURLOPT_SERVER_RESPONSE_TIMEOUT,
               static_cast<long>(request.timeout.count() / 1000 + 1));
  return ok;
}

// Printable, and nothing of what an answer to a password may echo.
std::string ReplyInWords(const MailExchange& exchange, int reply) {
  const std::string& text = exchange.reply_text;
  if (exchange.last_command == "AUTH" || !text.starts_with(std::to_string(reply))) {
    return std::to_string(reply);
  }
  std::string out;
  for (const char c : text) out += c < ' ' || c > '~' ? '?' : c;
  return out;
}

Error ExplainReply(const MailExchange& exchange, int reply) {
  const std::string said = ReplyInWords(exchange, reply);
  const std::string& command = exchange.last_command;
  if (exchange.transfer.code() == CURLE_LOGIN_DENIED) {
    return Fail(ErrorCode::kDenied,
                fmt::format("the mail server does not accept user and password ({})", reply));
  }
  if (command.starts_with("RCPT TO:")) {
    return Fail(ErrorCode::kIo, fmt::format("the mail server refuses the recipient {}: {}",
                                            command.substr(8), said));
  }
  const char* const what = command == "MAIL"                     ? "the sender"
                           : command == "STARTTLS"               ? "STARTTLS"
                           : exchange.begun || command == "DATA" ? "the message"
                                                                 : "to talk";
  return Fail(ErrorCode::kIo, fmt::format("the mail server refuses {}: {}", what, said));
}

}  // namespace

tl::expected<void, Mailer::Failure> SendMail(const MailRequest& request,
                                             Cancellation& cancellation) {
  const auto fail = [](NetStage stage, Error error, int reply = 0) {
    return tl::make_unexpected(Mailer::Failure{{stage, std::move(error)}, reply});
  };
  if (const std::string_view wrong = WhatIsWrong(request); !wrong.empty()) {
    return fail(NetStage::kNotSent, Fail(ErrorCode::kInvalidArgument, std::string(wrong)));
  }
  auto exchange = std::make_unique<MailExchange>(request);
  if (!Prepare(request, *exchange)) {
    return fail(NetStage::kNotSent, Fail(ErrorCode::kIo, "out of memory"));
  }
  const Transfer::Limits limits{request.timeout, request.timeout};
  Ending ending = exchange->transfer.Run(limits, cancellation);
  // It has greeted: it is there, but slow.
  if (ending == Ending::kConnectTimeout && !exchange->reply_text.empty()) ending = Ending::kTimeout;
  if (ending == Ending::kFinished && exchange->transfer.code() == CURLE_OK) {
    End(std::move(exchange));
    return {};
  }
  const long code = exchange->transfer.Info(CURLINFO_RESPONSE_CODE);
  const int reply =
      ending == Ending::kFinished && code >= 400 && code < 600 ? static_cast<int>(code) : 0;
  const bool maybe = exchange->begun && reply == 0;
  Error error = reply != 0 ? ExplainReply(*exchange, reply)
                           : Explain(exchange->transfer, ending, limits, "SMTP");
  End(std::move(exchange));
  return fail(maybe ? NetStage::kMaybeSent : NetStage::kNotSent, std::move(error), reply);
}

}  // namespace ecsward
