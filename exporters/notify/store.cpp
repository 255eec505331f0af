#include "exporters/notify/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/database_file.h"
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
    "  kind TEXT NOT NULL, id TEXT NOT NULL, receiver TEXT NOT NULL, notification TEXT NOT NULL);"
    "CREATE TABLE dead_letters (row INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL,"
    "  alerts INTEGER NOT NULL, committed_at_ms INTEGER NOT NULL, attempts INTEGER NOT NULL,"
    "  first_failed_at_ms INTEGER NOT NULL, next_try_at_ms INTEGER NOT NULL,"
    "  may_be_there INTEGER NOT NULL, last_problem TEXT NOT NULL, came_from TEXT NOT NULL,"
    "  kind TEXT NOT NULL, id TEXT NOT NULL, receiver TEXT NOT NULL,"
    "  died_at_ms INTEGER NOT NULL, why TEXT NOT NULL, notification TEXT NOT NULL);"
    "CREATE TABLE silences (id TEXT PRIMARY KEY, ends_at_ms INTEGER NOT NULL,"
    "  silence TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE spent (channel TEXT PRIMARY KEY, day TEXT NOT NULL, month TEXT NOT NULL,"
    "  in_day INTEGER NOT NULL, in_month INTEGER NOT NULL, warned_day INTEGER NOT NULL,"
    "  warned_month INTEGER NOT NULL, recent_ms TEXT NOT NULL) WITHOUT ROWID;",
};
constexpr DatabaseKind kNotifyDb{0x6563736e /* "ecsn" */, kMigrations};

// What HeadOf reads.
const std::string kHead =
    "row, channel, alerts, committed_at_ms, attempts, first_failed_at_ms, next_try_at_ms,"
    " may_be_there, last_problem, came_from, kind, id, receiver";

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

// Runs a SELECT to its end. errors: the statement's
Result<void> EachRow(Result<Statement> rows, const std::function<void(Statement&)>& use) {
  if (!rows) return std::move(rows).error();
  for (;;) {
    auto row = rows->Next();
    if (!row) return std::move(row).error();
    if (!*row) return {};
    use(*rows);
  }
}

Letter HeadOf(Statement& row) {
  Letter letter;
  letter.row = row.Int(0);
  letter.channel = row.Text(1);
  letter.alerts = static_cast<std::uint32_t>(row.Int(2));
  letter.committed_at_ms = row.Int(3);
  letter.attempts = static_cast<int>(row.Int(4));
  letter.first_failed_at_ms = row.Int(5);
  letter.next_try_at_ms = row.Int(6);
  letter.may_be_there = row.Int(7) != 0;
  letter.last_problem = row.Text(8);
  letter.came_from = row.Text(9);
  letter.notification.kind = ParseNoticeKind(row.Text(10));
  letter.notification.id = row.Text(11);
  letter.notification.receiver = row.Text(12);
  return letter;
}

}  // namespace

void Abridge(Letter& letter) {
  for (GroupNotice& group : letter.notification.groups) {
    if (group.alerts.size() > 1) group.alerts.erase(group.alerts.begin() + 1, group.alerts.end());
    group.alerts.shrink_to_fit();
  }
}

Result<NotifyStore> NotifyStore::Open(const std::string& path) {
  auto sqlite = OpenDatabase(path, kNotifyDb);
  if (!sqlite) return std::move(sqlite).error();
  return NotifyStore(std::move(*sqlite));
}

