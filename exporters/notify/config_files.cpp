#include "exporters/notify/config_files.h"

#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "exporters/notify/time_interval_parse.h"
#include "metrics/history_file.h"

namespace ecsward::notify {
namespace {

constexpr std::size_t kMaxTemplateBytes = std::size_t{1} << 20;

// A FIFO or a device would block or never end.
Result<void> CheckRegular(const std::string& path) {
  struct stat s = {};
  if (::stat(path.c_str(), &s) != 0) return ErrnoError(errno, path);
  if (!S_ISREG(s.st_mode)) return Fail(ErrorCode::kInvalidArgument, path + ": not a file");
  return {};
}

}  // namespace

HostConfigFiles::HostConfigFiles(const std::string& folder, std::string zone_folder)
    : zone_folder_(std::move(zone_folder)) {
  std::error_code ignored;
  folder_ = std::filesystem::current_path(ignored) / folder / "";
  folder_ = std::filesystem::path(folder_).lexically_normal();
}

std::string HostConfigFiles::PathOf(const std::string& name) const {
  return name.starts_with('/') ? name : folder_ + name;
}

Result<Secret> HostConfigFiles::ReadSecret(const std::string& name) const {
  const std::string path = PathOf(name);
  if (auto regular = CheckRegular(path); !regular) return std::move(regular).error();
  return Secret::FromFile(path);
}

Result<std::string> HostConfigFiles::ReadText(const std::string& name) const {
  const std::string path = PathOf(name);
  if (auto regular = CheckRegular(path); !regular) return std::move(regular).error();
  return ReadWholeFile(path, kMaxTemplateBytes);
}

std::vector<std::string> HostConfigFiles::Matching(const std::string& pattern) const {
  if (pattern.find_first_of("*?[") == std::string::npos) return {pattern};
  std::vector<std::string> names;
  glob_t found = {};
  if (::glob(PathOf(pattern).c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) names.emplace_back(found.gl_pathv[i]);
  }
  ::globfree(&found);
  return names;
}

bool HostConfigFiles::KnowsZone(const std::string& name) const {
  if (!IsZoneName(name)) return false;
  const std::string path = zone_folder_ + "/" + name;
  if (!CheckRegular(path)) return false;
  const auto text = ReadWholeFile(path, kMaxTemplateBytes);
  return text && text->starts_with("TZif");  // tzfile(5); other files lie there, too
}

}  // namespace ecsward::notify
