// `ports.learn`: what listened here over a week, kept in a file that people can read, correct and
// paste into `ports.allow`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "collectors/ports/port_rule.h"

namespace ecsward {

struct LearnedPorts {
  WallTime since{};                // learning began
  WallTime until{};                // … and ends
  std::vector<std::string> allow;  // items of `ports.allow`
};

std::string FormatLearnedPorts(const LearnedPorts& learned);
// Pure. Reads what FormatLearnedPorts writes, and what people make of it: comments, quotes or none.
// errors: kParse naming the line
Result<LearnedPorts> ParseLearnedPorts(std::string_view text);

// The item that allows what listens, and little else: "tcp:22 process=sshd user=root". Letters that
// an item cannot hold are "?", which stands for any. A port of the range that the kernel takes
// ports for clients from is another one after the next start: it becomes that range.
std::string LearnedItem(const ListenerFacts& listener, std::uint16_t ephemeral_first,
                        std::uint16_t ephemeral_last);

// Writes a small file without holding up who asks: beside itself, synced, renamed, by a short-lived
// thread, which owns all it needs. A disk that hangs keeps that thread, and nobody else.
class FileInBackground {
 public:
  // Waits for a write that is under way, but not for ever.
  ~FileInBackground();
  // False while the one before is under way.
  bool Write(const std::string& path, std::string text);
  // The last one's failure, once.
  std::string TakeError();
  void Await();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// One thread.
class PortLearning {
 public:
  static constexpr std::size_t kMaxItems = 5000;

  // Reads the file, if there is one. An empty folder or a time of 0: there is no learning.
  PortLearning(std::string_view state_directory, std::chrono::milliseconds learn);

  bool enabled() const { return enabled_; }
  bool learning() const { return enabled_ && !over_; }
  // True when learning began or ended in this tick, or at the first: Rules() changed.
  bool BeginTick(WallTime now);
  // While learning: it listens. Views live until the call returns.
  void Observe(const ListenerFacts& listener, std::uint16_t ephemeral_first,
               std::uint16_t ephemeral_last);
  // Hands the file over to be written when it changed.
  void EndTick(MonoTime now);
  std::vector<AllowRule> Rules() const { return rules_; }
  // What went wrong: "ports-learned.yml: line 3: …; set aside as …".
  std::string_view note() const { return note_; }
  FileInBackground& file() { return file_; }

 private:
  void Load();

  const std::string path_;
  const std::chrono::milliseconds learn_;
  bool enabled_;
  bool over_ = false, begun_ = false, first_ = true, dirty_ = false;
  LearnedPorts learned_;
  std::vector<AllowRule> rules_;
  MonoTime next_write_{};
  std::string note_;
  FileInBackground file_;
};

}  // namespace ecsward
