#include "collectors/ports/learned_ports.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace ecsward {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

ListenerFacts Facts(std::string_view address, std::uint16_t port, std::string_view process) {
  return {"tcp", address, port, true, process, "root", "x.service"};
}

TEST(LearnedItem, CanBePastedIntoAllow) {
  const auto item = [](const ListenerFacts& facts) {
    const std::string text = LearnedItem(facts, 32768, 60999);
    const auto rule = ParseAllow(text);
    EXPECT_TRUE(rule) << text;
    EXPECT_TRUE(rule && Matches(*rule, facts)) << text;
    return text;
  };
  EXPECT_EQ(item(Facts("0.0.0.0", 22, "sshd")), "tcp:22 process=sshd user=root");
  EXPECT_EQ(item(Facts("10.0.0.5", 22, "sshd")), "tcp:10.0.0.5:22 process=sshd user=root");
  EXPECT_EQ(item(Facts("fe80::1", 22, "sshd")), "tcp:[fe80::1]:22 process=sshd user=root");
  EXPECT_EQ(item(Facts("*", 22, "tmux: a, \"b\"#*")), "tcp:22 process=tmux:?a???b??? user=root");
  EXPECT_EQ(item(Facts("*", 40000, "rpc.statd")), "tcp:32768-60999 process=rpc.statd user=root");
  EXPECT_EQ(item({"udp", "*", 53, false, "", "bind", ""}), "udp:53 user=bind");
}

TEST(ParseLearnedPorts, ReadsWhatWasWritten) {
  LearnedPorts learned;
  learned.since = WallTime(seconds(1'700'000'000));
  learned.until = learned.since + hours(168);
  learned.allow = {"tcp:22 process=sshd user=root", "udp:53"};
  const auto again = ParseLearnedPorts(FormatLearnedPorts(learned));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->since, learned.since);
  EXPECT_EQ(again->until, learned.until);
  EXPECT_EQ(again->allow, learned.allow);
}

TEST(ParseLearnedPorts, ReadsWhatPeopleMakeOfIt) {
  const auto learned = ParseLearnedPorts(
      "since: 2026-01-01T00:00:00Z\nuntil: '2026-01-08T00:00:00Z'\n\nallow:\n- tcp:22\n  # no:\n"
      "    - 'tcp:80'");
  ASSERT_TRUE(learned) << learned.error().message;
  EXPECT_EQ(learned->allow, (std::vector<std::string>{"tcp:22", "tcp:80"}));
}

TEST(ParseLearnedPorts, NamesTheBadLine) {
  const auto error = [](std::string_view text) { return ParseLearnedPorts(text).error().message; };
  EXPECT_EQ(error(""), "want since: and until:");
  EXPECT_NE(error("since: yesterday\n").find("line 1"), std::string::npos);
  EXPECT_NE(error("since: 2026-01-01T00:00:00Z\nuntil: 2026-01-01T00:00:00Z\nallow:\n  - 22\n")
                .find("line 4: want tcp:PORT"),
            std::string::npos);
  EXPECT_NE(error("since: 2026-01-01T00:00:00Z\n- tcp:22\n").find("line 2"), std::string::npos);
}

class PortLearningTest : public ::testing::Test {
 protected:
  PortLearningTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecsward-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~PortLearningTest() override { std::filesystem::remove_all(folder); }
  std::string File() const { return folder + "/ports-learned.yml"; }
  std::string Text() const {
    std::stringstream text;
    text << std::ifstream(File()).rdbuf();
    return text.str();
  }
  void Tick(PortLearning& learning, std::uint16_t port = 0) {
    clock.Advance(seconds(3));
    learning.BeginTick(clock.Wall());
    if (port != 0) learning.Observe(Facts("*", port, "x"), 32768, 60999);
    learning.EndTick(clock.Mono());
    learning.file().Await();
  }
  FakeClock clock;
  std::string folder;
};

TEST_F(PortLearningTest, GoesOnAfterARestartAndEndsInTime) {
  {
    PortLearning learning(folder, hours(1));
    Tick(learning, 80);
    EXPECT_TRUE(learning.learning());
  }
  EXPECT_NE(Text().find("  - \"tcp:80 process=x user=root\"\n"), std::string::npos) << Text();
  clock.Advance(std::chrono::minutes(40));
  {
    PortLearning learning(folder, hours(1));
    Tick(learning, 81);
    EXPECT_TRUE(learning.learning());
    clock.Advance(std::chrono::minutes(21));
    EXPECT_TRUE(learning.BeginTick(clock.Wall())) << "it is over";
    EXPECT_FALSE(learning.learning());
    Tick(learning, 82);
    EXPECT_EQ(learning.Rules().size(), 2u);
  }
  PortLearning learning(folder, hours(1));
  EXPECT_TRUE(learning.BeginTick(clock.Wall()));
  EXPECT_FALSE(learning.learning());
  EXPECT_EQ(learning.Rules().size(), 2u);
}

TEST_F(PortLearningTest, SetsACorruptFileAside) {
  std::ofstream(File()) << "allow:\n  - nonsense\n";
  PortLearning learning(folder, hours(1));
  EXPECT_NE(learning.note().find("set aside as"), std::string::npos) << learning.note();
  Tick(learning, 80);
  EXPECT_NE(Text().find("tcp:80"), std::string::npos);
  std::stringstream aside;
  aside << std::ifstream(File() + ".bad").rdbuf();
  EXPECT_EQ(aside.str(), "allow:\n  - nonsense\n");
}

TEST_F(PortLearningTest, KeepsWhatItCannotRead) {
  std::filesystem::create_directory(File());
  PortLearning learning(folder, hours(1));
  EXPECT_FALSE(learning.enabled());
  EXPECT_FALSE(learning.note().empty());
}

TEST_F(PortLearningTest, IsOffWithoutAFolderOrATime) {
  EXPECT_FALSE(PortLearning("", hours(1)).enabled());
  EXPECT_FALSE(PortLearning(folder, hours(0)).enabled());
}

TEST_F(PortLearningTest, SaysWhenItCannotWrite) {
  PortLearning learning(folder, hours(1));
  std::filesystem::remove_all(folder);
  Tick(learning, 80);
  Tick(learning, 81);
  EXPECT_NE(learning.note().find("ports-learned.yml"), std::string::npos);
}

}  // namespace
}  // namespace ecsward
