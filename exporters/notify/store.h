// What the notifier must not lose, in SQLite (notify.db in the state directory): alerts, what was
// told, the outbox, silences, budgets, dead letters. Each call that changes something is one
// transaction, on the disk when it returns; Delivered and Failed are there after a kill, but a
// power cut may take them back: then a message comes twice.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/sqlite.h"
#include "exporters/notify/dispatcher.h"
#include "exporters/notify/notification.h"
#include "exporters/notify/silence.h"

namespace ecsward::notify {

// A notice on its way to one channel.
struct Letter {
  std::int64_t row = 0;       // the order in which letters were committed
  std::string channel;        // ChannelKey
  Notification notification;  // of one group; merging happens when it is sent
  std::uint32_t alerts = 0;   // how many it is about
  std::int64_t committed_at_ms = 0;
  int attempts = 0;
  std::int64_t first_failed_at_ms = 0;  // 0: it has not
  std::int64_t next_try_at_ms = 0;
  bool may_be_there = false;
  std::string last_problem;
  std::string came_from;  // the channels whose fallback this is, the latest last, a line each
};

// Leaves each group its first alert, which fires if any does: what a list of letters needs.
void Abridge(Letter& letter);

struct DeadLetter {
  Letter letter;
  std::int64_t died_at_ms = 0;
  std::string why;
};

// What a channel has used. `day` and `month` are those of Beijing time: "2026-11-28", "2026-11".
struct Spent {
  std::string day, month;
  std::int64_t in_day = 0, in_month = 0;
  bool warned_day = false, warned_month = false;
  // When its last messages were sent, as many as its rate limit counts.
  std::vector<std::int64_t> recent_ms = {};
};

// One thread at a time.
class NotifyStore {
 public:
  static constexpr std::size_t kMaxDeadLetters = 10'000;  // the oldest go
  static constexpr std::chrono::hours kKeepDeadLetters{24 * 30};
  static constexpr std::chrono::hours kKeepTold{24 * 14};     // longer than any repeat_interval
  static constexpr std::chrono::hours kKeepSilences{24 * 5};  // after they have expired

  // Opens or makes the file. errors: as OpenDatabase
  static Result<NotifyStore> Open(const std::string& path);

  struct Saved {
    std::vector<NotifiedAlert> alerts;
    std::vector<std::pair<std::string, ToldEntry>> told;
    std::vector<Silence> silences;
    // Oldest first, without their notifications' groups (ReadLetters has them): the outbox may be
    // long, and what is about to be sent is little.
    std::vector<Letter> letters;
    std::vector<std::pair<std::string, Spent>> spent;  // by channel
    std::size_t dead_letters = 0;
  };
  Result<Saved> Load();

  Result<void> SaveAlerts(std::span<const NotifiedAlert> alerts);
  // Alerts that are no longer needed, what was told and the letters of one flush, together. Letters
  // get their rows.
  Result<void> Commit(std::span<Letter> letters,
                      std::span<const std::pair<std::string, ToldEntry>> told,
                      std::span<const std::uint64_t> forgotten);

  // Whole letters. One that is not there, or not to be read, is left out.
  Result<std::vector<Letter>> ReadLetters(std::span<const std::int64_t> rows);
  // The outbox' first letters, with each group's first alert only.
  Result<std::vector<Letter>> FirstLetters(std::size_t limit);

  // They are about to be sent with one message: from now on they may be there, and it is spent.
  Result<void> Attempting(std::span<const std::int64_t> rows, std::string_view channel,
                          const Spent& spent);
  // The letters went out with one message: they go, what was spent stays.
  Result<void> Delivered(std::span<const std::int64_t> rows, std::string_view channel,
                         const Spent& spent);
  // How the letters' attempts stand; nothing else of them is looked at.
  Result<void> Failed(std::span<const Letter> letters, std::string_view channel,
                      const Spent& spent);
  // To other channels' queues, as new letters in the same order; gives their rows, those of the
  // first letter first. `came_from` of each is a line longer.
  Result<std::vector<std::int64_t>> Redirect(std::span<const std::int64_t> rows,
                                             std::span<const std::string> channels,
                                             std::int64_t now_ms);
  Result<void> Bury(std::span<const std::int64_t> rows, std::string_view why, std::int64_t now_ms);
  // The latest first, with each group's first alert only.
  Result<std::vector<DeadLetter>> DeadLetters(std::size_t limit);
  Result<std::size_t> CountDeadLetters();
  // Of whatever became of them while the disk did not listen.
  Result<void> ForgetLetters(std::span<const std::int64_t> rows);

  Result<void> PutSilence(const Silence& silence);
  // Expired silences, old dead letters, what was told of groups that are long gone.
  Result<void> ForgetOld(std::int64_t now_ms);

 private:
  explicit NotifyStore(Sqlite sqlite) : sqlite_(std::move(sqlite)) {}
  Result<void> PutAlerts(std::span<const NotifiedAlert> alerts);
  Result<void> PutTold(std::span<const std::pair<std::string, ToldEntry>> told);
  Result<void> PutLetters(std::span<Letter> letters);
  Result<void> PutParts(std::int64_t row, std::span<const NotifiedAlert> alerts);
  Result<void> ReadParts(std::int64_t body, std::vector<NotifiedAlert>& alerts);
  Result<std::vector<Letter>> Heads();
  Result<void> DeleteLetters(std::span<const std::int64_t> rows);
  Result<void> DeleteParts();
  Result<void> PutSpent(std::string_view channel, const Spent& spent);
  Result<void> ForEachRow(const char* sql, std::span<const std::int64_t> rows);

  Sqlite sqlite_;
};

}  // namespace ecsward::notify
