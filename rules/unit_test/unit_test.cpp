#include "rules/unit_test/unit_test.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/result.h"
#include "rules/rule_file.h"
#include "rules/unit_test/test_file.h"
#include "rules/unit_test/test_run.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;

Result<std::string> ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file || file.bad()) return ErrnoError(errno, "open " + path);
  return std::move(text).str();
}

// Go's patterns: `[` begins a set that must end.
bool IsPattern(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && ++i == text.size()) return false;
    if (text[i] == '[') {
      const std::size_t end = text.find(']', i + 2);
      if (end == std::string_view::npos) return false;
      i = end;
    }
  }
  return true;
}

// The files that match, sorted.
std::vector<std::string> Glob(const std::string& pattern) {
  std::vector<std::string> out;
  glob_t found{};
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    out.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return out;
}

class FileRun {
 public:
  explicit FileRun(std::string path) : path_(std::move(path)) {}

  UnitTestReport Run() {
    const std::vector<std::string> errors = Errors();
    UnitTestReport report;
    report.passed = errors.empty();
    report.text = "Unit Testing:  " + path_ + "\n" + warnings_;
    report.text += report.passed ? "  SUCCESS\n" : "  FAILED:\n";
    for (const std::string& error : errors) report.text += error + "\n\n";
    report.text += "\n";
    return report;
  }

 private:
  std::vector<std::string> Errors() {
    const auto text = ReadText(path_);
    if (!text) return {text.error().message};
    const UnitTestFile file = ParseUnitTestFile(*text);
    if (!file.problems.empty()) {
      std::vector<std::string> errors;
      for (const std::string& problem : file.problems) errors.push_back(path_ + ":" + problem);
      return errors;
    }
    auto paths = RuleFiles(file);
    if (!paths) return {paths.error().message};
    auto order = OrderOf(file);
    if (!order) return {order.error().message};

    std::vector<std::string> errors;
    for (const std::string& path : *paths) LoadRules(path, errors);
    if (!errors.empty() && !file.tests.empty()) return errors;
    // A group that the order does not name has the first one's place.
    std::stable_sort(groups_.begin(), groups_.end(), [&](const RuleGroup& a, const RuleGroup& b) {
      return (*order)[a.name] < (*order)[b.name];
    });
    errors.clear();
    for (const UnitTest& test : file.tests) {
      auto more = RunUnitTest(test, groups_, file.evaluation_interval_ms);
      std::move(more.begin(), more.end(), std::back_inserter(errors));
    }
    return errors;
  }

  Result<std::vector<std::string>> RuleFiles(const UnitTestFile& file) {
    std::vector<std::string> out;
    for (const std::string& written : file.rule_files) {
      std::string pattern = written;
      if (!pattern.empty() && pattern.front() != '/') {
        pattern = (fs::path(path_).parent_path() / pattern).lexically_normal();
      }
      if (!IsPattern(pattern)) {
        return Fail(ErrorCode::kInvalidArgument, "syntax error in pattern: " + pattern);
      }
      const auto found = Glob(pattern);
      if (found.empty()) warnings_ += "  WARNING: no file match pattern " + pattern + "\n";
      out.insert(out.end(), found.begin(), found.end());
    }
    return out;
  }

  static Result<std::map<std::string, std::size_t>> OrderOf(const UnitTestFile& file) {
    std::map<std::string, std::size_t> order;
    for (const std::string& name : file.group_eval_order) {
      if (!order.emplace(name, order.size()).second) {
        return Fail(ErrorCode::kInvalidArgument,
                    "group name repeated in evaluation order: " + name);
      }
    }
    return order;
  }

  void LoadRules(const std::string& path, std::vector<std::string>& errors) {
    if (!loaded_.insert(path).second) return;
    const auto text = ReadText(path);
    if (!text) {
      errors.push_back(text.error().message);
      return;
    }
    RuleFile file = ParseRuleFile(*text, path);
    for (const RuleFileProblem& problem : file.problems) errors.push_back(problem.ToString());
    std::move(file.groups.begin(), file.groups.end(), std::back_inserter(groups_));
  }

  const std::string path_;
  std::string warnings_;
  std::set<std::string> loaded_;
  std::vector<RuleGroup> groups_;
};

}  // namespace

UnitTestReport RunUnitTestFile(const std::string& path) { return FileRun(path).Run(); }

}  // namespace ecsward
