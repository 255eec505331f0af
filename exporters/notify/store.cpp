#include "exporters/notify/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/database_file.h"
#include "exporters/notify/store_rows.h"
#include "metrics/evidence_json.h"

namespace ecsward::notify {
namespace {

// What is long stands last in a row, so that SQLite reads the rest without it. AUTOINCREMENT: a row
// that is gone never comes back with another letter in it.
constexpr const char* kMigrations[] = {
    "CREATE TABLE alerts (fingerprint INTEGER PRIMARY KEY, alert TEXT NOT NULL);"
    "CREATE TABLE told (key TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, firing TEXT NOT NULL,"
    "  resolved TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE letters (row INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL,"
    "  alerts INTEGER NOT NULL, committed_at_ms INTEGER NOT NULL, attempts INTEGER NOT NULL,"
    "  first_failed_at_ms INTEGER NOT NULL, next_try_at_ms INTEGER NOT NULL,"
    "  may_be_there INTEGER NOT NULL, last_problem TEXT NOT NULL, came_from TEXT NOT NULL,"
    "  kind TEXT NOT NULL, id TEXT NOT NULL, receiver TEXT NOT NULL, body INTEGER NOT NULL,"
    "  notification TEXT NOT NULL);"
    "CREATE TABLE dead_letters (row INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL,"
    "  alerts INTEGER NOT NULL, committed_at_ms INTEGER NOT NULL, attempts INTEGER NOT NULL,"
    "  first_failed_at_ms INTEGER NOT NULL, next_try_at_ms INTEGER NOT NULL,"
    "  may_be_there INTEGER NOT NULL, last_problem TEXT NOT NULL, came_from TEXT NOT NULL,"
    "  kind TEXT NOT NULL, id TEXT NOT NULL, receiver TEXT NOT NULL,"
    "  died_at_ms INTEGER NOT NULL, why TEXT NOT NULL, body INTEGER NOT NULL,"
    "  notification TEXT NOT NULL);"
    "CREATE TABLE parts (body INTEGER NOT NULL, part INTEGER NOT NULL, alerts TEXT NOT NULL,"
    "  PRIMARY KEY (body, part)) WITHOUT ROWID;"
    "CREATE INDEX letter_bodies ON letters (body) WHERE body <> 0;"
    "CREATE INDEX dead_bodies ON dead_letters (body) WHERE body <> 0;"
    "CREATE TABLE silences (id TEXT PRIMARY KEY, ends_at_ms INTEGER NOT NULL,"
    "  silence TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE spent (channel TEXT PRIMARY KEY, day TEXT NOT NULL, month TEXT NOT NULL,"
    "  in_day INTEGER NOT NULL, in_month INTEGER NOT NULL, warned_day INTEGER NOT NULL,"
    "  warned_month INTEGER NOT NULL, recent_ms TEXT NOT NULL) WITHOUT ROWID;",
};
constexpr DatabaseKind kNotifyDb{0x6563736e /* "ecsn" */, kMigrations};

// SQLite has no unsigned numbers: the same bits.
std::int64_t Signed(std::uint64_t number) { return static_cast<std::int64_t>(number); }

template <class Number>
std::string ListToText(const std::vector<Number>& list) {
  return nlohmann::json(list).dump();
}

template <class Number>
std::vector<Number> ListFromText(std::string_view text) {
  std::vector<Number> list;
  const auto read = ParseJson(text);
  if (!read || !read->is_array()) return list;
  for (const auto& item : *read) {
    if (item.is_number_integer()) list.push_back(item.template get<Number>());
  }
  return list;
}

}  // namespace

Result<NotifyStore> NotifyStore::Open(const std::string& path) {
  auto sqlite = OpenDatabase(path, kNotifyDb);
  if (!sqlite) return std::move(sqlite).error();
  return NotifyStore(std::move(*sqlite));
}

Result<NotifyStore::Saved> NotifyStore::Load() {
  Saved saved;
  auto ok =
      EachRow(Statement::Prepare(sqlite_, "SELECT alert FROM alerts"), [&](const Statement& row) {
        if (auto alert = ParseNotifiedAlert(row.Text(0))) saved.alerts.push_back(std::move(*alert));
      });
  if (!ok) return std::move(ok).error();
  ok = EachRow(Statement::Prepare(sqlite_, "SELECT key, at_ms, firing, resolved FROM told"),
               [&](const Statement& row) {
                 saved.told.emplace_back(
                     row.Text(0), ToldEntry{ListFromText<std::uint64_t>(row.Text(2)),
                                            ListFromText<std::uint64_t>(row.Text(3)), row.Int(1)});
               });
  if (!ok) return std::move(ok).error();
  ok = EachRow(Statement::Prepare(sqlite_, "SELECT silence FROM silences"),
               [&](const Statement& row) {
                 if (auto silence = ParseSilence(row.Text(0)))
                   saved.silences.push_back(std::move(*silence));
               });
  if (!ok) return std::move(ok).error();
  auto letters = Heads();
  if (!letters) return std::move(letters).error();
  saved.letters = std::move(*letters);
  ok = EachRow(Statement::Prepare(sqlite_,
                                  "SELECT channel, day, month, in_day, in_month, warned_day,"
                                  " warned_month, recent_ms FROM spent"),
               [&](const Statement& row) {
                 saved.spent.emplace_back(
                     row.Text(0),
                     Spent{row.Text(1), row.Text(2), row.Int(3), row.Int(4), row.Int(5) != 0,
                           row.Int(6) != 0, ListFromText<std::int64_t>(row.Text(7))});
               });
  if (!ok) return std::move(ok).error();
  auto dead = CountDeadLetters();
  if (!dead) return std::move(dead).error();
  saved.dead_letters = *dead;
  return saved;
}

Result<void> NotifyStore::SaveAlerts(std::span<const NotifiedAlert> alerts) {
  return InTransaction(sqlite_, [&] { return PutAlerts(alerts); });
}

Result<void> NotifyStore::PutAlerts(std::span<const NotifiedAlert> alerts) {
  auto put = Statement::Prepare(sqlite_,
                                "INSERT INTO alerts (fingerprint, alert) VALUES (?, ?)"
                                " ON CONFLICT (fingerprint) DO UPDATE SET alert = excluded.alert");
  if (!put) return std::move(put).error();
  for (const NotifiedAlert& alert : alerts) {
    const std::string text = ToJsonText(alert);
    if (auto ok = put->Bind(Signed(Fingerprint(alert.labels))).Bind(text).Run(); !ok) return ok;
  }
  return {};
}

Result<void> NotifyStore::Commit(std::span<Letter> letters,
                                 std::span<const std::pair<std::string, ToldEntry>> told,
                                 std::span<const std::uint64_t> forgotten) {
  return InTransaction(sqlite_, [&]() -> Result<void> {
    if (auto ok = PutLetters(letters); !ok) return ok;
    if (auto ok = PutTold(told); !ok) return ok;
    auto forget = Statement::Prepare(sqlite_, "DELETE FROM alerts WHERE fingerprint = ?");
    if (!forget) return std::move(forget).error();
    for (const std::uint64_t fingerprint : forgotten) {
      if (auto ok = forget->Bind(Signed(fingerprint)).Run(); !ok) return ok;
    }
    return {};
  });
}

Result<void> NotifyStore::PutTold(std::span<const std::pair<std::string, ToldEntry>> told) {
  auto put = Statement::Prepare(
      sqlite_,
      "INSERT INTO told (key, at_ms, firing, resolved) VALUES (?, ?, ?, ?)"
      " ON CONFLICT (key) DO UPDATE SET at_ms = excluded.at_ms, firing = excluded.firing,"
      " resolved = excluded.resolved");
  if (!put) return std::move(put).error();
  for (const auto& [key, entry] : told) {
    const std::string firing = ListToText(entry.firing), resolved = ListToText(entry.resolved);
    if (auto ok = put->Bind(key).Bind(entry.at_ms).Bind(firing).Bind(resolved).Run(); !ok)
      return ok;
  }
  return {};
}

Result<void> NotifyStore::PutSpent(std::string_view channel, const Spent& spent) {
  auto put = Statement::Prepare(
      sqlite_,
      "INSERT INTO spent (channel, day, month, in_day, in_month, warned_day, warned_month,"
      " recent_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel) DO UPDATE SET"
      " day = excluded.day, month = excluded.month, in_day = excluded.in_day,"
      " in_month = excluded.in_month, warned_day = excluded.warned_day,"
      " warned_month = excluded.warned_month, recent_ms = excluded.recent_ms");
  if (!put) return std::move(put).error();
  const std::string recent = ListToText(spent.recent_ms);
  put->Bind(channel).Bind(spent.day).Bind(spent.month).Bind(spent.in_day).Bind(spent.in_month);
  put->Bind(std::int64_t{spent.warned_day}).Bind(std::int64_t{spent.warned_month}).Bind(recent);
  return put->Run();
}

Result<void> NotifyStore::PutSilence(const Silence& silence) {
  auto put = Statement::Prepare(sqlite_,
                                "INSERT INTO silences (id, ends_at_ms, silence) VALUES (?, ?, ?)"
                                " ON CONFLICT (id) DO UPDATE SET ends_at_ms = excluded.ends_at_ms,"
                                " silence = excluded.silence");
  if (!put) return std::move(put).error();
  const std::string text = ToJsonText(silence);
  return put->Bind(silence.id).Bind(silence.ends_at_ms).Bind(text).Run();
}

Result<void> NotifyStore::ForgetOld(std::int64_t now_ms) {
  using std::chrono::milliseconds;
  const std::string sql = fmt::format(
      "DELETE FROM silences WHERE ends_at_ms < {};"
      "DELETE FROM told WHERE at_ms < {};"
      "DELETE FROM dead_letters WHERE died_at_ms < {} OR row <= "
      "(SELECT max(row) FROM dead_letters) - {}",
      now_ms - milliseconds(kKeepSilences).count(), now_ms - milliseconds(kKeepTold).count(),
      now_ms - milliseconds(kKeepDeadLetters).count(), kMaxDeadLetters);
  return InTransaction(sqlite_, [&] {
    auto ok = sqlite_.Run(sql.c_str());
    return ok ? DeleteParts() : ok;
  });
}

}  // namespace ecsward::notify
