#include "exporters/notify/delivery/lanes.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <random>

#include "exporters/notify/delivery/own_notices.h"

namespace ecsward::notify {
namespace {

// Of others that send to the same receiver, too: 64 bits of chance.
std::string NewId() {
  static std::atomic<std::uint64_t> state = [] {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
  }();
  std::uint64_t id = state.fetch_add(0x9e3779b97f4a7c15u) + 0x9e3779b97f4a7c15u;  // splitmix64
  id = (id ^ (id >> 30)) * 0xbf58476d1ce4e5b9u;
  id = (id ^ (id >> 27)) * 0x94d049bb133111ebu;
  return fmt::format("{:016x}", id ^ (id >> 31));
}

bool HasLine(std::string_view lines, std::string_view line) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    if (lines.substr(0, end) == line) return true;
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return false;
}

QueueRules RulesOf(const ChannelConfig& config) {
  QueueRules rules;
  rules.fallback = config.fallback;
  rules.budget = config.budget;
  rules.rate_limit = config.rate_limit;
  rules.give_up_after = config.give_up_after;
  rules.failures_cost = config.spec->costs_money;
  if (config.spec->cost != nullptr) rules.cost = config.spec->cost(config.settings);
  return rules;
}

}  // namespace

Lanes::Lanes(Outbox& outbox, const SteadyTime& time, const Logger& log, Wake wake,
             std::function<double()> random)
    : outbox_(outbox),
      time_(time),
      wake_(std::move(wake)),
      world_{&outbox, this, &time, &log, std::move(random)} {}

void Lanes::Configure(const RoutingConfig& config, const Make& make) {
  std::vector<std::shared_ptr<Lane>> closed;
  {
    const std::lock_guard lock(mutex_);
    std::map<std::string, Seat, std::less<>> before = std::exchange(seats_, {});
    receivers_.clear();
    language_ = config.language;
    for (const Receiver& receiver : config.receivers) {
      std::vector<std::string>& keys = receivers_[receiver.name];
      for (const ChannelConfig& channel : receiver.channels) {
        const std::string key = keys.emplace_back(ChannelKey(receiver.name, channel));
        Seat& seat = seats_[key];
        if (const auto was = before.find(key); was != before.end()) {
          seat = std::move(was->second);
          before.erase(was);
        } else {
          seat.lane = std::make_shared<Lane>(
              receiver.name, fmt::format("{}[{}]", channel.spec->kind, channel.index), key,
              channel.spec->kind, world_);
        }
        seat.fallback = channel.fallback.receiver;
        seat.warn = channel.budget.warn.empty() ? seat.fallback : channel.budget.warn;
        seat.lane->Configure(make(channel), RulesOf(channel));
      }
    }
    for (const auto& [key, seat] : seats_) {
      seat.lane->ForEachLetter([&, &of = key](QueuedLetter& letter) {
        letter.can_move = !FallbackOf(of, letter.came_from).empty();
      });
    }
    for (auto& [key, seat] : before) closed.push_back(std::move(seat.lane));
  }
  for (const auto& lane : closed) lane->Close();
  for (const auto& lane : all()) closed.push_back(lane);
  for (const auto& lane : closed) {
    if (!lane->empty()) wake_(lane);
  }
}

void Lanes::Restore(std::vector<Letter> letters, std::vector<std::pair<std::string, Spent>> spent) {
  std::map<std::string, std::vector<QueuedLetter>> queues;
  std::map<std::string, Spent> used(std::make_move_iterator(spent.begin()),
                                    std::make_move_iterator(spent.end()));
  Outbox::Rows homeless;
  {
    const std::lock_guard lock(mutex_);
    const std::int64_t now_ms = time_.NowMs();
    for (Letter& letter : letters) {
      letter.committed_at_ms = std::min(letter.committed_at_ms, now_ms);  // the clock was set
      if (seats_.contains(letter.channel)) {
        queues[letter.channel].push_back(Queued(letter));
      } else {
        homeless.push_back(letter.row);
      }
    }
  }
  if (!homeless.empty()) {
    outbox_.Bury(homeless, "the channel is no longer configured", time_.WallMs());
    world_.log->Log(LogLevel::kError, {},
                    "notifications to channels that are gone: they are dead letters now",
                    {{"count", std::to_string(homeless.size())}});
  }
  for (const auto& lane : all()) {
    lane->Restore(std::move(queues[lane->key()]), used[lane->key()]);
    if (!lane->empty()) wake_(lane);
  }
}

Letter Lanes::LetterTo(const std::string& channel, Notification notification) const {
  Letter letter;
  letter.channel = channel;
  letter.committed_at_ms = time_.NowMs();
  letter.alerts = static_cast<std::uint32_t>(notification.alert_count());
  letter.notification = std::move(notification);
  letter.notification.id = NewId();
  return letter;
}

std::vector<Letter> Lanes::LettersTo(std::string_view receiver, Notification notification,
                                     std::string_view except) {
  std::vector<std::string> keys;
  {
    const std::lock_guard lock(mutex_);
    keys = ChannelsOf(receiver);
  }
  notification.receiver = receiver;
  std::vector<Letter> letters;
  for (const std::string& key : keys) {
    if (key != except) letters.push_back(LetterTo(key, notification));
  }
  return letters;
}

