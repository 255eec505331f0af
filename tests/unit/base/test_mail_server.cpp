#include "tests/unit/base/test_mail_server.h"

namespace ecsward {

TestMailServer::TestMailServer(const TestIdentity& identity, MailManners manners)
    : identity_(identity),
      manners_(std::move(manners)),
      server_([this](TestConnection& connection) { Serve(connection); },
              manners_.tls_at_once ? &identity : nullptr) {}

std::vector<std::string> TestMailServer::Lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

std::vector<std::string> TestMailServer::Messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

void TestMailServer::WaitForSilence() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return silent_; });
}

void TestMailServer::Serve(TestConnection& connection) {
  connection.Write(manners_.greeting + "\r\n");
  for (;;) {
    std::string line = connection.ReadUntil("\r\n");
    if (!line.ends_with("\r\n")) return;
    line.resize(line.size() - 2);
    {
      const std::lock_guard lock(mutex_);
      lines_.push_back((connection.secure() ? "TLS " : "") + line);
    }
    if (!Answer(connection, line)) return;
  }
}

bool TestMailServer::Answer(TestConnection& connection, const std::string& line) {
  std::string reply = "usual";
  for (const auto& [beginning, other] : manners_.replies) {
    if (line.starts_with(beginning)) reply = other;
  }
  if (reply == "-") {
    {
      const std::lock_guard lock(mutex_);
      silent_ = true;
    }
    changed_.notify_all();
    connection.WaitForEnd();
    return false;
  }
  if (reply.empty()) return false;
  if (reply == "usual") reply = Usual(connection, line);
  if (!reply.empty() && !connection.Write(reply + "\r\n")) return false;
  if (line == "STARTTLS" && reply.starts_with("220")) return connection.StartTls(identity_);
  if (line != "DATA" || !reply.starts_with("354")) return line != "QUIT";
  std::string message = connection.ReadUntil("\r\n.\r\n");
  if (!message.ends_with("\r\n.\r\n")) return false;
  message.resize(message.size() - 3);
  {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
  }
  return Answer(connection, ".");
}

std::string TestMailServer::Usual(TestConnection& connection, const std::string& line) {
  if (line.starts_with("EHLO")) {
    std::string reply = "250-mail.test\r\n";
    if (manners_.offers_starttls && !connection.secure()) reply += "250-STARTTLS\r\n";
    if (!manners_.offers_auth.empty()) reply += "250-AUTH " + manners_.offers_auth + "\r\n";
    return reply + "250 SIZE 1000000";
  }
  if (line == "STARTTLS") return "220 go on";
  if (line == "AUTH PLAIN") return "334 ";
  if (line == "AUTH LOGIN") return "334 VXNlcm5hbWU6";
  if (line == "ZXZl") return "334 UGFzc3dvcmQ6";                               // eve, of LOGIN
  if (line == "AGV2ZQBzZXNhbWU=" || line == "c2VzYW1l") return "235 welcome";  // sesame
  if (line == "DATA") return "354 go on";
  if (line == "QUIT") return "221 bye";
  return "250 fine";
}

}  // namespace ecsward
