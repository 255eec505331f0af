#include "collectors/process/oom_record.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ecsward {
namespace {

constexpr std::string_view kChosen =
    "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,"
    "oom_memcg=/system.slice,task_memcg=/system.slice/x.service,task=stress,pid=4242,uid=0";
constexpr std::string_view kKilled =
    "Memory cgroup out of memory: Killed process 4242 (stress) total-vm:1052684kB, "
    "anon-rss:1048372kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:2100kB oom_score_adj:0";

std::optional<OomKill> Add(OomStory& story, std::uint64_t sequence, std::string_view text,
                           int priority = 6) {
  const std::string line = fmt::format("{},{},987654,-;{}", priority, sequence, text);
  KernelRecord record;
  EXPECT_TRUE(ParseKernelRecord(line, record));
  return story.Add(record);
}

TEST(ParseKernelRecord, TakesItApart) {
  KernelRecord record;
  ASSERT_TRUE(
      ParseKernelRecord("6,339,5140900,-,caller=T1;hello; world\n SUBSYSTEM=acpi\n", record));
  EXPECT_EQ(record.sequence, 339u);
  EXPECT_TRUE(record.from_kernel);
  EXPECT_EQ(record.text, "hello; world");
  ASSERT_TRUE(ParseKernelRecord("14,340,5140900,-;from a program", record));
  EXPECT_FALSE(record.from_kernel);
  for (const char* bad : {"", "no record", "6;x", "6,;x", "x,1,2,-;x", "6,x,2,-;x"}) {
    EXPECT_FALSE(ParseKernelRecord(bad, record)) << bad;
  }
}

TEST(ParseOomText, ReadsTheOneLine) {
  const auto text = ParseOomText(kChosen);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->what, OomText::What::kChosen);
  EXPECT_EQ(text->process, "stress");
  EXPECT_EQ(text->pid, 4242);
  EXPECT_EQ(text->cgroup, "/system.slice/x.service");
  EXPECT_TRUE(text->in_cgroup);
  const auto host = ParseOomText(
      "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,"
      "task_memcg=/user.slice,task=java,pid=7,uid=1000");
  ASSERT_TRUE(host);
  EXPECT_FALSE(host->in_cgroup);
}

TEST(ParseOomText, IsNotFooledByAName) {
  const auto text = ParseOomText(
      "oom-kill:constraint=CONSTRAINT_NONE,task_memcg=/a,task=x,pid=1,uid=0,pid=4242,uid=0");
  ASSERT_TRUE(text);
  EXPECT_EQ(text->process, "x,pid=1,uid=0");
  EXPECT_EQ(text->pid, 4242);
  const auto killed = ParseOomText("Out of memory: Killed process 7 (a) (b) total-vm:1kB");
  ASSERT_TRUE(killed);
  EXPECT_EQ(killed->process, "a) (b");
}

TEST(ParseOomText, KnowsTheLinesOfOldKernels) {
  const auto plain = ParseOomText("Killed process 9 (java) total-vm:1kB, anon-rss:1kB");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->what, OomText::What::kKilled);
  EXPECT_FALSE(plain->told_scope);
  const auto about =
      ParseOomText("Out of memory: Kill process 9 (java) score 1000 or sacrifice child");
  ASSERT_TRUE(about);
  EXPECT_EQ(about->what, OomText::What::kAbout);
  const auto older = ParseOomText("Killed process 9 (java), UID 1000, total-vm:1kB");
  ASSERT_TRUE(older);
  EXPECT_EQ(older->process, "java");
}

TEST(ParseOomText, PassesOverEverythingElse) {
  for (const char* text :
       {"", "oom-kill:", "oom-kill:constraint=CONSTRAINT_MEMCG,task=x,pid=,uid=0",
        "oom_reaper: reaped process 4242 (stress), now anon-rss:0kB", "Out of memory",
        "Out of memory: Killed process", "Out of memory: Killed process x (y)", "Task in /a",
        "Killed process 4242", "Kill process 4242 (x) score 1", "eth0: link up"}) {
    EXPECT_FALSE(ParseOomText(text)) << text;
  }
}

TEST(OomStory, TellsAKillOnce) {
  OomStory story;
  const auto kill = Add(story, 10, kChosen);
  ASSERT_TRUE(kill);
  EXPECT_EQ(kill->process, "stress");
  EXPECT_EQ(kill->unit, "x.service");
  EXPECT_TRUE(kill->in_cgroup);
  EXPECT_FALSE(Add(story, 11, kKilled, 3));
  // The number may be another's, later.
  EXPECT_TRUE(Add(story, 12, kKilled, 3));
}

TEST(OomStory, TellsEachOfAGroupThatIsKilledTogether) {
  OomStory story;
  EXPECT_TRUE(Add(story, 10, kChosen));
  EXPECT_FALSE(Add(story, 11, kKilled, 3));
  EXPECT_TRUE(
      Add(story, 12, "Memory cgroup out of memory: Killed process 4243 (stress) total-vm:1kB"));
}

TEST(OomStory, PutsTheLinesOfLinux419Together) {
  OomStory story;
  EXPECT_FALSE(Add(
      story, 1, "Task in /system.slice/db.service killed as a result of limit of /system.slice"));
  EXPECT_FALSE(
      Add(story, 30,
          "Memory cgroup out of memory: Kill process 8 (mysqld) score 999 or sacrifice child"));
  const auto kill = Add(story, 31, "Killed process 8 (mysqld) total-vm:1kB, anon-rss:1kB", 3);
  ASSERT_TRUE(kill);
  EXPECT_EQ(kill->process, "mysqld");
  EXPECT_EQ(kill->unit, "db.service");
  EXPECT_TRUE(kill->in_cgroup);
  const auto next = Add(story, 5000, "Killed process 9 (java) total-vm:1kB, anon-rss:1kB", 3);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->unit, "");
  EXPECT_FALSE(next->in_cgroup);
}

TEST(OomStory, BelievesTheKernelOnly) {
  OomStory story;
  EXPECT_FALSE(Add(story, 10, kChosen, 14));
}

TEST(OomStory, MakesNamesSafe) {
  OomStory story;
  const auto kill = Add(story, 10, "Out of memory: Killed process 7 (\x1b[2J) total-vm:1kB");
  ASSERT_TRUE(kill);
  EXPECT_EQ(kill->process, "?[2J");
}

TEST(OwnerOfCgroup, NamesUnitOrContainer) {
  EXPECT_EQ(OwnerOfCgroup("/system.slice/x.service"), "x.service");
  EXPECT_EQ(OwnerOfCgroup("/"), "");
  EXPECT_EQ(
      OwnerOfCgroup("/docker/4f1c2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7"),
      "container:4f1c2a3b4c5d");
}

}  // namespace
}  // namespace ecsward
