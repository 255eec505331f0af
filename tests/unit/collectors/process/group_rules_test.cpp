#include "collectors/process/group_rules.h"

#include <gtest/gtest.h>

#include "collectors/process/process_collector.h"

namespace ecsward {
namespace {

std::string Problem(std::string_view text) {
  const auto rule = GroupRule::Parse(text);
  return rule ? "" : rule.error().message;
}

TEST(GroupRule, MatchesWhenAllConditionsDo) {
  const auto rule = GroupRule::Parse("web  exe=nginx$ user=^www-data$");
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ(rule->name(), "web");
  EXPECT_FALSE(rule->needs_cmdline());
  GroupSubject subject;
  subject.executable = "/usr/sbin/nginx";
  subject.user = "www-data";
  EXPECT_TRUE(rule->Matches(subject));
  subject.user = "root";
  EXPECT_FALSE(rule->Matches(subject));
}

TEST(GroupRule, KnowsWhetherItNeedsCommandLines) {
  EXPECT_TRUE(GroupRule::Parse("app cmdline=app[.]jar")->needs_cmdline());
}

TEST(GroupRule, SaysWhatIsWrong) {
  EXPECT_EQ(Problem(""), "want a group such as \"web unit=nginx.*\": a name, then conditions");
  EXPECT_EQ(Problem("unit=x"),
            "want a group such as \"web unit=nginx.*\": a name, then conditions");
  EXPECT_EQ(Problem("web"), "group \"web\": want at least one condition such as unit=nginx.*");
  EXPECT_EQ(
      Problem("web unti=x"),
      "group \"web\": want unit=, exe=, process=, cmdline=, user= or cgroup=, got \"unti=x\"");
  EXPECT_EQ(Problem("web nginx"),
            "group \"web\": want unit=, exe=, process=, cmdline=, user= or cgroup=, got \"nginx\"");
  EXPECT_EQ(Problem("web exe=a exe=b"), "group \"web\": exe= stands twice");
  EXPECT_EQ(Problem("web exe="), "group \"web\": want a regular expression behind exe=");
  EXPECT_EQ(Problem("web exe=("),
            "group \"web\": exe= wants a regular expression (RE2), got \"(\": missing ): (");
  EXPECT_EQ(Problem("w\x1b exe=a"), "want a name of at most 64 printable characters, got \"w?\"");
}

TEST(GroupRule, IsCheckedWithTheConfiguration) {
  const OptionSpec& spec = kProcessOptions[1];
  ASSERT_EQ(spec.name, "groups");
  EXPECT_TRUE(CheckOption(spec, "web unit=nginx.*, db process=mysqld|mariadbd"));
  EXPECT_TRUE(CheckOption(spec, ""));
  EXPECT_FALSE(CheckOption(spec, "web unit=nginx.*, db"));
}

TEST(GroupName, FirstRuleThatMatchesWins) {
  const auto rules = ParseGroupRules("a process=^x, b process=^xy, c cgroup=/batch/");
  ASSERT_EQ(rules.size(), 3u);
  GroupSubject subject;
  subject.process = "xyz";
  EXPECT_EQ(GroupName(rules, subject), "a");
  subject.process = "other";
  subject.cgroup = "0::/batch/job1\n";
  EXPECT_EQ(GroupName(rules, subject), "c");
}

TEST(GroupName, FallsBackToUnitContainerExecutableAndName) {
  GroupSubject subject;
  subject.process = "worker \x1b";
  EXPECT_EQ(GroupName({}, subject), "worker ?");
  subject.executable = "/usr/bin/python3.11";
  EXPECT_EQ(GroupName({}, subject), "python3.11");
  subject.kernel_thread = true;
  EXPECT_EQ(GroupName({}, subject), "[kernel]");
  subject.unit = "session-3.scope";  // of whoever logged in: says nothing
  EXPECT_EQ(GroupName({}, subject), "[kernel]");
  subject.container = "abc123def456";
  EXPECT_EQ(GroupName({}, subject), "container:abc123def456");
  subject.unit = "nginx.service";
  EXPECT_EQ(GroupName({}, subject), "nginx.service");
}

}  // namespace
}  // namespace ecsward
