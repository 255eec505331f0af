// Listeners in other network namespaces: those of containers, mostly. Read from the text below
// /proc/PID/net of one process of each, by a thread of its own, since each text costs what the
// kernel's whole socket table costs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/host_root.h"
#include "collectors/ports/port_board.h"

namespace ecsward {

// "net:[4026532201]" → "4026532201"; empty for anything else.
std::string_view ParseNamespaceLink(std::string_view target);

// All of them at once: takes milliseconds and more. The sockets of one address and port are one
// listener; its owner is not looked for, the container is that of the process that was found.
std::vector<PortListener> ReadOtherNamespaces(const HostRoot& root);

// One thread.
class OtherNamespaces {
 public:
  static constexpr std::chrono::seconds kEvery{15};

  explicit OtherNamespaces(const HostRoot& root) : root_(root) {}
  // Waits for a look that is under way, but not for ever: it owns all it needs.
  ~OtherNamespaces();

  // Takes what a look found, and starts the next one when it is time.
  void Tick(MonoTime now);
  const std::vector<PortListener>& listeners() const { return listeners_; }
  std::uint64_t version() const { return version_; }  // of the listeners
  void Await();                                       // the look that is under way

 private:
  struct State;
  const HostRoot root_;
  std::shared_ptr<State> state_;
  std::vector<PortListener> listeners_;
  std::uint64_t version_ = 0;
  MonoTime due_{};
};

}  // namespace ecsward
