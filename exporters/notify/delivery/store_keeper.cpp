#include "exporters/notify/delivery/store_keeper.h"

#include "base/database_file.h"

namespace ecsward::notify {

Result<void> StoreKeeper::Open() {
  if (store_) return {};
  auto opened = NotifyStore::Open(path_);
  if (!opened && opened.error().code == ErrorCode::kParse) {
    const auto aside = SetDatabaseAside(path_, clock_.Wall());
    if (!aside) return aside.error();
    log_.Warn("set aside, and begun anew",
              {{"file", path_}, {"error", opened.error().message}, {"now", *aside}});
    opened = NotifyStore::Open(path_);
  }
  if (!opened) return std::move(opened).error();
  store_.emplace(std::move(*opened));
  return {};
}

Result<void> StoreKeeper::Do(const std::function<Result<void>(NotifyStore&)>& work) {
  auto done = Open();
  if (done) done = work(*store_);
  if (!done) {
    ++failures_;
    if (!failing_) {
      log_.LogError("cannot keep notifications; they are sent all the same",
                    {{"file", path_}, {"error", done.error().message}});
    }
    // Damaged while it was open: the next call looks at it, and sets it aside.
    if (done.error().code == ErrorCode::kParse) store_.reset();
  } else if (failing_) {
    log_.Info("notifications are kept again", {{"file", path_}});
  }
  failing_ = !done;
  return done;
}

}  // namespace ecsward::notify
