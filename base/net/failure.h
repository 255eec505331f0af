// What libcurl says, in plain words: no URL, no secret, nothing that the other side wrote.
#pragma once

#include <string>

#include "base/net/transfer.h"
#include "base/result.h"

namespace ecsward {

// `protocol` is what was expected to be spoken: "HTTP", "SMTP". Not for Ending::kFinished with
// CURLE_OK.
Error Explain(const Transfer& transfer, Ending ending, const Transfer::Limits& limits,
              const char* protocol);

Error GivenUp();  // cancelled

}  // namespace ecsward
