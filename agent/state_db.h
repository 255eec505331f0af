// Alerts' states in SQLite, so that they survive a restart, and a crash of the whole host: each
// change is on the disk when Write returns.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/sqlite.h"
#include "rules/rule_engine.h"

namespace ecsward {

// One thread at a time.
class StateDb {
 public:
  // Opens the file or makes one. errors: as OpenDatabase
  static Result<StateDb> Open(const std::string& path);

  Result<SavedAlerts> Load();

  // In one transaction: each alert as it is now (an inactive one is forgotten), and when that was.
  Result<void> Write(std::span<const RuleAlert> alerts, std::int64_t evaluated_at_ms);
  // The same, and forgets all others.
  Result<void> Replace(std::span<const RuleAlert> alerts, std::int64_t evaluated_at_ms);
  // Only the time. This one may be lost with the host's power, which costs nothing but accuracy.
  Result<void> WriteEvaluatedAt(std::int64_t evaluated_at_ms);

 private:
  explicit StateDb(Sqlite sqlite) : sqlite_(std::move(sqlite)) {}
  Result<void> Put(std::span<const RuleAlert> alerts, std::int64_t evaluated_at_ms);
  Result<void> PutEvaluatedAt(std::int64_t evaluated_at_ms);

  Sqlite sqlite_;
};

}  // namespace ecsward
