#include "base/host_root.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

namespace ecsward {

HostRoot::HostRoot(HostPaths paths)
    : paths_(std::move(paths)), live_(paths_.procfs == "/proc" && paths_.sysfs == "/sys") {}

std::string HostRoot::Path(Tree tree, std::string_view relative) const {
  const std::string* root = nullptr;
  switch (tree) {
    case Tree::kProc:
      root = &paths_.procfs;
      break;
    case Tree::kSys:
      root = &paths_.sysfs;
      break;
    case Tree::kRoot:
      root = &paths_.rootfs;
      break;
    case Tree::kUdev:
      root = &paths_.udev_data;
      break;
  }
  std::string path = *root;
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  while (!relative.empty() && relative.front() == '/') relative.remove_prefix(1);
  if (relative.empty()) return path;
  if (path.back() != '/') path += '/';
  return path.append(relative);
}

Result<std::string> HostRoot::ReadFile(Tree tree, std::string_view relative) const {
  HostFile file = File(tree, relative);
  ReadBuffer buffer;
  auto text = file.Read(buffer);
  if (!text) return std::move(text).error();
  return std::string(*text);
}

std::string HostRoot::ReadWord(Tree tree, std::string_view relative) const {
  HostFile file = File(tree, relative);
  ReadBuffer buffer;
  std::string_view text;
  if (file.TryRead(buffer, text) != 0) return {};
  constexpr std::string_view kSpace = " \t\r\n\0";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kSpace) - first + 1));
}

Result<std::vector<std::string>> HostRoot::List(Tree tree, std::string_view relative) const {
  const std::string path = Path(tree, relative);
  struct CloseDir {
    void operator()(DIR* dir) const { ::closedir(dir); }
  };
  const std::unique_ptr<DIR, CloseDir> dir(::opendir(path.c_str()));
  if (!dir) return ErrnoError(errno, path);
  std::vector<std::string> names;
  // readdir is safe here: the stream is this call's own.
  while (const dirent* entry = ::readdir(dir.get())) {  // NOLINT(concurrency-mt-unsafe)
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string HostRoot::LinkName(Tree tree, std::string_view relative) const {
  std::array<char, 4096> target{};
  const ssize_t n = ::readlink(Path(tree, relative).c_str(), target.data(), target.size());
  if (n <= 0) return {};
  const std::string_view whole(target.data(), static_cast<std::size_t>(n));
  const auto slash = whole.rfind('/');
  return std::string(slash == std::string_view::npos ? whole : whole.substr(slash + 1));
}

bool HostRoot::Exists(Tree tree, std::string_view relative) const {
  return ::access(Path(tree, relative).c_str(), F_OK) == 0;
}

}  // namespace ecsward
