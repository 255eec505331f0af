#include "base/sqlite.h"

#include <sqlite3.h>

#include <limits>

namespace ecsward {
namespace {

ErrorCode CodeOf(int sqlite_error) {
  switch (sqlite_error & 0xff) {  // the rest is detail
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // of SQL: the tables are not those that we made
      return ErrorCode::kParse;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return ErrorCode::kDenied;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::kTimeout;
    default:
      return ErrorCode::kIo;
  }
}

// source: https://www.sqlite.org/malloc.html, https://www.sqlite.org/pragma.html
constexpr const char* kSmallAndSafe =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA cache_size = -64;"  // KiB
    "PRAGMA mmap_size = 0;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA wal_autocheckpoint = 64;"  // pages of 4 KiB
    "PRAGMA journal_size_limit = 262144;";
constexpr int kBusyMs = 1000;

}  // namespace

void Sqlite::Close::operator()(sqlite3* db) const { ::sqlite3_close_v2(db); }

Result<Sqlite> Sqlite::Open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code = ::sqlite3_open_v2(path.c_str(), &handle,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Sqlite sqlite;
  sqlite.db_.reset(handle);
  if (handle == nullptr) return Fail(ErrorCode::kIo, "out of memory");
  if (code != SQLITE_OK) return sqlite.LastError("cannot open");
  ::sqlite3_extended_result_codes(handle, 1);
  ::sqlite3_busy_timeout(handle, kBusyMs);
  if (auto ok = sqlite.Run(kSmallAndSafe); !ok) return std::move(ok).error();
  return sqlite;
}

Error Sqlite::LastError(std::string_view what) const {
  return Fail(CodeOf(::sqlite3_errcode(db_.get())),
              std::string(what).append(": ").append(::sqlite3_errmsg(db_.get())));
}

Result<void> Sqlite::Run(const char* sql) {
  if (::sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return LastError("state database");
  }
  return {};
}

Result<std::int64_t> Sqlite::Number(const char* sql) {
  auto statement = Statement::Prepare(*this, sql);
  if (!statement) return std::move(statement).error();
  auto row = statement->Next();
  if (!row) return std::move(row).error();
  return *row ? statement->Int(0) : 0;
}

Result<std::string> Sqlite::Text(const char* sql) {
  auto statement = Statement::Prepare(*this, sql);
  if (!statement) return std::move(statement).error();
  auto row = statement->Next();
  if (!row) return std::move(row).error();
  return *row ? statement->Text(0) : std::string();
}

Result<void> InTransaction(Sqlite& db, const std::function<Result<void>()>& work) {
  auto done = db.Run("BEGIN IMMEDIATE");
  if (!done) return done;
  done = work();
  if (done) done = db.Run("COMMIT");
  if (!done) (void)db.Run("ROLLBACK");
  return done;
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  ::sqlite3_finalize(statement);
}

Result<Statement> Statement::Prepare(Sqlite& db, const char* sql) {
  sqlite3_stmt* handle = nullptr;
  if (::sqlite3_prepare_v2(db.db_.get(), sql, -1, &handle, nullptr) != SQLITE_OK) {
    return db.LastError("state database");
  }
  Statement statement;
  statement.db_ = &db;
  statement.statement_.reset(handle);
  return statement;
}

// A Bind that fails (out of memory, too long) leaves NULL, which the table's NOT NULL refuses.
Statement& Statement::Bind(std::string_view text) {
  ::sqlite3_bind_text64(statement_.get(), ++bound_, text.empty() ? "" : text.data(), text.size(),
                        SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::Bind(std::int64_t number) {
  ::sqlite3_bind_int64(statement_.get(), ++bound_, number);
  return *this;
}

Statement& Statement::Bind(double number) {
  ::sqlite3_bind_double(statement_.get(), ++bound_, number);
  return *this;
}

Result<bool> Statement::Next() {
  const int code = ::sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  bound_ = 0;
  if (code == SQLITE_DONE) {
    ::sqlite3_reset(statement_.get());
    return false;
  }
  Error error = db_->LastError("state database");
  ::sqlite3_reset(statement_.get());
  return error;
}

Result<void> Statement::Run() {
  auto row = Next();
  if (!row) return std::move(row).error();
  return {};
}

std::string Statement::Text(int column) const {
  const auto* const text =
      reinterpret_cast<const char*>(::sqlite3_column_text(statement_.get(), column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(::sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t Statement::Int(int column) const {
  return ::sqlite3_column_int64(statement_.get(), column);
}

double Statement::Real(int column) const {
  if (::sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return ::sqlite3_column_double(statement_.get(), column);
}

}  // namespace ecsward