void Lanes::Send(std::vector<Letter> letters, Outbox::Told told,
                 const std::vector<std::uint64_t>& forgotten) {
  std::vector<std::pair<std::string, QueuedLetter>> queued;
  {
    const std::lock_guard lock(mutex_);
    for (const Letter& letter : letters) queued.emplace_back(letter.channel, Queued(letter));
  }
  const Outbox::Rows rows = outbox_.Commit(std::move(letters), std::move(told), forgotten);
  std::map<std::string, std::vector<QueuedLetter>> by_channel;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    queued[i].second.row = rows[i];
    by_channel[queued[i].first].push_back(std::move(queued[i].second));
  }
  HandOver(std::move(by_channel));
}

void Lanes::HandOver(std::map<std::string, std::vector<QueuedLetter>>&& letters) {
  std::vector<std::shared_ptr<Lane>> woken;
  for (auto& [key, queued] : letters) {
    std::shared_ptr<Lane> lane;
    {
      const std::lock_guard lock(mutex_);
      const auto seat = seats_.find(key);
      if (seat != seats_.end()) lane = seat->second.lane;
    }
    if (lane == nullptr) continue;  // gone since: the next start buries them
    lane->Push(std::move(queued));
    woken.push_back(std::move(lane));
  }
  for (const auto& lane : woken) wake_(lane);
}

std::vector<std::shared_ptr<Lane>> Lanes::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Lane>> lanes;
  for (const auto& [key, seat] : seats_) lanes.push_back(seat.lane);
  return lanes;
}

std::vector<QueuedLetter> Lanes::Move(Lane& from, std::vector<QueuedLetter> letters) {
  std::size_t moved = 0;
  while (moved < letters.size()) {
    // Those that came the same way go to the same channels.
    const std::string& came_from = letters[moved].came_from;
    Outbox::Rows rows;
    for (std::size_t i = moved; i < letters.size() && letters[i].came_from == came_from; ++i) {
      rows.push_back(letters[i].row);
    }
    std::vector<std::string> channels;
    {
      const std::lock_guard lock(mutex_);
      channels = FallbackOf(from.key(), came_from);
    }
    if (channels.empty()) break;  // the configuration has just changed
    const std::int64_t now_ms = time_.NowMs();
    const Outbox::Rows made = outbox_.Move(rows, channels, now_ms);
    std::map<std::string, std::vector<QueuedLetter>> by_channel;
    for (std::size_t i = 0; i < made.size(); ++i) {
      if (made[i] == 0) continue;  // it was lost
      QueuedLetter letter = letters[moved + i / channels.size()];
      const std::string& channel = channels[i % channels.size()];
      letter.row = made[i];
      letter.committed_at_ms = now_ms;
      letter.attempts = 0;
      letter.first_failed_at_ms = letter.next_try_at_ms = 0;
      letter.may_be_there = false;
      letter.came_from += letter.came_from.empty() ? from.key() : '\n' + from.key();
      const std::lock_guard lock(mutex_);
      letter.can_move = !FallbackOf(channel, letter.came_from).empty();
      by_channel[channel].push_back(std::move(letter));
    }
    HandOver(std::move(by_channel));
    moved += made.size() / channels.size();
    if (made.size() < rows.size() * channels.size()) break;
  }
  letters.erase(letters.begin(), letters.begin() + static_cast<std::ptrdiff_t>(moved));
  return letters;
}

void Lanes::WarnOfBudget(Lane& lane) {
  std::string to, language;
  {
    const std::lock_guard lock(mutex_);
    const auto seat = seats_.find(lane.key());
    if (seat == seats_.end()) return;
    to = seat->second.warn;
    language = language_;
  }
  if (to.empty()) return;
  Notification notice = BudgetNotice(lane.Figures(), language, time_.WallMs());
  Send(LettersTo(to, std::move(notice), lane.key()), {}, {});
}

std::vector<std::string> Lanes::ChannelsOf(std::string_view receiver) const {
  const auto found = receivers_.find(receiver);
  return found == receivers_.end() ? std::vector<std::string>() : found->second;
}

// The fallback's channels, without those that the letter has been to: that would be a circle.
std::vector<std::string> Lanes::FallbackOf(const std::string& key,
                                           std::string_view came_from) const {
  const auto seat = seats_.find(key);
  if (seat == seats_.end() || seat->second.fallback.empty()) return {};
  std::vector<std::string> channels = ChannelsOf(seat->second.fallback);
  std::erase_if(channels, [&](const std::string& channel) {
    return channel == key || HasLine(came_from, channel);
  });
  return channels;
}

QueuedLetter Lanes::Queued(const Letter& letter) const {
  QueuedLetter queued;
  queued.row = letter.row;
  queued.committed_at_ms = letter.committed_at_ms;
  queued.first_failed_at_ms = letter.first_failed_at_ms;
  queued.next_try_at_ms = letter.next_try_at_ms;
  queued.alerts = letter.alerts;
  queued.attempts = letter.attempts;
  queued.kind = letter.notification.kind;
  queued.may_be_there = letter.may_be_there;
  queued.came_from = letter.came_from;
  queued.can_move = !FallbackOf(letter.channel, letter.came_from).empty();
  return queued;
}

}  // namespace ecsward::notify
