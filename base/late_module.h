// Parts of the program that are loaded when somebody needs them: a library such as OpenSSL costs
// more resident memory than most of our own code, and most hosts would pay for nothing.
#pragma once

#include <string>

#include "base/result.h"

namespace ecsward {

// The address of `symbol` in the module `name` ("libecsward-websec.so"), which stays loaded. It is
// looked for in `folder` (when not empty), next to the program, in ../lib/ecsward from there, and
// where it was installed. `purpose` is for the message: "TLS and passwords".
// errors: kNotFound naming the places; kIo when it cannot be loaded or is another version's
Result<void*> LoadLateModule(const std::string& name, const std::string& symbol,
                             const std::string& folder, const std::string& purpose);

}  // namespace ecsward
