// The names that this test program looks up, without a name server: getaddrinfo is replaced for
// the whole program, libcurl's threads included.
//
//   *.test            127.0.0.1
//   unknown.invalid   is not known
//   hangs.invalid     no answer, as long as a HangingLookup lives
//   all others        as the system says
#pragma once

namespace ecsward {

class HangingLookup {
 public:
  HangingLookup();
  ~HangingLookup();  // lets those that wait go, and waits for them
  HangingLookup(const HangingLookup&) = delete;
  HangingLookup& operator=(const HangingLookup&) = delete;

  void WaitForOne();  // until somebody asks
};

}  // namespace ecsward
