// A mail server on the loopback that says what a test wants, and remembers what it was told.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "tests/unit/base/test_server.h"

namespace ecsward {

struct MailManners {
  std::string greeting = "220 mail.test ESMTP";
  bool offers_starttls = true;
  std::string offers_auth = "PLAIN LOGIN";  // empty: no AUTH
  bool tls_at_once = false;
  // What it answers to a line that begins so, instead of the usual. Empty: it hangs up; "-": it
  // says nothing more. "." is the end of a message.
  std::map<std::string, std::string> replies;
};

class TestMailServer {
 public:
  TestMailServer(const TestIdentity& identity, MailManners manners);

  std::uint16_t port() const { return server_.port(); }
  // Every line of the client's, after "TLS " when it came over TLS; messages aside.
  std::vector<std::string> Lines() const;
  std::vector<std::string> Messages() const;  // as they came, with the dots that were added
  void WaitForSilence();                      // until it is to say nothing more

 private:
  void Serve(TestConnection& connection);
  // False: the client has gone, or is to go.
  bool Answer(TestConnection& connection, const std::string& line);
  std::string Usual(TestConnection& connection, const std::string& line);

  const TestIdentity& identity_;
  const MailManners manners_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  bool silent_ = false;
  std::vector<std::string> lines_, messages_;
  TestServer server_;
};

}  // namespace ecsward
