#include "collectors/evidence_thread.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "collectors/offender_ranking.h"
#include "collectors/offender_reader.h"

namespace ecsward {
namespace {

constexpr std::size_t kKinds = 5;
// More open questions of one kind than there can be alerts: the host has made us wait for long.
constexpr std::size_t kMaxOpen = 10'000;

// Null: nothing is remembered of that kind.
const OffenderRing* RingOf(const HostBoards& boards, EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::kCpu:
      return &boards.cpu;
    case EvidenceKind::kMemory:
      return &boards.memory;
    case EvidenceKind::kDisk:
      return &boards.disk;
    case EvidenceKind::kNetwork:
      return &boards.port_traffic;
    case EvidenceKind::kPort:
      break;
  }
  return nullptr;
}

std::string_view UnitOf(EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::kCpu:
      return "cores";
    case EvidenceKind::kMemory:
      return "bytes";
    case EvidenceKind::kDisk:
    case EvidenceKind::kNetwork:
      return "bytes/s";
    case EvidenceKind::kPort:
      break;
  }
  return "connections";
}

// A ring answers for a window with so many moments, the newest not older than this, that begins
// with the window or misses at most half of it.
constexpr std::size_t kLeastMoments = 3;
constexpr std::int64_t kFreshMs = 20'000;

// Who it was from a ring alone. Nothing where it knows too little.
std::optional<Evidence> Recall(const OffenderRing& ring, EvidenceKind kind, std::int64_t since_ms,
                               std::int64_t now_ms) {
  if (since_ms <= 0 || ring.Count(since_ms, now_ms) < kLeastMoments) return std::nullopt;
  Evidence out;
  out.kind = kind;
  out.time_ms = now_ms;
  out.unit = UnitOf(kind);
  out.periods = ring.Periods(since_ms, now_ms);
  const auto window = std::find_if(
      out.periods.begin(), out.periods.end(),
      [](const EvidencePeriod& period) { return period.what == EvidencePeriod::What::kWindow; });
  if (window == out.periods.end() || window->to_ms < now_ms - kFreshMs) return std::nullopt;
  if (window->from_ms - since_ms > std::max(kFreshMs, (now_ms - since_ms) / 2)) return std::nullopt;
  double sum = 0;
  for (const Offender& offender : window->offenders) {
    sum += offender.amount;
    if (offender.share >= kLeastShare) out.offenders.push_back(offender);
  }
  // Without the right to read others' I/O the disks' work has no names: a reading says so.
  if (kind == EvidenceKind::kDisk && sum < window->total / 2) return std::nullopt;
  if (out.offenders.empty()) return std::nullopt;
  return out;
}

// With whom it was, which the ports do not tell.
void NotePeers(const OffenderRing& peers, std::int64_t since_ms, Evidence& out) {
  constexpr std::size_t kNamed = 3;
  EvidencePeriod period;
  if (!peers.Average(since_ms, out.time_ms, period)) return;
  std::string text;
  std::size_t named = 0;
  for (const Offender& peer : period.offenders) {
    if (peer.share < kLeastShare || named++ == kNamed) break;
    text +=
        fmt::format("{}{} {:.0f} %", text.empty() ? "peers: " : ", ", peer.name, peer.share * 100);
  }
  if (text.empty()) return;
  out.note += (out.note.empty() ? "" : "; ") + text;
}

std::size_t IndexOf(EvidenceKind kind) { return static_cast<std::size_t>(kind); }

}  // namespace

// All that the thread needs. It shares ownership: if it is stuck in the host when everything else
// is gone, what it touches is still there. The clock is not, so it is asked only under the lock and
// before the stop.
class EvidenceThread::Worker : public std::enable_shared_from_this<EvidenceThread::Worker> {
 public:
  Worker(const HostRoot& root, const Clock& clock, EvidenceOptions options,
         std::shared_ptr<const HostBoards> boards)
      : reader_(root, stop_, boards ? &boards->ports : nullptr),  // boards_ keeps it
        clock_(clock),
        options_(std::move(options)),
        boards_(std::move(boards)) {}

