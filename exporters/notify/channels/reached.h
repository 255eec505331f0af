// Whom a notification has already reached, where that takes several requests: what failed for one
// is tried again without ringing the others a second time. Lost with the process, which costs a
// duplicate and no alert.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace ecsward::notify {

class Reached {
 public:
  // Forgets whom another notification has reached.
  void Begin(std::string_view notification_id) {
    if (id_ == notification_id) return;
    id_ = notification_id;
    people_.clear();
  }
  bool Has(const std::string& who) const { return people_.count(who) != 0; }
  void Add(const std::string& who) { people_.insert(who); }

 private:
  std::string id_;
  std::set<std::string> people_;
};

}  // namespace ecsward::notify
