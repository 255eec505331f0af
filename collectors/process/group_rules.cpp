#include "collectors/process/group_rules.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "collectors/offender_name.h"
#include "collectors/options.h"
#include "collectors/text_scan.h"

namespace ecsward {
namespace {

struct Key {
  std::string_view name;
  std::string_view GroupSubject::*value;
};
constexpr std::array kKeys = {
    Key{"unit", &GroupSubject::unit},       Key{"exe", &GroupSubject::executable},
    Key{"process", &GroupSubject::process}, Key{"cmdline", &GroupSubject::cmdline},
    Key{"user", &GroupSubject::user},       Key{"cgroup", &GroupSubject::cgroup},
};
constexpr std::size_t kCmdline = 3;

// "/usr/sbin/nginx" → "nginx".
std::string_view BaseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

GroupRule::GroupRule() = default;
GroupRule::GroupRule(GroupRule&&) noexcept = default;
GroupRule& GroupRule::operator=(GroupRule&&) noexcept = default;
GroupRule::~GroupRule() = default;

Result<GroupRule> GroupRule::Parse(std::string_view text) {
  const auto bad = [](std::string message) {
    return Fail(ErrorCode::kInvalidArgument, std::move(message));
  };
  GroupRule rule;
  std::string_view word;
  if (!NextField(text, word) || word.find('=') != std::string_view::npos) {
    return bad("want a group such as \"web unit=nginx.*\": a name, then conditions");
  }
  if (OffenderName(word, false) != word) {
    return bad(fmt::format("want a name of at most 64 printable characters, got \"{}\"",
                           OffenderName(word, false)));
  }
  rule.name_ = word;
  while (NextField(text, word)) {
    const auto equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const auto* const key = std::find_if(kKeys.begin(), kKeys.end(),
                                         [&](const Key& known) { return known.name == name; });
    if (equals == std::string_view::npos || key == kKeys.end()) {
      return bad(
          fmt::format("group \"{}\": want unit=, exe=, process=, cmdline=, user= or cgroup=, "
                      "got \"{}\"",
                      rule.name_, word));
    }
    Condition condition;
    condition.key = static_cast<std::size_t>(key - kKeys.begin());
    if (std::any_of(rule.conditions_.begin(), rule.conditions_.end(),
                    [&](const Condition& known) { return known.key == condition.key; })) {
      return bad(fmt::format("group \"{}\": {}= stands twice", rule.name_, name));
    }
    const std::string_view pattern = word.substr(equals + 1);
    if (pattern.empty()) {
      return bad(
          fmt::format("group \"{}\": want a regular expression behind {}=", rule.name_, name));
    }
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    condition.regex =
        std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
    if (!condition.regex->ok()) {
      return bad(fmt::format("group \"{}\": {}= wants a regular expression (RE2), got \"{}\": {}",
                             rule.name_, name, pattern, condition.regex->error()));
    }
    rule.conditions_.push_back(std::move(condition));
  }
  if (rule.conditions_.empty()) {
    return bad(
        fmt::format("group \"{}\": want at least one condition such as unit=nginx.*", rule.name_));
  }
  return rule;
}

bool GroupRule::needs_cmdline() const {
  return std::any_of(conditions_.begin(), conditions_.end(),
                     [](const Condition& condition) { return condition.key == kCmdline; });
}

bool GroupRule::Matches(const GroupSubject& subject) const {
  return std::all_of(
      conditions_.begin(), conditions_.end(), [&subject](const Condition& condition) {
        const std::string_view value = subject.*kKeys[condition.key].value;
        return RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *condition.regex);
      });
}

Result<void> CheckGroupRule(std::string_view item) {
  if (auto rule = GroupRule::Parse(item); !rule) return std::move(rule).error();
  return {};
}

std::vector<GroupRule> ParseGroupRules(std::string_view list) {
  std::vector<GroupRule> rules;
  std::string_view item;
  while (NextListItem(list, item)) {
    if (auto rule = GroupRule::Parse(item)) rules.push_back(std::move(*rule));
  }
  return rules;
}

std::string GroupName(const std::vector<GroupRule>& rules, const GroupSubject& subject) {
  for (const GroupRule& rule : rules) {
    if (rule.Matches(subject)) return rule.name();
  }
  if (subject.unit.ends_with(".service")) return OffenderName(subject.unit, false);
  if (!subject.container.empty()) {
    return "container:" + OffenderName(subject.container, false);
  }
  if (subject.kernel_thread) return "[kernel]";
  const std::string_view name = BaseName(subject.executable);
  return OffenderName(name.empty() ? subject.process : name, false);
}

}  // namespace ecsward
