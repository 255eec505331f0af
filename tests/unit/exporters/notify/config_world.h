// Configurations for tests: a list of made-up channels with each kind of option, and files that are
// not on any disk.
#pragma once

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "exporters/notify/config_files.h"
#include "exporters/notify/notify_config.h"

namespace ecsward::notify {

class FakeConfigFiles final : public ConfigFiles {
 public:
  Result<Secret> ReadSecret(const std::string& name) const override {
    const auto text = ReadText(name);
    if (!text) return Error(text.error());
    return Secret(*text);
  }
  Result<std::string> ReadText(const std::string& name) const override {
    const auto it = files.find(name);
    if (it == files.end()) return Fail(ErrorCode::kNotFound, name + ": No such file or directory");
    return it->second;
  }
  std::string PathOf(const std::string& name) const override { return "/etc/ecsward/" + name; }
  std::vector<std::string> Matching(const std::string& pattern) const override {
    if (pattern != "*.tmpl") return {pattern};
    std::vector<std::string> names;
    for (const auto& [name, text] : files) {
      if (name.ends_with(".tmpl")) names.push_back(name);
    }
    return names;
  }
  bool KnowsZone(const std::string& name) const override { return name == "Asia/Shanghai"; }

  std::map<std::string, std::string> files;
};

// "chat", with an option of each kind; "email" and "slack" with some of Alertmanager's.
std::span<const ChannelSpec> ChannelsForTests();

struct ConfigWorld {
  FakeConfigFiles files;

  // What stands below `alerting`; lines count from its first.
  ParsedNotify Parse(const std::string& yaml) const {
    return ParseNotify(YAML::Load(yaml), &files, ChannelsForTests());
  }
  // `2:3: alerting.route: message`, a line each.
  std::string Problems(const std::string& yaml) const {
    std::string all;
    for (const NotifyProblem& problem : Parse(yaml).problems) {
      all += fmt::format("{}:{}: {}: {}\n", problem.line, problem.column, problem.key,
                         problem.message);
    }
    return all;
  }
};

}  // namespace ecsward::notify
