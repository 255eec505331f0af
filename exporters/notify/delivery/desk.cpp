#include "exporters/notify/delivery/desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "exporters/notify/delivery/own_notices.h"

namespace ecsward::notify {
namespace {

// As Alertmanager's: a random UUID.
std::string NewSilenceId() {
  std::random_device device;
  const auto bits = [&device] { return std::uint64_t{device()} << 32 | device(); };
  const std::uint64_t high = (bits() & ~std::uint64_t{0xf000}) | 0x4000;
  const std::uint64_t low = (bits() & ~(std::uint64_t{3} << 62)) | std::uint64_t{1} << 63;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffff'ffff'ffff);
}

}  // namespace

Desk::Desk(const std::string& state_directory, PostBox& box, const Clock& clock, const Logger& log,
           std::function<double()> random)
    : time_(clock),
      box_(box),
      outbox_(state_directory + "/notify.db", clock, log),
      lanes_(std::make_unique<Lanes>(
          outbox_, time_, log,
          [this](const std::shared_ptr<Lane>& lane) {
            if (wake_) wake_(lane);
          },
          std::move(random))) {}

Desk::~Desk() = default;

void Desk::Configure(RoutingConfig config, LabelPairs host, const Lanes::Make& make) {
  config_ = config;
  host_ = std::move(host);
  const std::int64_t now_ms = time_.WallMs();
  if (dispatcher_ != nullptr) {
    dispatcher_->Configure(std::move(config), now_ms);
    lanes_->Configure(config_, make);
    for (const auto& lane : lanes_->all()) lane->Pause(false);
    WakeAll();
    return;
  }
  NotifyStore::Saved saved = outbox_.Load();
  dispatcher_ = std::make_unique<Dispatcher>(std::move(config));
  silences_ = std::move(saved.silences);
  SilencesChanged();
  dispatcher_->Restore(std::move(saved.alerts), std::move(saved.told), now_ms);
  lanes_->Configure(config_, make);
  lanes_->Restore(std::move(saved.letters), std::move(saved.spent));
}

void Desk::Rest() {
  for (const auto& lane : lanes_->all()) lane->Pause(true);
}

void Desk::WakeAll() {
  for (const auto& lane : lanes_->all()) {
    if (!lane->empty() && wake_) wake_(lane);
  }
}

std::chrono::milliseconds Desk::Turn() {
  const std::int64_t now_ms = time_.WallMs();
  if (const std::int64_t jump = jumps_.Look(time_.NowMs(), now_ms); jump != 0) {
    dispatcher_->Shift(jump);
  }
  Take(now_ms);
  Tell(dispatcher_->RunDue(now_ms));
  ForgetOld(now_ms);
  const bool written = outbox_.Retry();
  alerts_ = dispatcher_->alerts();
  groups_ = dispatcher_->groups();
  if (!box_.empty()) return std::chrono::milliseconds(0);
  std::chrono::milliseconds wait = written ? kForget : kRetryStore;
  if (const auto due = dispatcher_->NextDueMs()) {
    const std::chrono::milliseconds until(std::max<std::int64_t>(0, *due - time_.WallMs()));
    wait = std::min({wait, until, kLookAtClock});
  }
  return wait;
}

// Alerts are on the disk before anybody is told of them.
void Desk::Take(std::int64_t now_ms) {
  std::vector<PostBox::Change> changes = box_.Take(kMaxAtOnce);
  std::vector<NotifiedAlert> to_save;
  for (const PostBox::Change& change : changes) {
    if (!change.refresh) to_save.push_back(change.alert);
  }
  outbox_.SaveAlerts(std::move(to_save));
  for (PostBox::Change& change : changes) dispatcher_->Update(std::move(change.alert), now_ms);
  if (!changes.empty()) return;
  if (const auto picture = box_.TakePicture()) {
    outbox_.SaveAlerts(dispatcher_->Reconcile(*picture, now_ms));
  }
}

void Desk::Tell(Dispatcher::Due due) {
  std::vector<Letter> letters;
  Outbox::Told told;
  for (Intent& intent : due.intents) {
    told.emplace_back(intent.channel + '\n' + intent.notice.group_key, std::move(intent.told));
    if (intent.notice.alerts.empty()) continue;  // only to be remembered
    Notification notification;
    notification.receiver = std::move(intent.receiver);
    notification.groups.push_back(std::move(intent.notice));
    letters.push_back(lanes_->LetterTo(intent.channel, std::move(notification)));
  }
  if (told.empty() && due.forgotten.empty()) return;
  lanes_->Send(std::move(letters), std::move(told), due.forgotten);
}

