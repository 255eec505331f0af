// Password checks beside the event loop. bcrypt is made to take a tenth of a second; a scrape each
// second would cost a tenth of a CPU and every other client would wait behind it. So one thread
// checks, and what it found is remembered, as a keyed digest.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "exporters/prometheus/websec.h"

namespace ecsward {

// Event-loop thread only, apart from its own thread.
class PasswordChecker {
 public:
  using Post = std::function<void(std::function<void()>)>;
  static constexpr std::size_t kMaxWaiting = 16;

  // `security` is the loaded module's and lives as long as the program.
  PasswordChecker(const WebSecurity& security, Post post);
  // Does not wait for a check under way; after this nothing is posted any more.
  ~PasswordChecker();
  PasswordChecker(const PasswordChecker&) = delete;
  PasswordChecker& operator=(const PasswordChecker&) = delete;

  // The remembered answer to this digest; false when there is none.
  bool Remembered(const PasswordDigest& digest, bool& allowed) const;

  // Checks and calls `done` on the event loop. False: too many are waiting, `done` is dropped.
  bool Start(const PasswordDigest& digest, std::string password, std::string hash,
             std::function<void(bool)> done);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;  // with the thread and with answers on their way
};

}  // namespace ecsward
