#include "exporters/notify/delivery/lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

namespace ecsward::notify {
namespace {

// When letters can be moved neither on the disk nor in memory.
constexpr std::chrono::milliseconds kDiskPause{5'000};

Outbox::Rows RowsOf(const std::vector<QueuedLetter>& letters) {
  Outbox::Rows rows;
  for (const QueuedLetter& letter : letters) rows.push_back(letter.row);
  return rows;
}

Delivery Failure(std::string_view reason, std::string problem) {
  Delivery delivery;
  delivery.outcome = Delivery::Outcome::kRetry;
  delivery.reason = reason;
  delivery.problem = std::move(problem);
  return delivery;
}

// A library's exception must not end the daemon, nor the letter's life.
Delivery SendGuarded(Channel* channel, const Notification& notification, const Attempt& attempt) {
  if (channel == nullptr) return Failure("network", "the network module is not loaded");
  try {
    return channel->Send(notification, attempt);
  } catch (const std::exception& exception) {
    return Failure("internal", exception.what());
  }
}

}  // namespace

Notification Merge(std::vector<Letter> letters) {
  Notification merged = std::move(letters.front().notification);
  for (std::size_t i = 1; i < letters.size(); ++i) {
    std::vector<GroupNotice>& groups = letters[i].notification.groups;
    std::move(groups.begin(), groups.end(), std::back_inserter(merged.groups));
  }
  if (letters.size() > 1) merged.id += fmt::format("+{}", letters.size() - 1);
  return merged;
}

Lane::Lane(std::string receiver, std::string name, std::string key, std::string_view kind,
           const LaneWorld& world)
    : receiver_(std::move(receiver)),
      name_(std::move(name)),
      key_(std::move(key)),
      world_(world),
      queue_({}, world.random) {
  figures_.receiver = receiver_;
  figures_.channel = key_;
  figures_.kind = kind;
}

void Lane::Configure(std::shared_ptr<Channel> channel, QueueRules rules) {
  const std::lock_guard lock(mutex_);
  channel_ = std::move(channel);
  queue_.SetRules(std::move(rules));
}

void Lane::Restore(std::vector<QueuedLetter> letters, const Spent& spent) {
  const std::lock_guard lock(mutex_);
  queue_.Restore(std::move(letters), spent, world_.time->NowMs());
}

void Lane::Push(std::vector<QueuedLetter> letters) {
  const std::lock_guard lock(mutex_);
  for (QueuedLetter& letter : letters) queue_.Push(std::move(letter));
}

void Lane::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  paused_ = false;
}

void Lane::Pause(bool paused) {
  const std::lock_guard lock(mutex_);
  paused_ = paused;
}

void Lane::ForEachLetter(const std::function<void(QueuedLetter&)>& change) {
  const std::lock_guard lock(mutex_);
  queue_.ForEach(change);
}

std::optional<std::chrono::milliseconds> Lane::Step() {
  using Kind = QueueStep::Kind;
  QueueStep step;
  std::shared_ptr<Channel> channel;
  Spent spent;
  const std::int64_t now_ms = world_.time->NowMs();
  {
    const std::lock_guard lock(mutex_);
    if (paused_) return std::nullopt;
    if (closed_ && queue_.size() > 0) {
      step.kind = Kind::kBury;
      step.letters = queue_.TakeAll();
      step.why = "the channel is no longer configured";
    } else {
      step = queue_.Next(now_ms, world_.time->WallMs());
      channel = channel_;
      spent = queue_.spent();
    }
  }
  switch (step.kind) {
    case Kind::kIdle:
      return std::nullopt;
    case Kind::kWait:
      return std::chrono::milliseconds(std::max<std::int64_t>(1, step.until_ms - now_ms));
    case Kind::kSend:
      Send(step, channel.get(), spent);
      break;
    case Kind::kMove:
      return Move(std::move(step));
    case Kind::kBury:
      Bury(step.letters, step.why);
      break;
  }
  return std::chrono::milliseconds(0);
}

void Lane::Send(const QueueStep& step, Channel* channel, const Spent& spent) {
  const Outbox::Rows rows = RowsOf(step.letters);
  if (step.commit_first) world_.outbox->Attempting(rows, key_, spent);
  if (step.budget_warning) world_.office->WarnOfBudget(*this);
  auto letters = world_.outbox->Read(rows);
  if (!letters) return Conclude(Failure("store", letters.error().message), 0, 0);
  const std::size_t lost = rows.size() - letters->size();
  if (letters->empty()) {
    Delivery nothing;
    nothing.messages = 0;
    return Conclude(nothing, 0, lost);
  }
  const std::size_t sent = letters->size();
  const Notification notification = Merge(std::move(*letters));
  Conclude(SendGuarded(channel, notification, step.attempt), sent, lost);
}

// `sent` letters were in the message; `lost` ones could not be read and leave with it.
void Lane::Conclude(const Delivery& delivery, std::size_t sent, std::size_t lost) {
  const bool delivered = delivery.outcome == Delivery::Outcome::kDelivered;
  std::vector<QueuedLetter> now;
  Spent spent;
  int failures_before = 0;
  bool again = false;
  {
    const std::lock_guard lock(mutex_);
    failures_before = queue_.failures();
    now = queue_.Done(delivery, world_.time->NowMs());
    spent = queue_.spent();
    again = std::any_of(now.begin(), now.end(),
                        [](const QueuedLetter& letter) { return letter.may_be_there; });
    if (sent > 0 && delivered) {
      figures_.delivered += sent;
      figures_.last_success_unix_seconds = static_cast<double>(world_.time->WallMs()) / 1000;
      if (sent > 1) figures_.merged += sent;
      if (again) ++figures_.duplicates_possible;
      said_.clear();
    } else if (!delivered) {
      ++failures_[std::string(delivery.reason)];
      const bool refused = delivery.outcome == Delivery::Outcome::kRefused;
      ++(refused ? figures_.refused : figures_.retries);
    }
    figures_.buried += lost;
  }
  if (lost > 0) Say(LogLevel::kError, "notifications were lost: they could not be read");
  if (delivered) {
    world_.outbox->Delivered(RowsOf(now), key_, spent);
  } else {
    std::vector<Letter> failed;
    for (const QueuedLetter& letter : now) {
      Letter& as = failed.emplace_back();
      as.row = letter.row;
      as.attempts = letter.attempts;
      as.first_failed_at_ms = letter.first_failed_at_ms;
      as.next_try_at_ms = letter.next_try_at_ms;
      as.may_be_there = letter.may_be_there;
      as.last_problem = delivery.problem;
    }
    world_.outbox->Failed(std::move(failed), key_, spent);
  }
  if (sent > 0 || !delivered) SayHowItWent(delivery, failures_before);
}

// Once when it begins to fail, once when it works again; and what was left to be desired.
void Lane::SayHowItWent(const Delivery& delivery, int failures_before) {
  using Outcome = Delivery::Outcome;
  if (delivery.outcome == Outcome::kDelivered && failures_before > 0) {
    Say(LogLevel::kInfo, "delivers again", {{"failures", std::to_string(failures_before)}});
  }
  if (delivery.outcome == Outcome::kDelivered &&
      std::exchange(desired_, delivery.problem) != delivery.problem && !delivery.problem.empty()) {
    Say(LogLevel::kWarn, "delivered, but not as it was meant",
        {{"reason", delivery.reason}, {"error", delivery.problem}});
  }
  const bool failed = delivery.outcome == Outcome::kRetry || delivery.outcome == Outcome::kUnclear;
  if (failed && failures_before == 0) {
    Say(LogLevel::kWarn, "a notification was not delivered; it is tried again",
        {{"reason", delivery.reason}, {"error", delivery.problem}});
  }
}

std::chrono::milliseconds Lane::Move(QueueStep step) {
  const std::size_t count = step.letters.size();
  auto stay = world_.office->Move(*this, std::move(step.letters));
  if (stay.size() == count) {
    const std::lock_guard lock(mutex_);
    queue_.PutBack(std::move(stay));
    return kDiskPause;
  }
  bool say = false;
  {
    const std::lock_guard lock(mutex_);
    figures_.fallbacks += count - stay.size();
    queue_.PutBack(std::move(stay));
    say = std::exchange(said_, step.why) != step.why;
  }
  if (say) {
    Say(LogLevel::kWarn, "notifications go to the fallback",
        {{"count", std::to_string(count)}, {"because", step.why}});
  }
  return std::chrono::milliseconds(0);
}

void Lane::Bury(const std::vector<QueuedLetter>& letters, std::string_view why) {
  world_.outbox->Bury(RowsOf(letters), why, world_.time->WallMs());
  {
    const std::lock_guard lock(mutex_);
    figures_.buried += letters.size();
  }
  Say(LogLevel::kError, "notifications are given up: they are dead letters now",
      {{"count", std::to_string(letters.size())}, {"because", why}});
}

void Lane::Say(LogLevel level, std::string_view message, Logger::Fields details) const {
  world_.log->Log(level, {{"receiver", receiver_}, {"channel", name_}}, message, details);
}

bool Lane::empty() const {
  const std::lock_guard lock(mutex_);
  return queue_.size() == 0;
}

ChannelFigures Lane::Figures() const {
  const std::lock_guard lock(mutex_);
  ChannelFigures figures = figures_;
  figures.queued = queue_.size();
  if (figures.queued > 0) {
    const std::int64_t age_ms = world_.time->NowMs() - queue_.oldest_ms();
    figures.oldest_age_seconds = static_cast<double>(std::max<std::int64_t>(0, age_ms)) / 1000;
  }
  figures.failures.assign(failures_.begin(), failures_.end());
  const Spent spent = queue_.spent();
  figures.budget_used_day = spent.in_day;
  figures.budget_used_month = spent.in_month;
  figures.budget_day = queue_.budget().per_day;
  figures.budget_month = queue_.budget().per_month;
  return figures;
}

}  // namespace ecsward::notify
