#include "metrics/offender_ring.h"

#include <algorithm>
#include <limits>

namespace ecsward {
namespace {

constexpr std::int64_t kShortestBeforeMs = 60'000;

}  // namespace

bool OffenderRing::Intern(std::string_view text, NameId& out) {
  const auto found = ids_.find(text);
  if (found != ids_.end()) {
    out = found->second;
  } else if (!free_.empty()) {
    out = free_.back();
    free_.pop_back();
    names_[out].text = text;
    ids_.emplace(text, out);
  } else {
    if (names_.size() > std::numeric_limits<NameId>::max()) return false;
    out = static_cast<NameId>(names_.size());
    names_.push_back({std::string(text), 0});
    ids_.emplace(text, out);
  }
  ++names_[out].uses;
  return true;
}

void OffenderRing::Release(const Entry& entry) {
  for (std::size_t i = 0; i < entry.count; ++i) {
    Name& name = names_[entry.names[i]];
    if (--name.uses > 0) continue;
    ids_.erase(name.text);
    name.text = {};
    free_.push_back(entry.names[i]);
  }
}

void OffenderRing::Add(const Moment& moment, std::span<const Offender> offenders) {
  const std::lock_guard lock(mutex_);
  if (!entries_.empty() && moment.time_ms <= entries_.back().time_ms) return;
  while (entries_.size() >= std::max<std::size_t>(capacity_, 1)) {
    Release(entries_.front());
    entries_.pop_front();
  }
  Entry entry;
  entry.time_ms = moment.time_ms;
  entry.total = static_cast<float>(moment.total);
  for (const Offender& offender : offenders) {
    if (entry.count == kOffenders) break;
    if (!Intern(offender.name, entry.names[entry.count])) break;
    entry.pids[entry.count] = static_cast<std::int32_t>(offender.pid);
    entry.amounts[entry.count] = static_cast<float>(offender.amount);
    ++entry.count;
  }
  entries_.push_back(entry);
}

// [begin, end) of the entries.
std::pair<std::size_t, std::size_t> OffenderRing::RangeLocked(std::int64_t from_ms,
                                                              std::int64_t to_ms) const {
  const auto before = [](const Entry& entry, std::int64_t t) { return entry.time_ms < t; };
  const auto after = [](std::int64_t t, const Entry& entry) { return t < entry.time_ms; };
  const auto begin = std::lower_bound(entries_.begin(), entries_.end(), from_ms, before);
  const auto end = std::upper_bound(begin, entries_.end(), to_ms, after);
  return {static_cast<std::size_t>(begin - entries_.begin()),
          static_cast<std::size_t>(end - entries_.begin())};
}

bool OffenderRing::AverageLocked(std::int64_t from_ms, std::int64_t to_ms,
                                 EvidencePeriod& out) const {
  struct Sum {
    double amount = 0;
    float biggest = -1;
    std::int64_t pid = 0;
  };
  std::map<NameId, Sum> sums;
  double total = 0;
  const auto [begin, end] = RangeLocked(from_ms, to_ms);
  if (begin == end) return false;
  for (std::size_t at = begin; at < end; ++at) {
    const Entry& entry = entries_[at];
    total += static_cast<double>(entry.total);
    for (std::size_t i = 0; i < entry.count; ++i) {
      Sum& sum = sums[entry.names[i]];
      sum.amount += static_cast<double>(entry.amounts[i]);
      if (entry.amounts[i] > sum.biggest) {
        sum.biggest = entry.amounts[i];
        sum.pid = entry.pids[i];
      }
    }
  }
  out.from_ms = entries_[begin].time_ms;
  out.to_ms = entries_[end - 1].time_ms;
  const double count = static_cast<double>(end - begin);
  out.total = total / count;
  out.offenders.clear();
  for (const auto& [name, sum] : sums) {
    const double share = total > 0 ? std::min(sum.amount / total, 1.0) : 0;
    out.offenders.push_back({names_[name].text, sum.pid, share, sum.amount / count});
  }
  std::sort(out.offenders.begin(), out.offenders.end(), [](const Offender& a, const Offender& b) {
    return a.amount != b.amount ? a.amount > b.amount : a.name < b.name;
  });
  if (out.offenders.size() > kOffenders) out.offenders.resize(kOffenders);
  return true;
}

bool OffenderRing::Average(std::int64_t from_ms, std::int64_t to_ms, EvidencePeriod& out) const {
  const std::lock_guard lock(mutex_);
  return AverageLocked(from_ms, to_ms, out);
}

std::vector<EvidencePeriod> OffenderRing::Periods(std::int64_t since_ms,
                                                  std::int64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  std::vector<EvidencePeriod> out;
  since_ms = std::min(since_ms, now_ms);
  const std::int64_t length = std::max(now_ms - since_ms, kShortestBeforeMs);
  if (EvidencePeriod before; AverageLocked(since_ms - length, since_ms - 1, before)) {
    before.what = EvidencePeriod::What::kBefore;
    out.push_back(std::move(before));
  }
  EvidencePeriod window;
  if (!AverageLocked(since_ms, now_ms, window)) return out;
  window.what = EvidencePeriod::What::kWindow;
  const Entry* peak = nullptr;
  for (const Entry& entry : entries_) {
    if (entry.time_ms < since_ms || entry.time_ms > now_ms) continue;
    if (peak == nullptr || entry.total > peak->total) peak = &entry;
  }
  EvidencePeriod at_peak;
  if (peak != nullptr && AverageLocked(peak->time_ms, peak->time_ms, at_peak)) {
    at_peak.what = EvidencePeriod::What::kPeak;
  }
  out.push_back(std::move(window));
  if (peak != nullptr) out.push_back(std::move(at_peak));
  return out;
}

void OffenderRing::Shift(std::int64_t delta_ms) {
  const std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) entry.time_ms += delta_ms;
}

std::size_t OffenderRing::Count(std::int64_t from_ms, std::int64_t to_ms) const {
  const std::lock_guard lock(mutex_);
  const auto [begin, end] = RangeLocked(from_ms, to_ms);
  return end - begin;
}

std::size_t OffenderRing::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace ecsward
