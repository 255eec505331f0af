// All channels' lanes: letters come in by the channel's key, and go from one to the other when a
// channel falls back.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/notify/delivery/lane.h"
#include "exporters/notify/routing.h"

namespace ecsward::notify {

// Thread-safe.
class Lanes final : public LaneOffice {
 public:
  // Told of a lane that has something to do. Called under no lock, from any thread.
  using Wake = std::function<void(const std::shared_ptr<Lane>&)>;
  // Null when the channel cannot be made: its letters wait.
  using Make = std::function<std::shared_ptr<Channel>(const ChannelConfig&)>;

  // All outlive this.
  Lanes(Outbox& outbox, const SteadyTime& time, const Logger& log, Wake wake,
        std::function<double()> random);

  void Configure(const RoutingConfig& config, const Make& make);
  // Once, after the first Configure: what the last run left. Letters to channels that are no longer
  // there are buried.
  void Restore(std::vector<Letter> letters, std::vector<std::pair<std::string, Spent>> spent);

  // Commits letters (with what belongs to them) and puts them into their queues.
  void Send(std::vector<Letter> letters, Outbox::Told told,
            const std::vector<std::uint64_t>& forgotten);
  // A letter for each channel of the receiver, but for `except` (a key).
  std::vector<Letter> LettersTo(std::string_view receiver, Notification notification,
                                std::string_view except = {});
  // One for that channel. A new id is given to it.
  Letter LetterTo(const std::string& channel, Notification notification) const;

  std::vector<std::shared_ptr<Lane>> all() const;

  std::vector<QueuedLetter> Move(Lane& from, std::vector<QueuedLetter> letters) override;
  void WarnOfBudget(Lane& lane) override;

 private:
  struct Seat {
    std::shared_ptr<Lane> lane;
    std::string fallback, warn;  // receivers
  };
  std::vector<std::string> ChannelsOf(std::string_view receiver) const;
  std::vector<std::string> FallbackOf(const std::string& key, std::string_view came_from) const;
  QueuedLetter Queued(const Letter& letter) const;
  void HandOver(std::map<std::string, std::vector<QueuedLetter>>&& letters);

  Outbox& outbox_;
  const SteadyTime& time_;
  const Wake wake_;
  const LaneWorld world_;

  mutable std::mutex mutex_;  // guards the rest; no other is taken while it is held
  std::map<std::string, Seat, std::less<>> seats_;                          // by key
  std::map<std::string, std::vector<std::string>, std::less<>> receivers_;  // their channels' keys
  std::string language_;
};

}  // namespace ecsward::notify
