// Keeps the store open: sets a damaged file aside and begins anew, counts what fails and says so
// once.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "exporters/notify/store.h"

namespace ecsward::notify {

// One thread at a time, but for failures().
class StoreKeeper {
 public:
  // Both outlive this.
  StoreKeeper(std::string path, const Clock& clock, const Logger& log)
      : path_(std::move(path)), clock_(clock), log_(log) {}

  // errors: those of opening, and of `work`
  Result<void> Do(const std::function<Result<void>(NotifyStore&)>& work);

  std::uint64_t failures() const { return failures_; }

 private:
  Result<void> Open();

  const std::string path_;
  const Clock& clock_;
  const Logger& log_;
  std::optional<NotifyStore> store_;
  bool failing_ = false;
  std::atomic<std::uint64_t> failures_{0};
};

}  // namespace ecsward::notify