  void Expect(EvidenceKind kind) {
    if (!NeedsTwoReadings(kind)) return;
    const std::lock_guard lock(mutex_);
    const OffenderRing* const ring = boards_ ? RingOf(*boards_, kind) : nullptr;
    if (ring != nullptr && ring->Count(NowMs() - kFreshMs, NowMs()) >= kLeastMoments) return;
    State& state = states_[IndexOf(kind)];
    if (state.expected || Age(state.baseline) < options_.oldest) return;
    state.expected = true;
    Wake();
  }

  void Ask(const EvidenceQuestion& question, std::function<void(Evidence)> done) {
    const std::lock_guard lock(mutex_);
    std::vector<Open>& open = states_[IndexOf(question.kind)].open;
    if (open.size() >= kMaxOpen) return;
    open.push_back({std::move(done), question.since_ms});
    Wake();
  }

  void Stop() {
    std::unique_lock lock(mutex_);
    stop_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !calling_; });
  }

 private:
  struct Open {
    std::function<void(Evidence)> done;
    std::int64_t since_ms = 0;
  };
  using Reading = std::optional<OffenderReading>;
  struct State {
    Reading baseline;
    bool expected = false;
    std::vector<Open> open;
  };
  using Lock = std::unique_lock<std::mutex>;

  // Under the lock.
  void Wake() {
    if (!thread_started_) {
      try {
        std::thread([self = shared_from_this()] { self->Loop(); }).detach();
        thread_started_ = true;
      } catch (const std::system_error&) {
        return;  // no thread to be had; the next question tries again
      }
    }
    changed_.notify_all();
  }

  std::chrono::nanoseconds Age(const Reading& reading) const {
    return reading ? clock_.Mono() - reading->mono : std::chrono::nanoseconds::max();
  }

  void Loop() {
    Lock lock(mutex_);
    while (!stop_) {
      if (const auto kind = NextKind()) {
        Serve(*kind, lock);
      } else if (HasBaseline()) {
        // Readings of thousands of processes are not kept for nothing. In real time, not the
        // clock's: nobody sees the difference but the memory.
        changed_.wait_for(lock, options_.oldest);
        if (!stop_) ForgetOld();
      } else {
        changed_.wait(lock);
      }
    }
  }

  // Expectations first: they are quick, and the earlier a first reading the better. Nothing when
  // there is nothing to do.
  std::optional<EvidenceKind> NextKind() const {
    std::optional<EvidenceKind> asked;
    for (std::size_t i = 0; i < kKinds; ++i) {
      if (states_[i].expected) return static_cast<EvidenceKind>(i);
      if (!states_[i].open.empty() && !asked) asked = static_cast<EvidenceKind>(i);
    }
    return asked;
  }
  bool HasBaseline() const {
    return std::any_of(states_.begin(), states_.end(),
                       [](const State& state) { return state.baseline.has_value(); });
  }
  void ForgetOld() {
    for (State& state : states_) {
      if (Age(state.baseline) >= options_.oldest) state.baseline.reset();
    }
  }

  void Serve(EvidenceKind kind, Lock& lock) {
    State& state = states_[IndexOf(kind)];
    if (state.open.empty()) {
      state.expected = false;
      if (Reading reading = Read(kind, lock)) state.baseline = std::move(reading);
      return;
    }
    std::vector<Open> open = std::move(state.open);
    state.open.clear();
    TellFromRing(kind, open, lock);
    if (stop_ || open.empty()) return;
    Reading before;
    if (NeedsTwoReadings(kind)) {
      before = std::move(state.baseline);
      state.baseline.reset();
      state.expected = false;
      if (Age(before) >= options_.oldest) before = Read(kind, lock);
      if (!stop_ && before && Age(before) < options_.youngest) {
        Pause(options_.gap - Age(before), lock);
      }
      if (stop_ || !before) return;
    }
    Reading now = Read(kind, lock);
    if (stop_ || !now) return;
    const Evidence evidence = Find(kind, before ? *before : *now, *now);
    // What has just been read is the next one's first reading.
    if (NeedsTwoReadings(kind)) state.baseline = std::move(now);
    Tell(open, evidence, lock);
  }

  static Evidence Find(EvidenceKind kind, const OffenderReading& before,
                       const OffenderReading& now) {
    try {
      return FindOffenders(kind, before, now);
    } catch (const std::exception&) {  // out of memory
      Evidence nothing;
      nothing.kind = kind;
      nothing.time_ms = now.time_ms;
      return nothing;
    }
  }

  // Without the lock. Nothing when there is no time left.
  Reading Read(EvidenceKind kind, Lock& lock) {
    const MonoTime mono = clock_.Mono();
    const auto wall = clock_.Wall();
    lock.unlock();
    OffenderReading reading;
    try {
      reading = reader_.Read(kind);
    } catch (const std::exception& e) {  // out of memory
      reading = {};
      reading.problem = e.what();
    }
    lock.lock();
    if (stop_) return std::nullopt;
    reading.mono = mono;
    reading.time_ms = UnixMilliseconds(wall);
    return reading;
  }

  void Pause(std::chrono::nanoseconds time, Lock& lock) {
    if (options_.pause) {
      lock.unlock();
      options_.pause(time);
      lock.lock();
      return;
    }
    const auto until = std::chrono::steady_clock::now() + time;
    changed_.wait_until(lock, until, [this] { return stop_.load(); });
  }

  // With what the rings remember of the time since `since_ms`.
  Evidence Remembered(Evidence evidence, std::int64_t since_ms) const {
    const OffenderRing* const ring = boards_ ? RingOf(*boards_, evidence.kind) : nullptr;
    if (ring != nullptr && since_ms > 0) {
      evidence.periods = ring->Periods(since_ms, evidence.time_ms);
    }
    return evidence;
  }

  // Answers what a ring remembers well enough; what is left in `open` needs a reading.
  void TellFromRing(EvidenceKind kind, std::vector<Open>& open, Lock& lock) {
    const OffenderRing* const ring = boards_ ? RingOf(*boards_, kind) : nullptr;
    if (ring == nullptr) return;
    const std::int64_t now_ms = NowMs();
    std::erase_if(open, [&](const Open& question) {
      if (stop_) return false;
      std::optional<Evidence> evidence;
      try {
        evidence = Recall(*ring, kind, question.since_ms, now_ms);
        if (evidence && kind == EvidenceKind::kNetwork) {
          NotePeers(boards_->peer_traffic, question.since_ms, *evidence);
        }
      } catch (const std::exception&) {  // out of memory
      }
      if (evidence) Tell(question, std::move(*evidence), lock);
      return evidence.has_value();
    });
  }

  void Tell(const std::vector<Open>& open, const Evidence& evidence, Lock& lock) {
    for (const Open& question : open) {
      if (stop_) return;
      Tell(question, evidence, lock);
    }
  }

  void Tell(const Open& question, Evidence evidence, Lock& lock) {
    calling_ = true;
    lock.unlock();
    try {
      if (evidence.periods.empty()) {
        evidence = Remembered(std::move(evidence), question.since_ms);
      }
      question.done(std::move(evidence));
    } catch (const std::exception&) {
      // The caller's own affair; the others still get their answer.
    }
    lock.lock();
    calling_ = false;
    changed_.notify_all();
  }

  std::int64_t NowMs() const { return UnixMilliseconds(clock_.Wall()); }

  std::mutex mutex_;  // guards all but the reader, which is the thread's, and `stop_`
  std::condition_variable changed_;
  std::atomic<bool> stop_{false};
  OffenderReader reader_;
  const Clock& clock_;
  const EvidenceOptions options_;
  const std::shared_ptr<const HostBoards> boards_;
  std::array<State, kKinds> states_;
  bool thread_started_ = false;
  bool calling_ = false;
};

EvidenceThread::EvidenceThread(const HostRoot& root, const Clock& clock, EvidenceOptions options,
                               std::shared_ptr<const HostBoards> boards)
    : worker_(std::make_shared<Worker>(root, clock, std::move(options), std::move(boards))) {}

EvidenceThread::~EvidenceThread() { worker_->Stop(); }

void EvidenceThread::Expect(EvidenceKind kind) { worker_->Expect(kind); }

void EvidenceThread::Ask(const EvidenceQuestion& question, std::function<void(Evidence)> done) {
  worker_->Ask(question, std::move(done));
}

}  // namespace ecsward
