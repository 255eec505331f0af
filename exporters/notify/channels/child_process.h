// Runs one command to its end, and never waits longer for it than said.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecsward::notify {

struct ChildCommand {
  std::vector<std::string> argv;         // argv[0] is a path; no shell, no PATH
  std::vector<std::string> environment;  // "LANG=C.UTF-8"; nothing else is inherited
  std::string_view input;                // what stdin holds
  std::chrono::milliseconds timeout{10'000};
  std::chrono::milliseconds grace{2'000};  // between SIGTERM and SIGKILL
  std::size_t most_output = 4096;  // of stdout and stderr together; more is read and dropped
};

struct ChildEnd {
  int exit_code = -1;  // -1: a signal ended it
  int signal = 0;
  bool timed_out = false;  // it was ended; perhaps it had done its work
  std::string output;
};

// The command gets a process group of its own, no descriptors but the three, no ambient
// capabilities, default signal handling and the working directory "/". When the time is over, the
// whole group is ended. What it left running in the background when it ended in time stays, and is
// not waited for, even where it holds the output open.
//
// Takes the ambient capabilities from the calling thread, too, which does not use them.
// errors: as ErrnoError when it does not start
Result<ChildEnd> RunChild(const ChildCommand& command);

}  // namespace ecsward::notify
