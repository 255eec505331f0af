// Threads around the desk: one that takes turns at it, one for each lane that has letters, one for
// the heartbeat. The desk is one thread's at a time, which `desk_mutex_` sees to; it is held while
// the disk is waited for, never while something is sent.
#include "exporters/notify/notifier.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

#include "exporters/notify/delivery/channel_factory.h"
#include "exporters/notify/delivery/desk.h"
#include "exporters/notify/delivery/heartbeat_sender.h"
#include "exporters/notify/delivery/lane_workers.h"
#include "exporters/notify/delivery/worker.h"

namespace ecsward::notify {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How long the notifier's thread stays when there is nothing to notify any more.
constexpr milliseconds kLinger{1'000};
constexpr milliseconds kRetryThread{5'000};

// Thread-safe, from [0, 1). Jitter needs no more.
double Random() {
  thread_local std::minstd_rand engine(std::random_device{}());
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

Error Off() {
  return Fail(ErrorCode::kNotFound, "no notifications are configured: alerting.route is missing");
}

}  // namespace

class Notifier::Impl {
 public:
  Impl(const Clock& clock, const Logger& log)
      : clock_(clock), log_(log), heartbeat_(clock, log), lanes_(log) {}

  void Configure(RoutingConfig config, Surroundings surroundings);
  bool on() const { return on_; }
  void Post(AlertMaker make, bool refresh);
  void PostPicture(std::vector<std::uint64_t> firing) { box_.PostPicture(std::move(firing)); }
  bool Settle(steady_clock::time_point deadline);
  NotifierFigures Figures() const;
  bool Stop(milliseconds patience);

  // What `use` answers, at the desk. errors: there is none
  template <class Answer, class Use>
  Result<Answer> AtDesk(Use use) {
    const std::lock_guard lock(desk_mutex_);
    TakeUpConfig();
    if (!working_) return Off();
    Result<Answer> answer = use(*desk_);
    notify_.Wake();  // something may be due sooner now
    return answer;
  }

 private:
  struct Wanted {
    RoutingConfig config;
    Surroundings surroundings;
  };
  std::optional<milliseconds> Turn();
  void TakeUpConfig();
  Network* FindNetwork(const Surroundings& surroundings);

  const Clock& clock_;
  const Logger& log_;
  std::atomic<bool> on_{false}, dropped_{false};
  std::atomic<Network*> network_{nullptr};
  HeartbeatSender heartbeat_;
  LaneWorkers lanes_;

  std::mutex desk_mutex_;            // is taken before all others
  bool working_ = false;             // there is a desk, and it has a route
  mutable std::mutex shared_mutex_;  // guards the next two, for moments
  std::unique_ptr<Desk> desk_;       // made once, under both
  std::optional<Wanted> wanted_;

  std::mutex settle_mutex_;  // guards the next three
  std::condition_variable settled_;
  std::uint64_t settle_asked_ = 0, settle_done_ = 0;

  Worker heart_{[this]() -> std::optional<milliseconds> {
                  if (!heartbeat_.on()) return std::nullopt;
                  return heartbeat_.Beat();
                },
                kLinger};
  Worker notify_{[this] { return Turn(); }, kLinger};
  PostBox box_{[this] { notify_.Wake(); }};
};

void Notifier::Impl::Configure(RoutingConfig config, Surroundings surroundings) {
  const bool wanted = config.route.has_value() || !config.heartbeat.url.empty();
  on_ = config.route.has_value();
  {
    const std::lock_guard lock(shared_mutex_);
    if (!wanted && desk_ == nullptr && !wanted_ && !heartbeat_.on()) return;  // it was off
    wanted_ = Wanted{std::move(config), std::move(surroundings)};
  }
  if (!notify_.Wake()) log_.LogError("the system gives no thread: nobody is notified");
}

// Loads it once; its absence is said at every try.
Network* Notifier::Impl::FindNetwork(const Surroundings& surroundings) {
  if (network_ == nullptr && surroundings.network) {
    auto network = surroundings.network();
    if (network) {
      network_ = *network;
    } else {
      log_.LogError("the network module cannot be loaded: notifications wait",
                    {{"error", network.error().message}});
    }
  }
  return network_;
}

void Notifier::Impl::TakeUpConfig() {
  std::optional<Wanted> wanted;
  {
    const std::lock_guard lock(shared_mutex_);
    wanted = std::exchange(wanted_, std::nullopt);
  }
  if (!wanted) return;
  const Surroundings& surroundings = wanted->surroundings;
  Network* const network = FindNetwork(surroundings);
  heartbeat_.Configure(wanted->config.heartbeat, network);
  if (heartbeat_.on()) heart_.Wake();
  working_ = wanted->config.route.has_value();
  if (!working_) {
    if (desk_ != nullptr) desk_->Rest();
    return;
  }
  if (desk_ == nullptr) {
    auto desk = std::make_unique<Desk>(surroundings.state_directory, box_, clock_, log_, Random);
    desk->SetWake([this](const std::shared_ptr<Lane>& lane) { lanes_.Wake(lane); });
    const std::lock_guard lock(shared_mutex_);
    desk_ = std::move(desk);
  }
  const ChannelFactory factory(wanted->config, surroundings.host, network, clock_);
  if (const std::string warning = factory.CredentialWarning(); !warning.empty()) {
    log_.Warn(warning);
  }
  // Without its network a channel is none; where there is nobody to ask for one, it needs none.
  const bool missing = surroundings.network && network == nullptr;
  desk_->Configure(std::move(wanted->config), surroundings.host,
                   [&](const ChannelConfig& channel) -> std::shared_ptr<Channel> {
                     return missing ? nullptr : factory.Make(channel);
                   });
}

std::optional<milliseconds> Notifier::Impl::Turn() {
  std::uint64_t asked = 0;
  {
    const std::lock_guard lock(settle_mutex_);
    asked = settle_asked_;
  }
  std::optional<milliseconds> wait;
  {
    const std::lock_guard lock(desk_mutex_);
    TakeUpConfig();
    if (working_) {
      wait = desk_->Turn();
      if (lanes_.TakeStarved()) {
        desk_->WakeAll();
        wait = std::min(*wait, kRetryThread);
      }
    }
  }
  if (!box_.empty() && wait) return wait;
  const std::lock_guard lock(settle_mutex_);
  settle_done_ = asked;
  settled_.notify_all();
  return wait;
}

void Notifier::Impl::Post(AlertMaker make, bool refresh) {
  if (!on_) return;
  const bool posted = refresh ? box_.Refresh(std::move(make)) : box_.Post(std::move(make));
  if (!posted && !refresh && !dropped_.exchange(true)) {
    log_.LogError("alerts come faster than they can be kept: some are lost");
  }
}

bool Notifier::Impl::Settle(steady_clock::time_point deadline) {
  std::unique_lock lock(settle_mutex_);
  const std::uint64_t mine = ++settle_asked_;
  lock.unlock();
  notify_.Wake();
  lock.lock();
  return settled_.wait_until(lock, deadline, [&] { return settle_done_ >= mine; });
}

NotifierFigures Notifier::Impl::Figures() const {
  NotifierFigures figures;
  figures.on = on_;
  figures.heartbeats = heartbeat_.beats();
  figures.heartbeat_failures = heartbeat_.failures();
  figures.heartbeat_last_success_unix_seconds = heartbeat_.last_success_unix_seconds();
  const std::lock_guard lock(shared_mutex_);
  if (figures.on && desk_ != nullptr) desk_->Fill(figures);
  return figures;
}

// First what was posted is committed; then attempts may end by themselves for half of the time, so
// that the next start need not repeat them; then they are cut off.
bool Notifier::Impl::Stop(milliseconds patience) {
  const auto begin = steady_clock::now();
  const auto deadline = begin + patience;
  if (notify_.running()) (void)Settle(begin + patience / 4);
  on_ = false;
  notify_.AskToStop();
  heart_.AskToStop();
  lanes_.Close();
  const auto all = [&](steady_clock::time_point until) {
    const bool lanes = lanes_.WaitUntil(until), notify = notify_.WaitUntil(until);
    return heart_.WaitUntil(until) && lanes && notify;
  };
  if (all(begin + patience / 2)) return true;
  if (Network* const network = network_) network->Cancel();
  if (all(deadline)) return true;
  notify_.LeaveBehind();
  heart_.LeaveBehind();
  lanes_.LeaveBehind();
  return false;
}

Notifier::Notifier(const Clock& clock, const Logger& log)
    : impl_(std::make_unique<Impl>(clock, log)) {}

Notifier::~Notifier() {
  // A thread that is left behind still uses it.
  if (!impl_->Stop(milliseconds(5'000))) (void)impl_.release();
}

void Notifier::Configure(RoutingConfig config, Surroundings surroundings) {
  impl_->Configure(std::move(config), std::move(surroundings));
}

void Notifier::Post(AlertMaker make) { impl_->Post(std::move(make), false); }
void Notifier::Refresh(AlertMaker make) { impl_->Post(std::move(make), true); }
void Notifier::PostPicture(std::vector<std::uint64_t> firing) {
  if (on()) impl_->PostPicture(std::move(firing));
}
bool Notifier::on() const { return impl_->on(); }
bool Notifier::Settle(milliseconds patience) {
  return impl_->Settle(steady_clock::now() + patience);
}

Result<std::string> Notifier::AddSilence(Silence silence) {
  return impl_->AtDesk<std::string>(
      [&](Desk& desk) { return desk.AddSilence(std::move(silence)); });
}

Result<void> Notifier::ExpireSilence(std::string_view id) {
  return impl_->AtDesk<void>([&](Desk& desk) { return desk.ExpireSilence(id); });
}

std::vector<Silence> Notifier::Silences() const {
  using List = std::vector<Silence>;
  return impl_->AtDesk<List>([](Desk& desk) -> Result<List> { return desk.silences(); })
      .value_or(List());
}

Result<std::vector<std::pair<std::string, std::string>>> Notifier::Drill(
    std::string_view receiver) {
  return impl_->AtDesk<std::vector<std::pair<std::string, std::string>>>(
      [&](Desk& desk) { return desk.Drill(receiver); });
}

std::vector<AlertVerdict> Notifier::Verdicts(const std::vector<LabelPairs>& alerts) const {
  using List = std::vector<AlertVerdict>;
  return impl_
      ->AtDesk<List>([&](Desk& desk) -> Result<List> {
        List verdicts;
        for (const LabelPairs& labels : alerts) verdicts.push_back(desk.VerdictOf(labels));
        return verdicts;
      })
      .value_or(List(alerts.size()));
}

std::vector<Letter> Notifier::Queue(std::size_t limit) const {
  using List = std::vector<Letter>;
  return impl_->AtDesk<List>([&](Desk& desk) { return desk.Queue(limit); }).value_or(List());
}

Result<std::vector<DeadLetter>> Notifier::DeadLetters(std::size_t limit) const {
  return impl_->AtDesk<std::vector<DeadLetter>>(
      [&](Desk& desk) { return desk.DeadLetters(limit); });
}

NotifierFigures Notifier::Figures() const { return impl_->Figures(); }

bool Notifier::Stop(milliseconds patience) { return impl_->Stop(patience); }

}  // namespace ecsward::notify
