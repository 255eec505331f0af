// Which devices, mounts or fields a collector looks at: node_exporter's include and exclude
// patterns. A pattern is matched once per name; the answer is kept, so a steady tick runs no
// regular expression.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace ecsward {

// Not thread-safe.
class NameFilter {
 public:
  // Patterns are searched for, not anchored, as node_exporter's are ("^lo$" anchors itself). An
  // empty pattern is none: an empty include takes everything, an empty exclude drops nothing.
  NameFilter(std::string_view include, std::string_view exclude);
  ~NameFilter();
  NameFilter(NameFilter&&) noexcept;

  bool Takes(std::string_view name);

 private:
  static constexpr std::size_t kMaxKept =
      4096;  // names come and go (veth…): forget all, start again
  std::unique_ptr<re2::RE2> include_, exclude_;
  std::map<std::string, bool, std::less<>> known_;
};

}  // namespace ecsward
