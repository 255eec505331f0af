#include "agent/state_db.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "metrics/evidence_json.h"

namespace ecsward {
namespace {

// "ecsw": says that a database is ours.
constexpr std::int64_t kApplicationId = 0x65637377;

// The schema's history: step N leads from version N to N + 1. Never change one that was released.
constexpr const char* kMigrations[] = {
    "CREATE TABLE alerts ("
    "  group_key TEXT NOT NULL, rule TEXT NOT NULL, rule_text TEXT NOT NULL, labels TEXT NOT NULL,"
    "  annotations TEXT NOT NULL, evidence TEXT NOT NULL, state TEXT NOT NULL, value REAL,"
    "  active_at_ms INTEGER NOT NULL, fired_at_ms INTEGER NOT NULL,"
    "  keep_firing_since_ms INTEGER NOT NULL,"
    "  PRIMARY KEY (group_key, rule, rule_text, labels)) WITHOUT ROWID;"
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;",
};
constexpr std::int64_t kVersion = std::size(kMigrations);

constexpr std::string_view kEvaluatedAt = "evaluated_at_ms";

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

Result<void> Migrate(Sqlite& sqlite) {
  auto version = sqlite.Number("PRAGMA user_version");
  if (!version) return std::move(version).error();
  if (*version == kVersion) return {};
  if (auto ok = sqlite.Run("BEGIN IMMEDIATE"); !ok) return ok;
  for (std::int64_t step = *version; step < kVersion; ++step) {
    if (auto ok = sqlite.Run(kMigrations[step]); !ok) return ok;
  }
  const std::string stamp = fmt::format(
      "PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT", kApplicationId, kVersion);
  return sqlite.Run(stamp.c_str());
}

Result<void> Check(Sqlite& sqlite) {
  auto tables = sqlite.Number("SELECT count(*) FROM sqlite_master");
  if (!tables) return std::move(tables).error();
  if (*tables > 0) {
    auto id = sqlite.Number("PRAGMA application_id");
    if (!id) return std::move(id).error();
    if (*id != kApplicationId) return Fail(ErrorCode::kParse, "not a database of ecsward's");
  }
  auto version = sqlite.Number("PRAGMA user_version");
  if (!version) return std::move(version).error();
  if (*version < 0 || *version > kVersion) {
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

// Up to the year 9999; or 0, which is none.
bool IsTime(std::int64_t ms) { return ms >= 0 && ms < std::int64_t{253'402'300'800'000}; }

AlertState StateFrom(std::string_view text) {
  for (const AlertState state : {AlertState::kPending, AlertState::kFiring}) {
    if (ToString(state) == text) return state;
  }
  return AlertState::kInactive;
}

}  // namespace

Result<StateDb> StateDb::Open(const std::string& path) {
  if (auto ok = MakeFile(path); !ok) return std::move(ok).error();
  auto sqlite = Sqlite::Open(path);
  if (!sqlite) return std::move(sqlite).error().Context(path);
  if (auto ok = Check(*sqlite); !ok) return std::move(ok).error().Context(path);
  if (auto ok = Migrate(*sqlite); !ok) return std::move(ok).error().Context(path);
  return StateDb(std::move(*sqlite));
}

Result<SavedAlerts> StateDb::Load() {
  SavedAlerts saved;
  auto time = sqlite_.Number("SELECT value FROM meta WHERE key = 'evaluated_at_ms'");
  if (!time) return std::move(time).error();
  saved.evaluated_at_ms = IsTime(*time) ? *time : 0;
  auto rows = Statement::Prepare(
      sqlite_,
      "SELECT group_key, rule, rule_text, labels, annotations, evidence, state, value,"
      " active_at_ms, fired_at_ms, keep_firing_since_ms FROM alerts");
  if (!rows) return std::move(rows).error();
  for (;;) {
    auto row = rows->Next();
    if (!row) return std::move(row).error();
    if (!*row) return saved;
    const auto labels = ParseJson(rows->Text(3)), annotations = ParseJson(rows->Text(4)),
               evidence = ParseJson(rows->Text(5));
    RuleAlert alert{rows->Text(0), rows->Text(1), rows->Text(2), {}};
    alert.alert.state = StateFrom(rows->Text(6));
    if (!labels || alert.alert.state == AlertState::kInactive) continue;
    alert.alert.labels = LabelsFromJson(*labels);
    if (annotations) alert.alert.annotations = LabelsFromJson(*annotations);
    if (evidence) alert.alert.evidence = EvidenceFromJson(*evidence);
    alert.alert.value = rows->Real(7);
    alert.alert.active_at_ms = rows->Int(8);
    alert.alert.fired_at_ms = rows->Int(9);
    alert.alert.keep_firing_since_ms = rows->Int(10);
    const Alert& read = alert.alert;
    if (!IsTime(read.active_at_ms) || !IsTime(read.fired_at_ms) ||
        !IsTime(read.keep_firing_since_ms)) {
      continue;
    }
    saved.alerts.push_back(std::move(alert));
  }
}

Result<void> StateDb::Write(std::span<const RuleAlert> alerts, std::int64_t evaluated_at_ms) {
  if (auto ok = sqlite_.Run("BEGIN IMMEDIATE"); !ok) return ok;
  return Finish(Put(alerts, evaluated_at_ms));
}

Result<void> StateDb::Replace(std::span<const RuleAlert> alerts, std::int64_t evaluated_at_ms) {
  if (auto ok = sqlite_.Run("BEGIN IMMEDIATE; DELETE FROM alerts"); !ok)
    return Finish(std::move(ok));
  return Finish(Put(alerts, evaluated_at_ms));
}

Result<void> StateDb::WriteEvaluatedAt(std::int64_t evaluated_at_ms) {
  if (auto ok = sqlite_.Run("PRAGMA synchronous = NORMAL"); !ok) return ok;
  auto done = PutEvaluatedAt(evaluated_at_ms);
  if (auto ok = sqlite_.Run("PRAGMA synchronous = FULL"); !ok) return ok;
  return done;
}

Result<void> StateDb::Put(std::span<const RuleAlert> alerts, std::int64_t evaluated_at_ms) {
  auto put = Statement::Prepare(
      sqlite_,
      "INSERT INTO alerts (group_key, rule, rule_text, labels, annotations, evidence, state, value,"
      " active_at_ms, fired_at_ms, keep_firing_since_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (group_key, rule, rule_text, labels) DO UPDATE SET"
      " annotations = excluded.annotations, evidence = excluded.evidence, state = excluded.state,"
      " value = excluded.value, active_at_ms = excluded.active_at_ms,"
      " fired_at_ms = excluded.fired_at_ms, keep_firing_since_ms = excluded.keep_firing_since_ms");
  if (!put) return std::move(put).error();
  auto forget = Statement::Prepare(
      sqlite_,
      "DELETE FROM alerts WHERE group_key = ? AND rule = ? AND rule_text = ? AND labels = ?");
  if (!forget) return std::move(forget).error();
  for (const RuleAlert& of : alerts) {
    const Alert& alert = of.alert;
    const bool gone = alert.state == AlertState::kInactive;
    Statement& to = gone ? *forget : *put;
    const std::string labels = Dump(ToJson(alert.labels));
    std::string annotations, evidence;
    to.Bind(of.group_key).Bind(of.rule).Bind(of.rule_text).Bind(labels);
    if (!gone) {
      annotations = Dump(ToJson(alert.annotations));
      evidence = Dump(ToJson(alert.evidence));
      to.Bind(annotations).Bind(evidence).Bind(ToString(alert.state)).Bind(alert.value);
      to.Bind(alert.active_at_ms).Bind(alert.fired_at_ms).Bind(alert.keep_firing_since_ms);
    }
    if (auto ok = to.Run(); !ok) return ok;
  }
  return PutEvaluatedAt(evaluated_at_ms);
}

Result<void> StateDb::PutEvaluatedAt(std::int64_t evaluated_at_ms) {
  auto put = Statement::Prepare(sqlite_,
                                "INSERT INTO meta (key, value) VALUES (?, ?)"
                                " ON CONFLICT (key) DO UPDATE SET value = excluded.value");
  if (!put) return std::move(put).error();
  return put->Bind(kEvaluatedAt).Bind(evaluated_at_ms).Run();
}

// Commits, or takes everything back.
Result<void> StateDb::Finish(Result<void> done) {
  if (done) done = sqlite_.Run("COMMIT");
  if (!done) (void)sqlite_.Run("ROLLBACK");
  return done;
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
