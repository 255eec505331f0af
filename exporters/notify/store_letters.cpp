// The store's letters. Of a group with many alerts the first stand in the letter itself and the
// others in `parts`, so that no text is ever longer than a hundred alerts, whatever happens to the
// host. A letter that moves to the fallback or to the dead letters keeps its parts: they are copied
// by naming their body, and go with the last letter that names it.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "exporters/notify/store.h"
#include "exporters/notify/store_rows.h"

namespace ecsward::notify {
namespace {

constexpr std::size_t kAlertsInAText = 100;

// What HeadOf reads.
const std::string kHead =
    "row, channel, alerts, committed_at_ms, attempts, first_failed_at_ms, next_try_at_ms,"
    " may_be_there, last_problem, came_from, kind, id, receiver";

Letter HeadOf(const Statement& row) {
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

// The groups as they stand in the letter itself. False: not to be read.
bool AddGroups(const std::string& text, Letter& letter) {
  auto notification = ParseNotification(text);
  if (!notification) return false;
  letter.notification.groups = std::move(notification->groups);
  return true;
}

// In a transaction that a kill leaves standing, and a power cut may take back: what it costs then
// is a message that comes again, and what it saves is a wait for the disk at each message.
Result<void> WithoutSync(Sqlite& sqlite, const std::function<Result<void>()>& work) {
  if (auto ok = sqlite.Run("PRAGMA synchronous = NORMAL"); !ok) return ok;
  auto done = InTransaction(sqlite, work);
  if (auto ok = sqlite.Run("PRAGMA synchronous = FULL"); !ok) return ok;
  return done;
}

std::int64_t LimitOf(std::size_t limit) {
  return static_cast<std::int64_t>(std::min<std::size_t>(limit, INT64_MAX));
}

}  // namespace

void Abridge(Letter& letter) {
  for (GroupNotice& group : letter.notification.groups) {
    if (group.alerts.size() > 1) group.alerts.erase(group.alerts.begin() + 1, group.alerts.end());
    group.alerts.shrink_to_fit();
  }
}

Result<void> NotifyStore::PutLetters(std::span<Letter> letters) {
  auto put = Statement::Prepare(
      sqlite_,
      "INSERT INTO letters (channel, alerts, committed_at_ms, attempts, first_failed_at_ms,"
      " next_try_at_ms, may_be_there, last_problem, came_from, kind, id, receiver, body,"
      " notification) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?) RETURNING row");
  if (!put) return std::move(put).error();
  for (Letter& letter : letters) {
    const Notification& notification = letter.notification;
    const std::string text = ToJsonText(notification, kAlertsInAText);
    put->Bind(letter.channel).Bind(std::int64_t{letter.alerts}).Bind(letter.committed_at_ms);
    put->Bind(std::int64_t{letter.attempts}).Bind(letter.first_failed_at_ms);
    put->Bind(letter.next_try_at_ms).Bind(std::int64_t{letter.may_be_there});
    put->Bind(letter.last_problem).Bind(letter.came_from).Bind(ToString(notification.kind));
    put->Bind(notification.id).Bind(notification.receiver).Bind(text);
    auto row = put->Next();
    if (!row) return std::move(row).error();
    letter.row = put->Int(0);
    if (auto ok = put->Run(); !ok) return ok;  // to its end
    if (notification.groups.empty()) continue;
    const std::vector<NotifiedAlert>& alerts = notification.groups.back().alerts;
    if (alerts.size() <= kAlertsInAText) continue;
    if (auto ok = PutParts(letter.row, std::span(alerts).subspan(kAlertsInAText)); !ok) return ok;
  }
  return {};
}

// An alert a line. The body is named after the letter that had it first.
Result<void> NotifyStore::PutParts(std::int64_t row, std::span<const NotifiedAlert> alerts) {
  auto put = Statement::Prepare(sqlite_, "INSERT INTO parts (body, part, alerts) VALUES (?, ?, ?)");
  if (!put) return std::move(put).error();
  std::string text;
  for (std::int64_t part = 0; !alerts.empty(); ++part) {
    const std::size_t count = std::min(alerts.size(), kAlertsInAText);
    text.clear();
    for (const NotifiedAlert& alert : alerts.first(count)) text.append(ToJsonText(alert)) += '\n';
    alerts = alerts.subspan(count);
    if (auto ok = put->Bind(row).Bind(part).Bind(text).Run(); !ok) return ok;
  }
  return ForEachRow("UPDATE letters SET body = row WHERE row = ?", {&row, 1});
}

Result<void> NotifyStore::ReadParts(std::int64_t body, std::vector<NotifiedAlert>& alerts) {
  auto parts = Statement::Prepare(sqlite_, "SELECT alerts FROM parts WHERE body = ? ORDER BY part");
  if (parts) parts->Bind(body);
  return EachRow(std::move(parts), [&](const Statement& row) {
    const std::string text = row.Text(0);
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      if (auto alert = ParseNotifiedAlert(rest.substr(0, end))) alerts.push_back(std::move(*alert));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  });
}

Result<void> NotifyStore::ForEachRow(const char* sql, std::span<const std::int64_t> rows) {
  auto statement = Statement::Prepare(sqlite_, sql);
  if (!statement) return std::move(statement).error();
  for (const std::int64_t row : rows) {
    if (auto ok = statement->Bind(row).Run(); !ok) return ok;
  }
  return {};
}

// With the parts that nobody names any more.
Result<void> NotifyStore::DeleteLetters(std::span<const std::int64_t> rows) {
  if (auto ok = ForEachRow("DELETE FROM letters WHERE row = ?", rows); !ok) return ok;
  return DeleteParts();
}

Result<void> NotifyStore::DeleteParts() {
  return sqlite_.Run(
      "DELETE FROM parts WHERE body NOT IN (SELECT body FROM letters WHERE body <> 0"
      " UNION ALL SELECT body FROM dead_letters WHERE body <> 0)");
}

Result<std::vector<Letter>> NotifyStore::ReadLetters(std::span<const std::int64_t> rows) {
  const std::string sql = "SELECT " + kHead + ", body, notification FROM letters WHERE row = ?";
  auto read = Statement::Prepare(sqlite_, sql.c_str());
  if (!read) return std::move(read).error();
  std::vector<Letter> letters;
  for (const std::int64_t row : rows) {
    auto found = read->Bind(row).Next();
    if (!found) return std::move(found).error();
    if (!*found) continue;
    Letter letter = HeadOf(*read);
    const std::int64_t body = read->Int(13);
    const bool readable = AddGroups(read->Text(14), letter);
    if (auto ok = read->Run(); !ok) return std::move(ok).error();  // to its end
    if (!readable) continue;
    if (body != 0 && !letter.notification.groups.empty()) {
      std::vector<NotifiedAlert>& alerts = letter.notification.groups.back().alerts;
      alerts.reserve(letter.alerts);
      if (auto ok = ReadParts(body, alerts); !ok) return std::move(ok).error();
    }
    letters.push_back(std::move(letter));
  }
  return letters;
}

Result<std::vector<Letter>> NotifyStore::Heads() {
  std::vector<Letter> letters;
  const std::string sql = "SELECT " + kHead + " FROM letters ORDER BY row";
  auto ok = EachRow(Statement::Prepare(sqlite_, sql.c_str()),
                    [&](const Statement& row) { letters.push_back(HeadOf(row)); });
  if (!ok) return std::move(ok).error();
  return letters;
}

Result<std::vector<Letter>> NotifyStore::FirstLetters(std::size_t limit) {
  std::vector<Letter> letters;
  const std::string sql = "SELECT " + kHead + ", notification FROM letters ORDER BY row LIMIT ?";
  auto rows = Statement::Prepare(sqlite_, sql.c_str());
  if (rows) rows->Bind(LimitOf(limit));
  auto ok = EachRow(std::move(rows), [&](const Statement& row) {
    Letter& letter = letters.emplace_back(HeadOf(row));
    (void)AddGroups(row.Text(13), letter);
    Abridge(letter);
  });
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
  return WithoutSync(sqlite_, [&]() -> Result<void> {
    auto ok = DeleteLetters(rows);
    return ok ? PutSpent(channel, spent) : ok;
  });
}

Result<void> NotifyStore::ForgetLetters(std::span<const std::int64_t> rows) {
  return InTransaction(sqlite_, [&] { return DeleteLetters(rows); });
}

Result<void> NotifyStore::Failed(std::span<const Letter> letters, std::string_view channel,
                                 const Spent& spent) {
  return WithoutSync(sqlite_, [&]() -> Result<void> {
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
        " next_try_at_ms, may_be_there, last_problem, came_from, kind, id, receiver, body,"
        " notification) SELECT ?, alerts, ?, 0, 0, 0, 0, '',"
        " CASE came_from WHEN '' THEN channel ELSE came_from || char(10) || channel END,"
        " kind, id, receiver, body, notification FROM letters WHERE row = ? RETURNING row");
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
    return DeleteLetters(rows);
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
        " why, body, notification) SELECT channel, alerts, committed_at_ms, attempts,"
        " first_failed_at_ms, next_try_at_ms, may_be_there, last_problem, came_from, kind, id,"
        " receiver, ?, ?, body, notification FROM letters WHERE row = ?");
    if (!copy) return std::move(copy).error();
    for (const std::int64_t row : rows) {
      if (auto ok = copy->Bind(now_ms).Bind(why).Bind(row).Run(); !ok) return ok;
    }
    return DeleteLetters(rows);
  });
}

Result<std::vector<DeadLetter>> NotifyStore::DeadLetters(std::size_t limit) {
  std::vector<DeadLetter> letters;
  const std::string sql =
      "SELECT " + kHead +
      ", died_at_ms, why, notification FROM dead_letters ORDER BY row DESC LIMIT ?";
  auto rows = Statement::Prepare(sqlite_, sql.c_str());
  if (rows) rows->Bind(LimitOf(limit));
  auto ok = EachRow(std::move(rows), [&](const Statement& row) {
    DeadLetter& dead = letters.emplace_back();
    dead = {HeadOf(row), row.Int(13), row.Text(14)};
    (void)AddGroups(row.Text(15), dead.letter);
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

}  // namespace ecsward::notify
