// Files that matter, read and written whole.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ecsward {

// errors: as ErrnoError; kParse when it is no file or longer than `limit`
Result<std::string> ReadStateFile(const std::string& path, std::size_t limit);

// Written beside itself, synced, then renamed: a reader, and a host whose power fails, sees the old
// file or the new one. errors: as ErrnoError; the old file is then still there
Result<void> WriteStateFile(const std::string& path, std::string_view bytes);

}  // namespace ecsward