Result<NotifyStore::Saved> NotifyStore::Load() {
  Saved saved;
  auto ok = EachRow(Statement::Prepare(sqlite_, "SELECT alert FROM alerts"), [&](Statement& row) {
    if (auto alert = ParseNotifiedAlert(row.Text(0))) saved.alerts.push_back(std::move(*alert));
  });
  if (!ok) return std::move(ok).error();
  ok = EachRow(Statement::Prepare(sqlite_, "SELECT key, at_ms, firing, resolved FROM told"),
               [&](Statement& row) {
                 saved.told.emplace_back(
                     row.Text(0), ToldEntry{ListFromText<std::uint64_t>(row.Text(2)),
                                            ListFromText<std::uint64_t>(row.Text(3)), row.Int(1)});
               });
  if (!ok) return std::move(ok).error();
  ok = EachRow(Statement::Prepare(sqlite_, "SELECT silence FROM silences"), [&](Statement& row) {
    if (auto silence = ParseSilence(row.Text(0))) saved.silences.push_back(std::move(*silence));
  });
  if (!ok) return std::move(ok).error();
  auto letters = FirstLetters(SIZE_MAX);
  if (!letters) return std::move(letters).error();
  saved.letters = std::move(*letters);
  ok = EachRow(Statement::Prepare(sqlite_,
                                  "SELECT channel, day, month, in_day, in_month, warned_day,"
                                  " warned_month, recent_ms FROM spent"),
               [&](Statement& row) {
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

Result<void> NotifyStore::PutLetters(std::span<Letter> letters) {
  auto put = Statement::Prepare(
      sqlite_,
      "INSERT INTO letters (channel, alerts, committed_at_ms, attempts, first_failed_at_ms,"
      " next_try_at_ms, may_be_there, last_problem, came_from, kind, id, receiver, notification)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING row");
  if (!put) return std::move(put).error();
  for (Letter& letter : letters) {
    const Notification& notification = letter.notification;
    const std::string text = ToJsonText(notification);
    put->Bind(letter.channel).Bind(std::int64_t{letter.alerts}).Bind(letter.committed_at_ms);
    put->Bind(std::int64_t{letter.attempts}).Bind(letter.first_failed_at_ms);
    put->Bind(letter.next_try_at_ms).Bind(std::int64_t{letter.may_be_there});
    put->Bind(letter.last_problem).Bind(letter.came_from).Bind(ToString(notification.kind));
    put->Bind(notification.id).Bind(notification.receiver).Bind(text);
    auto row = put->Next();
    if (!row) return std::move(row).error();
    letter.row = put->Int(0);
    if (auto ok = put->Run(); !ok) return ok;  // to its end
  }
  return {};
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

Result<void> NotifyStore::ForEachRow(const char* sql, std::span<const std::int64_t> rows) {
  auto statement = Statement::Prepare(sqlite_, sql);
  if (!statement) return std::move(statement).error();
  for (const std::int64_t row : rows) {
    if (auto ok = statement->Bind(row).Run(); !ok) return ok;
  }
  return {};
}

Result<std::vector<Letter>> NotifyStore::ReadLetters(std::span<const std::int64_t> rows) {
  const std::string sql = "SELECT " + kHead + ", notification FROM letters WHERE row = ?";
  auto read = Statement::Prepare(sqlite_, sql.c_str());
  if (!read) return std::move(read).error();
  std::vector<Letter> letters;
  for (const std::int64_t row : rows) {
    auto found = read->Bind(row).Next();
    if (!found) return std::move(found).error();
    if (!*found) continue;
    Letter letter = HeadOf(*read);
    auto notification = ParseNotification(read->Text(13));
    if (notification) {
      letter.notification.groups = std::move(notification->groups);
      letters.push_back(std::move(letter));
    }
    if (auto ok = read->Run(); !ok) return std::move(ok).error();  // to its end
  }
  return letters;
}

Result<std::vector<Letter>> NotifyStore::FirstLetters(std::size_t limit) {
  std::vector<Letter> letters;
  const std::string sql = "SELECT " + kHead + " FROM letters ORDER BY row LIMIT ?";
  auto rows = Statement::Prepare(sqlite_, sql.c_str());
  if (rows) rows->Bind(static_cast<std::int64_t>(std::min<std::size_t>(limit, INT64_MAX)));
  auto ok = EachRow(std::move(rows), [&](Statement& row) { letters.push_back(HeadOf(row)); });
  if (!ok) return std::move(ok).error();
  return letters;
}

Result<void> NotifyStore::Attempting(std::span<const std::int64_t> rows, std::string_view channel,
                                     const Spent& spent) {
  return InTransaction(sqlite_, [&]() -> Result<void> {
    auto ok = ForEachRow("UPDATE letters SET may_be_there = 1 WHERE row = ?", rows);
    return ok ? PutSpent(channel, spent) : ok;
  });
}

Result<void> NotifyStore::Delivered(std::span<const std::int64_t> rows, std::string_view channel,
                                    const Spent& spent) {
  return InTransaction(sqlite_, [&]() -> Result<void> {
    auto ok = ForEachRow("DELETE FROM letters WHERE row = ?", rows);
    return ok ? PutSpent(channel, spent) : ok;
  });
}

Result<void> NotifyStore::ForgetLetters(std::span<const std::int64_t> rows) {
  return InTransaction(sqlite_,
                       [&] { return ForEachRow("DELETE FROM letters WHERE row = ?", rows); });
}

Result<void> NotifyStore::Failed(std::span<const Letter> letters, std::string_view channel,
                                 const Spent& spent) {
  return InTransaction(sqlite_, [&]() -> Result<void> {
    auto note = Statement::Prepare(
        sqlite_,
        "UPDATE letters SET attempts = ?, first_failed_at_ms = ?, next_try_at_ms = ?,"
        " may_be_there = ?, last_problem = ? WHERE row = ?");
    if (!note) return std::move(note).error();
    for (const Letter& letter : letters) {
      note->Bind(std::int64_t{letter.attempts}).Bind(letter.first_failed_at_ms);
      note->Bind(letter.next_try_at_ms).Bind(std::int64_t{letter.may_be_there});
      if (auto ok = note->Bind(letter.last_problem).Bind(letter.row).Run(); !ok) return ok;
    }
    return PutSpent(channel, spent);
  });
}

Result<std::vector<std::int64_t>> NotifyStore::Redirect(std::span<const std::int64_t> rows,
                                                        std::span<const std::string> channels,
                                                        std::int64_t now_ms) {
  std::vector<std::int64_t> made;
  auto done = InTransaction(sqlite_, [&]() -> Result<void> {
    auto copy = Statement::Prepare(
        sqlite_,
        "INSERT INTO letters (channel, alerts, committed_at_ms, attempts, first_failed_at_ms,"
        " next_try_at_ms, may_be_there, last_problem, came_from, kind, id, receiver, notification)"
        " SELECT ?, alerts, ?, 0, 0, 0, 0, '',"
        " CASE came_from WHEN '' THEN channel ELSE came_from || char(10) || channel END,"
        " kind, id, receiver, notification FROM letters WHERE row = ? RETURNING row");
    if (!copy) return std::move(copy).error();
    for (const std::int64_t row : rows) {
      for (const std::string& channel : channels) {
        auto copied = copy->Bind(channel).Bind(now_ms).Bind(row).Next();
        if (!copied) return std::move(copied).error();
        made.push_back(*copied ? copy->Int(0) : 0);
        if (!*copied) continue;
        if (auto ok = copy->Run(); !ok) return ok;
      }
    }
    return ForEachRow("DELETE FROM letters WHERE row = ?", rows);
  });
  if (!done) return std::move(done).error();
  return made;
}

Result<void> NotifyStore::Bury(std::span<const std::int64_t> rows, std::string_view why,
                               std::int64_t now_ms) {
  return InTransaction(sqlite_, [&]() -> Result<void> {
    auto copy = Statement::Prepare(
        sqlite_,
        "INSERT INTO dead_letters (channel, alerts, committed_at_ms, attempts, first_failed_at_ms,"
        " next_try_at_ms, may_be_there, last_problem, came_from, kind, id, receiver, died_at_ms,"
        " why, notification) SELECT channel, alerts, committed_at_ms, attempts, first_failed_at_ms,"
        " next_try_at_ms, may_be_there, last_problem, came_from, kind, id, receiver, ?, ?,"
        " notification FROM letters WHERE row = ?");
    if (!copy) return std::move(copy).error();
    for (const std::int64_t row : rows) {
      if (auto ok = copy->Bind(now_ms).Bind(why).Bind(row).Run(); !ok) return ok;
    }
    return ForEachRow("DELETE FROM letters WHERE row = ?", rows);
  });
}

Result<std::vector<DeadLetter>> NotifyStore::DeadLetters(std::size_t limit) {
  std::vector<DeadLetter> letters;
  const std::string sql =
      "SELECT " + kHead +
      ", died_at_ms, why, notification FROM dead_letters ORDER BY row DESC LIMIT ?";
  auto rows = Statement::Prepare(sqlite_, sql.c_str());
  if (rows) rows->Bind(static_cast<std::int64_t>(std::min<std::size_t>(limit, INT64_MAX)));
  auto ok = EachRow(std::move(rows), [&](Statement& row) {
    DeadLetter& dead = letters.emplace_back();
    dead = {HeadOf(row), row.Int(13), row.Text(14)};
    auto notification = ParseNotification(row.Text(15));
    if (notification) dead.letter.notification.groups = std::move(notification->groups);
    Abridge(dead.letter);
  });
  if (!ok) return std::move(ok).error();
  return letters;
}

Result<std::size_t> NotifyStore::CountDeadLetters() {
  auto count = sqlite_.Number("SELECT count(*) FROM dead_letters");
  if (!count) return std::move(count).error();
  return static_cast<std::size_t>(*count);
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
  return InTransaction(sqlite_, [&] { return sqlite_.Run(sql.c_str()); });
}

}  // namespace ecsward::notify
