// A connection to an SQLite file, and statements on it; errors as Result. Thin: what SQL says is
// said by its callers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace ecsward {

// One thread at a time.
class Sqlite {
 public:
  // Opens the file, which must be there; an empty one is an empty database. It uses little memory.
  // errors: kParse when it is no database, or a damaged one; kDenied and kIo
  static Result<Sqlite> Open(const std::string& path);

  // One or more statements without parameters or results. errors: as Open
  Result<void> Run(const char* sql);
  // The number that a statement such as "PRAGMA user_version" gives.
  Result<std::int64_t> Number(const char* sql);
  Result<std::string> Text(const char* sql);

  // What the last call failed with. Also said by a Statement.
  Error LastError(std::string_view what) const;

 private:
  friend class Statement;
  struct Close {
    void operator()(sqlite3* db) const;
  };
  std::unique_ptr<sqlite3, Close> db_;
};

// All that `work` does, or nothing of it. errors: its own, and those of the transaction
Result<void> InTransaction(Sqlite& db, const std::function<Result<void>()>& work);

// A prepared statement. Use: Bind…, Next until false; then it can be bound anew. Views given to
// Bind must live until then.
class Statement {
 public:
  // `db` outlives this.
  static Result<Statement> Prepare(Sqlite& db, const char* sql);

  // In the order of the question marks. A NaN becomes NULL, since SQLite has none.
  Statement& Bind(std::string_view text);
  Statement& Bind(std::int64_t number);
  Statement& Bind(double number);

  // True: a row to read. False: done.
  Result<bool> Next();
  // For statements without rows.
  Result<void> Run();

  std::string Text(int column) const;
  std::int64_t Int(int column) const;
  double Real(int column) const;  // NULL: NaN

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Sqlite* db_ = nullptr;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;
};

}  // namespace ecsward
