// The files that the notifier's configuration names, apart from itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace ecsward::notify {

class ConfigFiles {
 public:
  virtual ~ConfigFiles() = default;
  // errors: naming the file, never what is in it
  virtual Result<Secret> ReadSecret(const std::string& name) const = 0;
  virtual Result<std::string> ReadText(const std::string& name) const = 0;
  // As it is written where it can be read: an absolute path.
  virtual std::string PathOf(const std::string& name) const = 0;
  // Names that a shell pattern finds, in order; of a name without a pattern that name.
  virtual std::vector<std::string> Matching(const std::string& pattern) const = 0;
  virtual bool KnowsZone(const std::string& name) const = 0;
};

// Those of this host; relative names begin in `folder`.
class HostConfigFiles final : public ConfigFiles {
 public:
  explicit HostConfigFiles(const std::string& folder,
                           std::string zone_folder = "/usr/share/zoneinfo");
  Result<Secret> ReadSecret(const std::string& name) const override;
  Result<std::string> ReadText(const std::string& name) const override;
  std::string PathOf(const std::string& name) const override;
  std::vector<std::string> Matching(const std::string& pattern) const override;
  bool KnowsZone(const std::string& name) const override;

 private:
  std::string folder_;  // absolute, ends with a slash
  std::string zone_folder_;
};

}  // namespace ecsward::notify
