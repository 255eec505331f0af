#include "collectors/systemd/invocations.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <memory>

#include "collectors/systemd/systemd_bus.h"

namespace ecsward {

Result<void> Invocations::Read(std::vector<std::string>& changed) {
  constexpr std::string_view kPrefix = "invocation:";
  changed.clear();
  struct CloseDir {
    void operator()(DIR* dir) const { ::closedir(dir); }
  };
  const std::unique_ptr<DIR, CloseDir> dir(::opendir(folder_.c_str()));
  if (!dir) return ErrnoError(errno, folder_);
  const bool first = reads_++ == 0;
  // readdir is safe here: the stream is this call's own.
  while (const dirent* entry = ::readdir(dir.get())) {  // NOLINT(concurrency-mt-unsafe)
    std::string_view name(entry->d_name);
    if (!name.starts_with(kPrefix) || !name.ends_with(".service")) continue;
    name.remove_prefix(kPrefix.size());
    if (!ValidUnitName(name)) continue;
    std::array<char, 64> id{};
    const auto size = ::readlinkat(::dirfd(dir.get()), entry->d_name, id.data(), id.size());
    if (size <= 0) continue;  // gone meanwhile
    const std::uint64_t hash =
        std::hash<std::string_view>{}({id.data(), static_cast<std::size_t>(size)});
    auto known = units_.find(name);
    if (known == units_.end()) {
      if (units_.size() >= kMaxUnits) continue;
      known = units_.emplace(name, Unit{}).first;
    }
    if (known->second.id != hash && !first) changed.emplace_back(name);
    known->second = {hash, reads_};
  }
  std::erase_if(units_, [&](const auto& unit) {
    if (unit.second.read == reads_) return false;
    changed.push_back(unit.first);
    return true;
  });
  std::sort(changed.begin(), changed.end());
  return {};
}

}  // namespace ecsward
