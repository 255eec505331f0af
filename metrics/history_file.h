// Files that must never be found half written, such as a history's checkpoint.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace ecsward {

// Writes beside the file, syncs, and renames: whoever opens `path` finds the old contents or the
// new, even after a power failure. Only its owner may read it.
// errors: as ErrnoError, with the path; nothing is left beside the file then
Result<void> WriteFileAtomically(const std::string& path, std::string_view bytes);

// errors: as ErrnoError; kParse when it is longer than `max_bytes`
Result<std::string> ReadWholeFile(const std::string& path, std::size_t max_bytes);

// Renames a file that cannot be read to `<path>.corrupt-<seconds since 1970>`, for somebody to look
// at, and returns that name. Of several, only the newest is left: a file that breaks on each start
// must not fill the disk.
Result<std::string> SetAside(const std::string& path, WallTime now);

}  // namespace ecsward
