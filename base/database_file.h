// Databases of ours as files: made, recognized, brought to this version's schema, set aside when
// they are damaged.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/sqlite.h"

namespace ecsward {

struct DatabaseKind {
  std::int64_t application_id = 0;  // tells it from others' databases, and from our others
  // The schema's history: step N leads from version N to N + 1. Never change one that was released.
  std::span<const char* const> migrations;
};

// Opens the file or makes one; of folders above it only the last may be missing.
// errors: kParse when what is there is damaged, of another kind or of a later version, and has to
// be set aside first; kNotFound, kDenied, kIo otherwise
Result<Sqlite> OpenDatabase(const std::string& path, const DatabaseKind& kind);

// Renames the database and its -wal and -shm to "PATH.corrupt-20250301T120000Z" and so on, and
// removes those of earlier times. Returns the new name. errors: as ErrnoError
Result<std::string> SetDatabaseAside(const std::string& path, WallTime now);

}  // namespace ecsward
