// What the notifier must not lose, in SQLite (notify.db in the state directory): alerts, what was
// told, the outbox, silences, budgets, dead letters. Each call that changes something is one
// transaction, on the disk when it returns.
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
  std::int64_t committed_at_ms = 0;
  int attempts = 0;
  std::int64_t first_failed_at_ms = 0;  // 0: it has not
  std::int64_t next_try_at_ms = 0;
  bool may_be_there = false;
  std::string last_problem;
  std::string came_from;  // the channel whose fallback this is
};

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

class NotifyStore {
 public:
  // Opens or makes the file. errors: as StateDb::Open
  static Result<NotifyStore> Open(const std::string& path);

  struct Saved {
    std::vector<NotifiedAlert> alerts;
    std::vector<std::pair<std::string, ToldEntry>> told;
    std::vector<Silence> silences;
    std::vector<Letter> letters;                       // oldest first
    std::vector<std::pair<std::string, Spent>> spent;  // by channel
  };
  Result<Saved> Load();

  Result<void> SaveAlerts(std::span<const NotifiedAlert> alerts);
  // Alerts, what was told and the letters of one flush, together. Letters get their rows.
  Result<void> Commit(std::span<Letter> letters,
                      std::span<const std::pair<std::string, ToldEntry>> told,
                      std::span<const std::uint64_t> forgotten);
  // The letters went out with one message: they go, what was spent stays.
  Result<void> Delivered(std::span<const std::int64_t> rows, std::string_view channel,
                         const Spent& spent);
  Result<void> Failed(std::span<const Letter> letters);
  // To another channel's queue, as new letters.
  Result<void> Redirect(std::span<const std::int64_t> rows, std::span<Letter> to);
  Result<void> Bury(std::span<const Letter> letters, std::string_view why, std::int64_t now_ms);
  Result<std::vector<DeadLetter>> DeadLetters(std::size_t limit);
  Result<void> ForgetDeadLetters(std::int64_t before_ms);

  Result<void> PutSilence(const Silence& silence);
  Result<void> ForgetOld(std::int64_t now_ms);  // expired silences and entries nobody needs

 private:
  explicit NotifyStore(Sqlite sqlite) : sqlite_(std::move(sqlite)) {}
  Sqlite sqlite_;
};

}  // namespace ecsward::notify
