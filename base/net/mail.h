// SMTP over libcurl: Mailer::Send.
//
// - STARTTLS or TLS, as asked for, must come about before anything else is said. A password goes
//   over an open connection only where Security::kNone and a user are both asked for.
// - AUTH PLAIN and LOGIN. A server that offers neither is sent the mail without, as by others.
// - All recipients or none: one that the server refuses ends it before the message is sent.
// - NetStage::kMaybeSent: the message itself was begun, and no answer to it came.
#pragma once

#include "base/net.h"
#include "base/net/transfer.h"

namespace ecsward {

tl::expected<void, Mailer::Failure> SendMail(const MailRequest& request,
                                             Cancellation& cancellation);

}  // namespace ecsward
