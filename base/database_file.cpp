#include "base/database_file.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <vector>

namespace ecsward {
namespace {

std::int64_t Version(const DatabaseKind& kind) {
  return static_cast<std::int64_t>(kind.migrations.size());
}

// SQLite would say only "unable to open database file"; a directory is made when it is just the
// last one that is missing.
Result<void> MakeFile(const std::string& path) {
  const auto open = [&path] {
    return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
  };
  int fd = open();
  if (fd < 0 && errno == ENOENT) {
    const std::string folder = path.substr(0, path.rfind('/'));
    if (::mkdir(folder.c_str(), 0750) != 0 && errno != EEXIST) return ErrnoError(errno, folder);
    fd = open();
  }
  if (fd < 0) return ErrnoError(errno, path);
  struct stat s = {};
  const bool file = ::fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
  ::close(fd);
  if (!file) return Fail(ErrorCode::kIo, path + ": not a file");
  return {};
}

Result<void> Migrate(Sqlite& sqlite, const DatabaseKind& kind) {
  auto version = sqlite.Number("PRAGMA user_version");
  if (!version) return std::move(version).error();
  if (*version == Version(kind)) return {};
  return InTransaction(sqlite, [&]() -> Result<void> {
    for (std::int64_t step = *version; step < Version(kind); ++step) {
      if (auto ok = sqlite.Run(kind.migrations[static_cast<std::size_t>(step)]); !ok) return ok;
    }
    const std::string stamp = fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                          kind.application_id, Version(kind));
    return sqlite.Run(stamp.c_str());
  });
}

Result<void> Check(Sqlite& sqlite, const DatabaseKind& kind) {
  auto tables = sqlite.Number("SELECT count(*) FROM sqlite_master");
  if (!tables) return std::move(tables).error();
  if (*tables > 0) {
    auto id = sqlite.Number("PRAGMA application_id");
    if (!id) return std::move(id).error();
    if (*id != kind.application_id) {
      return Fail(ErrorCode::kParse, "not a database of ecsward's");
    }
  }
  auto version = sqlite.Number("PRAGMA user_version");
  if (!version) return std::move(version).error();
  if (*version < 0 || *version > Version(kind)) {
    return Fail(ErrorCode::kParse, fmt::format("of a later version of ecsward ({})", *version));
  }
  auto said = sqlite.Text("PRAGMA quick_check(1)");
  if (!said) return std::move(said).error();
  if (*said != "ok") return Fail(ErrorCode::kParse, "damaged: " + *said);
  return {};
}

// What was set aside before: a file that breaks again and again must not fill the disk.
void RemoveOlder(const std::string& path, const std::string& start, const std::string& kept) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(path).parent_path();
  std::error_code ignored;
  std::vector<fs::path> older;
  for (fs::directory_iterator it(folder.empty() ? fs::path(".") : folder, ignored), end;
       !ignored && it != end; it.increment(ignored)) {
    const std::string other = (folder / it->path().filename()).string();
    if (other.starts_with(start) && other != kept) older.push_back(it->path());
  }
  for (const fs::path& file : older) fs::remove(file, ignored);
}

}  // namespace

Result<Sqlite> OpenDatabase(const std::string& path, const DatabaseKind& kind) {
  if (auto ok = MakeFile(path); !ok) return std::move(ok).error();
  auto sqlite = Sqlite::Open(path);
  if (!sqlite) return std::move(sqlite).error().Context(path);
  if (auto ok = Check(*sqlite, kind); !ok) return std::move(ok).error().Context(path);
  if (auto ok = Migrate(*sqlite, kind); !ok) return std::move(ok).error().Context(path);
  return sqlite;
}

Result<std::string> SetDatabaseAside(const std::string& path, WallTime now) {
  const auto seconds = std::chrono::time_point_cast<std::chrono::seconds>(now);
  const std::string start = path + ".corrupt-";
  const std::string first = fmt::format("{}{:%Y%m%dT%H%M%SZ}", start, fmt::gmtime(seconds));
  std::string aside = first;
  struct stat s = {};
  for (int i = 2; ::lstat(aside.c_str(), &s) == 0; ++i) aside = fmt::format("{}-{}", first, i);
  if (std::rename(path.c_str(), aside.c_str()) != 0) return ErrnoError(errno, path);
  RemoveOlder(path, start, aside);
  // Under names with which SQLite finds them again. Most often they are not there.
  for (const char* end : {"-wal", "-shm"}) {
    (void)std::rename((path + end).c_str(), (aside + end).c_str());
  }
  return aside;
}

}  // namespace ecsward
