#include "agent/rule_loader.h"

#include <fmt/format.h>
#include <glob.h>

#include <set>
#include <string_view>

#include "agent/stock_rules.h"
#include "metrics/history_file.h"

namespace ecsward {
namespace {

constexpr std::size_t kMaxRuleFile = std::size_t{8} << 20;
constexpr std::size_t kMaxRuleFiles = 1000;

std::string BesideConfig(const std::string& name, const std::string& config_path) {
  const auto slash = config_path.rfind('/');
  if (name.starts_with('/') || slash == std::string::npos) return name;
  return config_path.substr(0, slash + 1) + name;
}

// A name without a pattern in it stands for itself, so that a missing file is noticed.
std::vector<std::string> Expand(const std::string& pattern) {
  if (pattern.find_first_of("*?[") == std::string::npos) return {pattern};
  std::vector<std::string> paths;
  glob_t found = {};
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  }
  ::globfree(&found);
  return paths;
}

class Loader {
 public:
  explicit Loader(LoadedRules& out) : out_(out) {}

  void Stock() {
    for (const StockRuleFile& file : StockRules()) Take(file.yaml, std::string(file.name));
  }

  Result<void> File(const std::string& path) {
    if (!seen_.insert(path).second) return {};
    if (seen_.size() > kMaxRuleFiles) {
      return Fail(ErrorCode::kInvalidArgument, fmt::format("more than {} files", kMaxRuleFiles));
    }
    const auto text = ReadWholeFile(path, kMaxRuleFile);
    if (!text) return Error(text.error());
    Take(*text, path);
    return {};
  }

 private:
  void Take(std::string_view yaml, std::string name) {
    RuleFile file = ParseRuleFile(yaml, std::move(name));
    ++out_.files;
    for (const RuleFileProblem& problem : file.problems) {
      out_.rule_problems.push_back(problem.ToString());
    }
    for (const RuleFileProblem& warning : file.warnings) {
      out_.rule_warnings.push_back(warning.ToString());
    }
    for (RuleGroup& group : file.groups) out_.groups.push_back(std::move(group));
  }

  LoadedRules& out_;
  std::set<std::string> seen_;
};

}  // namespace

LoadedRules LoadRules(const AlertingConfig& alerting, const std::string& config_path) {
  LoadedRules out;
  Loader loader(out);
  bool stock = false;
  for (std::size_t i = 0; i < alerting.rule_files.size(); ++i) {
    const std::string& entry = alerting.rule_files[i];
    if (entry == kStockRules) {
      if (!stock) loader.Stock();
      stock = true;
      continue;
    }
    for (const std::string& path : Expand(BesideConfig(entry, config_path))) {
      if (auto ok = loader.File(path); !ok) {
        out.config_problems.push_back(
            fmt::format("alerting.rule_files[{}]: {}", i, ok.error().message));
      }
    }
  }
  return out;
}

}  // namespace ecsward
