#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "exporters/notify/channels/exec.h"
#include "tests/unit/exporters/notify/vendor_world.h"
#include "tests/unit/temp_folder.h"

namespace ecsward::notify {
namespace {

using Outcome = Delivery::Outcome;
using Texts = std::vector<std::string>;

VendorSettings Shell(const std::string& script) {
  return VendorSettings(kExecChannel).List("command", {"/bin/sh", "-c", script});
}

Delivery SendBy(const VendorSettings& settings, const Notification& notification = DiskFull()) {
  VendorWorld world;
  return world.Make(kExecChannel, settings)->Send(notification, {1, false});
}

TEST(ExecChannel, GivesEachGroupAsALineOfJson) {
  const TempFolder folder;
  const std::string file = folder.path() / "got";
  Notification two = DiskFull();
  two.groups.push_back(two.groups.front());
  const Delivery delivery = SendBy(Shell("cat > " + file + "; env > " + file + ".env"), two);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered) << delivery.problem;
  std::ifstream got(file);
  std::string line;
  int lines = 0;
  for (; std::getline(got, line); ++lines) {
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json["version"], "4");
    EXPECT_EQ(json["receiver"], "ops");
    EXPECT_EQ(json["alerts"][0]["labels"]["alertname"], "DiskFull");
    EXPECT_EQ(json["externalURL"], "https://e.example");
  }
  EXPECT_EQ(lines, 2);
  std::stringstream environment;
  environment << std::ifstream(file + ".env").rdbuf();
  EXPECT_NE(environment.str().find("ECSWARD_NOTIFICATION_ID=0123456789abcdef\n"),
            std::string::npos);
  EXPECT_EQ(environment.str().find("HOME="), std::string::npos);
}

TEST(ExecChannel, JudgesTheExitCode) {
  EXPECT_EQ(SendBy(Shell("exit 0")).outcome, Outcome::kDelivered);
  for (const char* later : {"exit 75", "exit 1", "exit 127", "kill -KILL $$"}) {
    EXPECT_EQ(SendBy(Shell(later)).outcome, Outcome::kRetry) << later;
    EXPECT_EQ(SendBy(Shell(later)).reason, "exit_code");
  }
  for (const char* never : {"exit 64", "exit 65", "exit 77", "exit 78"}) {
    EXPECT_EQ(SendBy(Shell(never)).outcome, Outcome::kRefused) << never;
  }
}

TEST(ExecChannel, TellsWhatTheCommandSaid) {
  EXPECT_EQ(SendBy(Shell("echo 'no\nway'; printf '\\033[31m'; exit 3")).problem,
            "the command ended with 3: no way [31m");
  EXPECT_EQ(SendBy(Shell("exit 3")).problem, "the command ended with 3");
  EXPECT_EQ(SendBy(Shell("kill -TERM $$")).problem, "the command was ended by signal 15");
}

TEST(ExecChannel, IsUnclearWhenTimeIsOver) {
  const Delivery delivery = SendBy(Shell("echo so far; exec sleep 600").Text("timeout", "300ms"));
  EXPECT_EQ(delivery.outcome, Outcome::kUnclear);
  EXPECT_EQ(delivery.reason, "timeout");
  EXPECT_EQ(delivery.problem, "the command did not end in time: so far");
}

TEST(ExecChannel, TriesAgainWhenTheProgramIsNotThere) {
  const Delivery delivery =
      SendBy(VendorSettings(kExecChannel).List("command", {"/no/such/program"}));
  EXPECT_EQ(delivery.outcome, Outcome::kRetry);
  EXPECT_EQ(delivery.reason, "exit_code");
  EXPECT_EQ(delivery.problem, "/no/such/program: No such file or directory");
}

TEST(ExecSettings, AreChecked) {
  EXPECT_TRUE(Shell("x").Problems().empty());
  for (const Texts& bad : {Texts{}, Texts{""}, Texts{"notify"}, Texts{"bin/notify", "/x"}}) {
    EXPECT_EQ(VendorSettings(kExecChannel).List("command", bad).Problems().size(), 1u);
  }
  EXPECT_EQ(Shell("x").Text("timeout", "11m").Problems().size(), 1u);
  EXPECT_NE(Shell("x").Problem("command", std::string_view("a\0b", 3)), "");
}

}  // namespace
}  // namespace ecsward::notify
