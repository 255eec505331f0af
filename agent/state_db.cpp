#include "agent/state_db.h"

#include <nlohmann/json.hpp>

#include "base/database_file.h"
#include "metrics/evidence_json.h"

namespace ecsward {
namespace {

constexpr const char* kMigrations[] = {
    "CREATE TABLE alerts ("
    "  group_key TEXT NOT NULL, rule TEXT NOT NULL, rule_text TEXT NOT NULL, labels TEXT NOT NULL,"
    "  annotations TEXT NOT NULL, evidence TEXT NOT NULL, state TEXT NOT NULL, value REAL,"
    "  active_at_ms INTEGER NOT NULL, fired_at_ms INTEGER NOT NULL,"
    "  keep_firing_since_ms INTEGER NOT NULL,"
    "  PRIMARY KEY (group_key, rule, rule_text, labels)) WITHOUT ROWID;"
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;",
};
constexpr DatabaseKind kStateDb{0x65637377 /* "ecsw" */, kMigrations};

constexpr std::string_view kEvaluatedAt = "evaluated_at_ms";

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
  auto sqlite = OpenDatabase(path, kStateDb);
  if (!sqlite) return std::move(sqlite).error();
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
  return InTransaction(sqlite_, [&] { return Put(alerts, evaluated_at_ms); });
}

Result<void> StateDb::Replace(std::span<const RuleAlert> alerts, std::int64_t evaluated_at_ms) {
  return InTransaction(sqlite_, [&]() -> Result<void> {
    if (auto ok = sqlite_.Run("DELETE FROM alerts"); !ok) return ok;
    return Put(alerts, evaluated_at_ms);
  });
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

}  // namespace ecsward
