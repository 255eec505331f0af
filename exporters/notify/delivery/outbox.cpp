#include "exporters/notify/delivery/outbox.h"

#include <algorithm>
#include <iterator>

namespace ecsward::notify {

NotifyStore::Saved Outbox::Load() {
  const std::lock_guard lock(mutex_);
  NotifyStore::Saved saved;
  (void)keeper_.Do([&](NotifyStore& store) -> Result<void> {
    auto loaded = store.Load();
    if (!loaded) return std::move(loaded).error();
    saved = std::move(*loaded);
    return {};
  });
  dead_letters_ = saved.dead_letters;
  return saved;
}

void Outbox::SaveAlerts(std::vector<NotifiedAlert> alerts) {
  const std::lock_guard lock(mutex_);
  if (alerts.empty()) return;
  if (alerts_.empty()) {  // as a rule
    const auto saved = keeper_.Do([&](NotifyStore& store) { return store.SaveAlerts(alerts); });
    if (saved) return;
  }
  for (NotifiedAlert& alert : alerts) {
    const std::uint64_t fingerprint = Fingerprint(alert.labels);
    // Whoever is told of this alert is told from memory; only its state after a crash is at stake.
    if (alerts_.size() >= kMaxAlertsInMemory && !alerts_.contains(fingerprint)) continue;
    alerts_[fingerprint] = std::move(alert);
  }
  (void)Flush();
}

Outbox::Rows Outbox::Commit(std::vector<Letter> letters, Told&& told,
                            const std::vector<std::uint64_t>& forgotten) {
  const std::lock_guard lock(mutex_);
  for (auto& [key, entry] : told) told_[key] = std::move(entry);
  for (const std::uint64_t fingerprint : forgotten) alerts_.erase(fingerprint);
  forgotten_.insert(forgotten_.end(), forgotten.begin(), forgotten.end());
  Rows rows = AddUnsaved(std::move(letters));
  (void)Flush();
  for (std::int64_t& row : rows) {
    if (Real(row) > 0) row = saved_as_.extract(row).mapped();
  }
  return rows;
}

bool Outbox::Retry() {
  const std::lock_guard lock(mutex_);
  return Flush();
}

// Puts them behind those that wait already.
Outbox::Rows Outbox::AddUnsaved(std::vector<Letter> letters) {
  Rows rows;
  for (Letter& letter : letters) {
    letter.row = --last_unsaved_row_;
    rows.push_back(letter.row);
    letters_.push_back(std::move(letter));
  }
  return rows;
}

// Everything that waits, in an order in which a crash in between does no harm.
bool Outbox::Flush() {
  if (!alerts_.empty()) {
    std::vector<NotifiedAlert> alerts;
    for (const auto& [fingerprint, alert] : alerts_) alerts.push_back(alert);
    if (!keeper_.Do([&](NotifyStore& store) { return store.SaveAlerts(alerts); })) return false;
    alerts_.clear();
  }
  if (!FlushLetters()) return false;
  while (!burials_.empty()) {
    const Burial& next = burials_.back();
    const Rows row{Real(next.row)};
    const auto buried =
        keeper_.Do([&](NotifyStore& store) { return store.Bury(row, next.why, next.at_ms); });
    if (!buried) return false;
    saved_as_.erase(next.row);
    burials_.pop_back();
  }
  if (gone_.empty()) return true;
  if (!keeper_.Do([&](NotifyStore& store) { return store.ForgetLetters(gone_); })) return false;
  gone_.clear();
  return true;
}

bool Outbox::FlushLetters() {
  if (letters_.empty() && told_.empty() && forgotten_.empty()) return true;
  std::vector<Letter> letters(std::make_move_iterator(letters_.begin()),
                              std::make_move_iterator(letters_.end()));
  letters_.clear();
  Rows rows;
  for (const Letter& letter : letters) rows.push_back(letter.row);
  const Told told(told_.begin(), told_.end());
  const auto written =
      keeper_.Do([&](NotifyStore& store) { return store.Commit(letters, told, forgotten_); });
  if (written) {
    for (std::size_t i = 0; i < rows.size(); ++i) saved_as_[rows[i]] = letters[i].row;
    told_.clear();
    forgotten_.clear();
    overflowed_ = false;
    return true;
  }
  std::size_t alerts = 0;
  for (std::size_t i = rows.size(); i-- > 0;) {
    alerts += letters[i].alerts;
    if (alerts > kMaxAlertsInMemory && !letters_.empty()) {
      if (!std::exchange(overflowed_, true)) {
        log_.LogError("notifications are lost: the disk fails, and memory is used up");
      }
      break;
    }
    letters[i].row = rows[i];
    letters_.push_front(std::move(letters[i]));
  }
  return false;
}

std::int64_t Outbox::Real(std::int64_t row) const {
  const auto saved = saved_as_.find(row);
  return saved == saved_as_.end() ? row : saved->second;
}

// Those that are in the file.
Outbox::Rows Outbox::RealOnes(std::span<const std::int64_t> rows) const {
  Rows real;
  for (const std::int64_t row : rows) {
    if (const std::int64_t is = Real(row); is > 0) real.push_back(is);
  }
  return real;
}

Letter* Outbox::Unsaved(std::int64_t row) {
  const auto found = std::find_if(letters_.begin(), letters_.end(),
                                  [row](const Letter& letter) { return letter.row == row; });
  return found == letters_.end() ? nullptr : &*found;
}

// They are no longer to be written, and nobody asks for them any more.
void Outbox::Drop(std::span<const std::int64_t> rows) {
  for (const std::int64_t row : rows) {
    if (row > 0) continue;
    saved_as_.erase(row);
    std::erase_if(letters_, [row](const Letter& letter) { return letter.row == row; });
  }
}

Result<std::vector<Letter>> Outbox::Read(std::span<const std::int64_t> rows) {
  const std::lock_guard lock(mutex_);
  return ReadLocked(rows);
}

Result<std::vector<Letter>> Outbox::ReadLocked(std::span<const std::int64_t> rows) {
  std::vector<Letter> letters;
  for (const std::int64_t row : rows) {
    if (const Letter* unsaved = Unsaved(row)) {
      letters.push_back(*unsaved);
      continue;
    }
    const Rows real{Real(row)};
    auto done = keeper_.Do([&](NotifyStore& store) -> Result<void> {
      auto read = store.ReadLetters(real);
      if (!read) return std::move(read).error();
      std::move(read->begin(), read->end(), std::back_inserter(letters));
      return {};
    });
    if (!done) return std::move(done).error();
  }
  return letters;
}

void Outbox::Attempting(std::span<const std::int64_t> rows, std::string_view channel,
                        const Spent& spent) {
  const std::lock_guard lock(mutex_);
  for (const std::int64_t row : rows) {
    if (Letter* unsaved = Unsaved(row)) unsaved->may_be_there = true;
  }
  (void)keeper_.Do(
      [&](NotifyStore& store) { return store.Attempting(RealOnes(rows), channel, spent); });
}

void Outbox::Delivered(std::span<const std::int64_t> rows, std::string_view channel,
                       const Spent& spent) {
  const std::lock_guard lock(mutex_);
  const Rows real = RealOnes(rows);
  Drop(rows);
  if (!keeper_.Do([&](NotifyStore& store) { return store.Delivered(real, channel, spent); })) {
    gone_.insert(gone_.end(), real.begin(), real.end());
  }
}

void Outbox::Failed(std::vector<Letter> letters, std::string_view channel, const Spent& spent) {
  const std::lock_guard lock(mutex_);
  for (Letter& letter : letters) {
    if (Letter* unsaved = Unsaved(letter.row)) {
      unsaved->attempts = letter.attempts;
      unsaved->first_failed_at_ms = letter.first_failed_at_ms;
      unsaved->next_try_at_ms = letter.next_try_at_ms;
      unsaved->may_be_there = letter.may_be_there;
      unsaved->last_problem = letter.last_problem;
    }
    letter.row = Real(letter.row);
  }
  (void)keeper_.Do([&](NotifyStore& store) { return store.Failed(letters, channel, spent); });
}

Outbox::Rows Outbox::Move(std::span<const std::int64_t> rows,
                          const std::vector<std::string>& channels, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  const Rows real = RealOnes(rows);
  if (real.size() == rows.size() && Flush()) {
    Rows made;
    const auto moved = keeper_.Do([&](NotifyStore& store) -> Result<void> {
      auto redirected = store.Redirect(real, channels, now_ms);
      if (!redirected) return std::move(redirected).error();
      made = std::move(*redirected);
      return {};
    });
    if (moved) {
      Drop(rows);
      return made;
    }
  }
  return MoveInMemory(rows, channels, now_ms);
}

// One by one, as many as there is memory for.
Outbox::Rows Outbox::MoveInMemory(std::span<const std::int64_t> rows,
                                  const std::vector<std::string>& channels, std::int64_t now_ms) {
  Rows made;
  std::size_t alerts = 0;
  for (const Letter& letter : letters_) alerts += letter.alerts;
  for (const std::int64_t row : rows) {
    const Rows one{row};
    const auto read = ReadLocked(one);
    if (!read) break;
    std::vector<Letter> copies;
    for (const std::string& channel : channels) {
      if (read->empty()) break;  // it was lost
      Letter copy = read->front();
      copy.came_from += copy.came_from.empty() ? copy.channel : '\n' + copy.channel;
      copy.channel = channel;
      copy.committed_at_ms = now_ms;
      copy.attempts = 0;
      copy.first_failed_at_ms = copy.next_try_at_ms = 0;
      copy.may_be_there = false;
      copy.last_problem.clear();
      alerts += copy.alerts;
      copies.push_back(std::move(copy));
    }
    if (alerts > kMaxAlertsInMemory && !made.empty()) break;
    for (const std::int64_t real : RealOnes(one)) gone_.push_back(real);
    Drop(one);
    Rows added = AddUnsaved(std::move(copies));
    added.resize(channels.size());  // rows of lost ones are 0
    made.insert(made.end(), added.begin(), added.end());
  }
  (void)Flush();
  return made;
}

void Outbox::Bury(std::span<const std::int64_t> rows, std::string_view why, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  dead_letters_ += rows.size();
  std::vector<std::int64_t> real = RealOnes(rows);
  if (real.size() == rows.size()) {
    const auto buried =
        keeper_.Do([&](NotifyStore& store) { return store.Bury(real, why, now_ms); });
    if (buried) return Drop(rows);
  }
  for (const std::int64_t row : rows) burials_.push_back({row, std::string(why), now_ms});
  std::reverse(burials_.end() - static_cast<std::ptrdiff_t>(rows.size()), burials_.end());
  (void)Flush();
}

Result<std::vector<Letter>> Outbox::First(std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Letter> first;
  auto done = keeper_.Do([&](NotifyStore& store) -> Result<void> {
    auto letters = store.FirstLetters(limit);
    if (!letters) return std::move(letters).error();
    first = std::move(*letters);
    return {};
  });
  if (!done && letters_.empty()) return std::move(done).error();
  for (const Letter& letter : letters_) {
    if (first.size() >= limit) break;
    first.push_back(letter);
    Abridge(first.back());
  }
  return first;
}

Result<std::vector<DeadLetter>> Outbox::DeadLetters(std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<DeadLetter> dead;
  auto done = keeper_.Do([&](NotifyStore& store) -> Result<void> {
    auto letters = store.DeadLetters(limit);
    if (!letters) return std::move(letters).error();
    dead = std::move(*letters);
    return {};
  });
  if (!done) return std::move(done).error();
  return dead;
}

Result<void> Outbox::PutSilence(const Silence& silence) {
  const std::lock_guard lock(mutex_);
  return keeper_.Do([&](NotifyStore& store) { return store.PutSilence(silence); });
}

void Outbox::ForgetOld(std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  (void)keeper_.Do([&](NotifyStore& store) -> Result<void> {
    if (auto ok = store.ForgetOld(now_ms); !ok) return ok;
    auto count = store.CountDeadLetters();
    if (!count) return std::move(count).error();
    dead_letters_ = *count;
    return {};
  });
}

}  // namespace ecsward::notify
