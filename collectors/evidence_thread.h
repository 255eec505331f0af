// The plain evidence reader: who uses most of the host, from /proc alone. Reads only when somebody
// asks: nothing runs, and there is no thread, before the first question.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/host_root.h"
#include "collectors/host_boards.h"
#include "metrics/evidence.h"

namespace ecsward {

struct EvidenceOptions {
  // Two readings are compared over about this long when there is no earlier one.
  std::chrono::nanoseconds gap = std::chrono::seconds(1);
  // An earlier reading is good between these ages, by the clock.
  std::chrono::nanoseconds youngest = std::chrono::milliseconds(500);
  std::chrono::nanoseconds oldest = std::chrono::seconds(60);
  // Waits for `gap` instead of the thread itself: for tests, which own the time.
  std::function<void(std::chrono::nanoseconds)> pause;
};

// Thread-safe. `done` is called from this object's thread, never after the destructor has returned;
// questions that are open then get no answer. `done` must not destroy this object.
class EvidenceThread final : public EvidenceSource {
 public:
  // `clock` outlives this. Reads `root` even after this is gone, if the host makes it wait.
  // `boards` may be null: then only readings answer.
  EvidenceThread(const HostRoot& root, const Clock& clock, EvidenceOptions options = {},
                 std::shared_ptr<const HostBoards> boards = nullptr);
  // Does not wait for the host, only for a `done` that is being called.
  ~EvidenceThread() override;
  EvidenceThread(const EvidenceThread&) = delete;
  EvidenceThread& operator=(const EvidenceThread&) = delete;

  // Takes a first reading, unless there is one that is young enough.
  void Expect(EvidenceKind kind) override;
  // Questions of one kind that come while one is being answered share the answer to the next.
  void Ask(const EvidenceQuestion& question, std::function<void(Evidence)> done) override;

 private:
  class Worker;
  std::shared_ptr<Worker> worker_;
};

}  // namespace ecsward
