// Who used the host, second after second, for the last hour: what "before", "during" and "at the
// peak" are answered from when an alert fires.
//
// One ring for each kind of use (CPU, memory, disk, …). Each entry is a moment: the host's total
// and the handful that made most of it. Names are kept once. Bounded: the oldest entry goes when
// there are `capacity`; a name that no entry uses any more gives its place back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/evidence.h"

namespace ecsward {

// Thread-safe: one thread adds, others ask.
class OffenderRing {
 public:
  static constexpr std::size_t kOffenders = 5;  // of a moment; more are left out, smallest first

  struct Moment {
    std::int64_t time_ms = 0;
    double total = 0;  // of the host, in the kind's unit: cores, bytes, bytes/s
  };

  explicit OffenderRing(std::size_t capacity = 3600) : capacity_(capacity) {}

  // `offenders`: the biggest first, their amounts in the kind's unit; `share` is not looked at.
  // A time not after the newest one is left out.
  void Add(const Moment& moment, std::span<const Offender> offenders);

  // The three periods of an alert whose condition has held since `since_ms`, as seen at `now_ms`:
  // the time before it (as long again, at least a minute), its window, and its peak, which is the
  // single moment with the greatest total. A period of which nothing was kept is left out.
  // Averages over all moments of a period: one in which an offender was not among the biggest
  // counts as 0 for it. Shares are of the period's total.
  std::vector<EvidencePeriod> Periods(std::int64_t since_ms, std::int64_t now_ms) const;

  // One period [from_ms, to_ms]. False when nothing was kept of it.
  bool Average(std::int64_t from_ms, std::int64_t to_ms, EvidencePeriod& out) const;

  // The times move with the machine's clock.
  void Shift(std::int64_t delta_ms);
  std::size_t size() const;
  // How many moments of [from_ms, to_ms] are kept.
  std::size_t Count(std::int64_t from_ms, std::int64_t to_ms) const;

 private:
  using NameId = std::uint16_t;
  // By kind of number, so that there are no gaps: an hour of them is 230 KB.
  struct Entry {
    std::int64_t time_ms = 0;
    float total = 0;
    float amounts[kOffenders] = {};
    std::int32_t pids[kOffenders] = {};
    NameId names[kOffenders] = {};
    std::uint8_t count = 0;
  };
  static_assert(sizeof(Entry) == 64);
  struct Name {
    std::string text;
    std::uint32_t uses = 0;
  };

  bool Intern(std::string_view text, NameId& out);  // false: no more names can be told apart
  void Release(const Entry& entry);
  std::pair<std::size_t, std::size_t> RangeLocked(std::int64_t from_ms, std::int64_t to_ms) const;
  bool AverageLocked(std::int64_t from_ms, std::int64_t to_ms, EvidencePeriod& out) const;

  const std::size_t capacity_;
  mutable std::mutex mutex_;  // guards the rest
  std::deque<Entry> entries_;
  std::vector<Name> names_;
  std::map<std::string, NameId, std::less<>> ids_;
  std::vector<NameId> free_;
};

}  // namespace ecsward