void Desk::ForgetOld(std::int64_t now_ms) {
  if (time_.NowMs() < forget_at_ms_) return;
  forget_at_ms_ = time_.NowMs() + kForget.count();
  outbox_.ForgetOld(now_ms);
  const std::int64_t oldest =
      now_ms - std::chrono::milliseconds(NotifyStore::kKeepSilences).count();
  const auto gone = std::erase_if(
      silences_, [oldest](const Silence& silence) { return silence.ends_at_ms < oldest; });
  if (gone > 0) SilencesChanged();
}

void Desk::SilencesChanged() {
  dispatcher_->SetSilences(silences_);
  silence_count_ = silences_.size();
}

Result<std::string> Desk::AddSilence(Silence silence) {
  const std::int64_t now_ms = time_.WallMs();
  if (silence.starts_at_ms == 0) silence.starts_at_ms = now_ms;
  if (auto ok = CheckSilence(silence); !ok) return std::move(ok).error();
  if (silence.ends_at_ms <= now_ms) {
    return Fail(ErrorCode::kInvalidArgument, "the silence has ended already");
  }
  const auto known = std::find_if(silences_.begin(), silences_.end(),
                                  [&](const Silence& one) { return one.id == silence.id; });
  if (silence.id.empty()) {
    silence.id = NewSilenceId();
  } else if (known == silences_.end()) {
    return Fail(ErrorCode::kNotFound, "no silence " + silence.id);
  }
  silence.updated_at_ms = now_ms;
  if (auto ok = outbox_.PutSilence(silence); !ok) return std::move(ok).error();
  std::string id = silence.id;
  if (known == silences_.end()) {
    silences_.push_back(std::move(silence));
  } else {
    *known = std::move(silence);
  }
  SilencesChanged();
  return id;
}

Result<void> Desk::ExpireSilence(std::string_view id) {
  const std::int64_t now_ms = time_.WallMs();
  const auto known = std::find_if(silences_.begin(), silences_.end(),
                                  [&](const Silence& one) { return one.id == id; });
  if (known == silences_.end()) {
    return Fail(ErrorCode::kNotFound, "no silence " + std::string(id));
  }
  if (known->ends_at_ms <= now_ms) {
    return Fail(ErrorCode::kInvalidArgument, "the silence has ended already");
  }
  Silence ended = *known;
  ended.starts_at_ms = std::min(ended.starts_at_ms, now_ms);
  ended.ends_at_ms = ended.updated_at_ms = now_ms;
  if (auto ok = outbox_.PutSilence(ended); !ok) return ok;
  *known = std::move(ended);
  SilencesChanged();
  return {};
}

Result<std::vector<std::pair<std::string, std::string>>> Desk::Drill(std::string_view receiver) {
  if (config_.Find(receiver) == nullptr) {
    return Fail(ErrorCode::kNotFound, fmt::format("no receiver \"{}\"", receiver));
  }
  std::vector<Letter> letters =
      lanes_->LettersTo(receiver, DrillNotice(receiver, host_, config_.language, time_.WallMs()));
  if (letters.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("receiver \"{}\" has no channel", receiver));
  }
  std::vector<std::pair<std::string, std::string>> sent;
  sent.reserve(letters.size());
  for (const Letter& letter : letters) sent.emplace_back(letter.notification.id, letter.channel);
  lanes_->Send(std::move(letters), {}, {});
  return sent;
}

AlertVerdict Desk::VerdictOf(const LabelPairs& labels) const {
  return dispatcher_->VerdictOf(labels, time_.WallMs());
}

void Desk::Fill(NotifierFigures& figures) const {
  figures.alerts = alerts_;
  figures.groups = groups_;
  figures.silences = silence_count_;
  figures.dead_letters = outbox_.dead_letters();
  figures.store_failures = outbox_.failures();
  for (const auto& lane : lanes_->all()) figures.channels.push_back(lane->Figures());
}

}  // namespace ecsward::notify
