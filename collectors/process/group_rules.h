// Which group a process belongs to: the rules that the configuration names, then the usual ones.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace ecsward {

// What a rule may ask about. Empty where it is not known.
struct GroupSubject {
  std::string_view process;     // comm
  std::string_view executable;  // "/usr/sbin/nginx"
  std::string_view cmdline;
  std::string_view user;       // "www-data"
  std::string_view unit;       // "nginx.service"
  std::string_view container;  // the first 12 digits of its id
  std::string_view cgroup;     // the text of /proc/PID/cgroup
  bool kernel_thread = false;
};

// One item of `groups`: "web unit=nginx.* user=www-data".
class GroupRule {
 public:
  // Conditions: unit, exe, process, cmdline, user, cgroup, each at most once, each a regular
  // expression (RE2) that is searched for, not anchored. An expression holds no blank (write \s)
  // and no comma.
  // errors: kInvalidArgument saying what is wrong and where
  static Result<GroupRule> Parse(std::string_view text);
  GroupRule(GroupRule&&) noexcept;
  GroupRule& operator=(GroupRule&&) noexcept;
  ~GroupRule();

  const std::string& name() const { return name_; }
  bool needs_cmdline() const;
  // All conditions hold.
  bool Matches(const GroupSubject& subject) const;

 private:
  GroupRule();
  struct Condition {
    std::size_t key = 0;
    std::unique_ptr<re2::RE2> regex;
  };
  std::string name_;
  std::vector<Condition> conditions_;
};

// For the option's table: one item.
Result<void> CheckGroupRule(std::string_view item);
// All items of the option. Items have passed CheckGroupRule; one that has not is passed over.
std::vector<GroupRule> ParseGroupRules(std::string_view list);

// The name of the first rule that matches; else the systemd unit if it is a service, else
// "container:…", "[kernel]", the executable's name, the process's. Safe for labels.
std::string GroupName(const std::vector<GroupRule>& rules, const GroupSubject& subject);

}  // namespace ecsward
