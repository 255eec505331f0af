// The outbox as its users see it: whatever the disk does, letters get through it. While the disk
// fails, what was to be written waits in memory, in order, and letters are sent from there; it is
// written when the disk is back. Until then a crash may lose them or repeat them: that is said in
// the log, and counted.
//
// Letters are named by their rows. One that is only in memory has a negative row, which stays its
// name after it was written.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "exporters/notify/delivery/store_keeper.h"
#include "exporters/notify/store.h"

namespace ecsward::notify {

// Thread-safe; every call may wait for the disk, but for the figures.
class Outbox {
 public:
  // Of letters that no disk takes: beyond, the oldest are lost. In alerts, since these are what
  // takes memory.
  static constexpr std::size_t kMaxAlertsInMemory = 10'000;

  using Told = std::vector<std::pair<std::string, ToldEntry>>;
  using Rows = std::vector<std::int64_t>;

  // Both outlive this.
  Outbox(std::string path, const Clock& clock, const Logger& log)
      : keeper_(std::move(path), clock, log), log_(log) {}

  // What the last run left; nothing when the disk fails.
  NotifyStore::Saved Load();

  void SaveAlerts(std::vector<NotifiedAlert> alerts);
  // The letters' rows, in their order.
  Rows Commit(std::vector<Letter> letters, Told&& told,
              const std::vector<std::uint64_t>& forgotten);
  // Writes what the disk did not take before. True: nothing is left to write.
  bool Retry();

  // Whole letters, without those that are lost. errors: the disk's
  Result<std::vector<Letter>> Read(std::span<const std::int64_t> rows);
  void Attempting(std::span<const std::int64_t> rows, std::string_view channel, const Spent& spent);
  void Delivered(std::span<const std::int64_t> rows, std::string_view channel, const Spent& spent);
  void Failed(std::vector<Letter> letters, std::string_view channel, const Spent& spent);
  // Letters for `channels` in place of these, in the same order: all channels' of the first, then
  // of the second. While the disk fails it may be less than all of them, those at the end are then
  // as they were; the rows that were made say how many.
  Rows Move(std::span<const std::int64_t> rows, const std::vector<std::string>& channels,
            std::int64_t now_ms);
  void Bury(std::span<const std::int64_t> rows, std::string_view why, std::int64_t now_ms);

  // For people: the first letters, and the latest dead ones, with each group's first alert only.
  Result<std::vector<Letter>> First(std::size_t limit);
  Result<std::vector<DeadLetter>> DeadLetters(std::size_t limit);
  Result<void> PutSilence(const Silence& silence);
  void ForgetOld(std::int64_t now_ms);

  std::uint64_t failures() const { return keeper_.failures(); }
  std::size_t dead_letters() const { return dead_letters_; }

 private:
  struct Burial {
    std::int64_t row = 0;
    std::string why;
    std::int64_t at_ms = 0;
  };
  bool Flush();
  bool FlushLetters();
  std::int64_t Real(std::int64_t row) const;
  Rows RealOnes(std::span<const std::int64_t> rows) const;
  Letter* Unsaved(std::int64_t row);
  void Drop(std::span<const std::int64_t> rows);
  Rows AddUnsaved(std::vector<Letter> letters);
  Rows MoveInMemory(std::span<const std::int64_t> rows, const std::vector<std::string>& channels,
                    std::int64_t now_ms);
  Result<std::vector<Letter>> ReadLocked(std::span<const std::int64_t> rows);

  std::mutex mutex_;  // guards all but the atomic
  StoreKeeper keeper_;
  const Logger& log_;
  std::atomic<std::size_t> dead_letters_{0};

  // What is to be written, as a rule for the length of a call.
  std::map<std::uint64_t, NotifiedAlert> alerts_;
  std::deque<Letter> letters_;
  std::map<std::string, ToldEntry> told_;
  std::vector<std::uint64_t> forgotten_;
  std::vector<Burial> burials_;
  Rows gone_;

  std::int64_t last_unsaved_row_ = 0;
  std::map<std::int64_t, std::int64_t> saved_as_;  // of negative rows that others may still know
  bool overflowed_ = false;
};

}  // namespace ecsward::notify
