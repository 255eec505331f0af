#include "agent/state_db.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "tests/unit/temp_folder.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;

RuleAlert Alerting(const std::string& device, AlertState state) {
  RuleAlert of{"rules.yml;disk", "DiskFull", "x > 1", {}};
  of.alert.labels = {{"alertname", "DiskFull"}, {"device", device}};
  of.alert.annotations = {{"summary", "磁盘 \"满\"了\n"}};
  of.alert.state = state;
  of.alert.value = 0.97;
  of.alert.active_at_ms = 1'000;
  of.alert.fired_at_ms = state == AlertState::kFiring ? 5'000 : 0;
  of.alert.keep_firing_since_ms = 4'000;
  Evidence evidence{EvidenceKind::kCpu, 4'500, "cores", {{"php-fpm", 7, 0.61, 1.2}}, "note"};
  of.alert.evidence = {evidence};
  return of;
}

std::vector<std::string> Devices(const SavedAlerts& saved) {
  std::vector<std::string> devices;
  for (const RuleAlert& of : saved.alerts) {
    devices.emplace_back(Get(of.alert.labels, "device"));
  }
  return devices;
}

class StateDbTest : public testing::Test {
 protected:
  StateDb Open() {
    auto db = StateDb::Open(path_);
    if (!db) throw std::runtime_error(db.error().message);
    return std::move(*db);
  }
  void Overwrite(const std::string& text) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << text;
  }
  TempFolder folder_;
  const std::string path_ = folder_.path() / "state.db";
};

TEST_F(StateDbTest, BringsBackWhatWasWritten) {
  const RuleAlert alert = Alerting("sda", AlertState::kFiring);
  ASSERT_TRUE(Open().Write({{alert}}, 6'000));
  const auto saved = Open().Load();
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(saved->evaluated_at_ms, 6'000);
  ASSERT_EQ(saved->alerts.size(), 1u);
  const RuleAlert& back = saved->alerts[0];
  EXPECT_EQ(back.group_key, alert.group_key);
  EXPECT_EQ(back.rule, alert.rule);
  EXPECT_EQ(back.rule_text, alert.rule_text);
  EXPECT_EQ(back.alert.labels, alert.alert.labels);
  EXPECT_EQ(back.alert.annotations, alert.alert.annotations);
  EXPECT_EQ(back.alert.state, AlertState::kFiring);
  EXPECT_DOUBLE_EQ(back.alert.value, 0.97);
  EXPECT_EQ(back.alert.active_at_ms, 1'000);
  EXPECT_EQ(back.alert.fired_at_ms, 5'000);
  EXPECT_EQ(back.alert.keep_firing_since_ms, 4'000);
  ASSERT_EQ(back.alert.evidence.size(), 1u);
  EXPECT_EQ(Summary(back.alert.evidence[0]), Summary(alert.alert.evidence[0]));
  EXPECT_EQ(back.alert.evidence[0].time_ms, 4'500);
  EXPECT_EQ(back.alert.evidence[0].offenders[0].pid, 7);
}

TEST_F(StateDbTest, KeepsTheLatestStateOfEachAlertAndForgetsInactiveOnes) {
  StateDb db = Open();
  ASSERT_TRUE(db.Write(
      {{Alerting("sda", AlertState::kPending), Alerting("sdb", AlertState::kPending)}}, 1));
  ASSERT_TRUE(db.Write(
      {{Alerting("sda", AlertState::kFiring), Alerting("sdb", AlertState::kInactive)}}, 2));
  const auto saved = db.Load();
  ASSERT_TRUE(saved);
  ASSERT_EQ(Devices(*saved), std::vector<std::string>{"sda"});
  EXPECT_EQ(saved->alerts[0].alert.state, AlertState::kFiring);
  EXPECT_EQ(saved->evaluated_at_ms, 2);
}

TEST_F(StateDbTest, ReplacesTheWholePicture) {
  StateDb db = Open();
  ASSERT_TRUE(db.Write({{Alerting("sda", AlertState::kPending)}}, 1));
  ASSERT_TRUE(db.Replace({{Alerting("sdb", AlertState::kPending)}}, 2));
  EXPECT_EQ(Devices(*db.Load()), std::vector<std::string>{"sdb"});
}

TEST_F(StateDbTest, KeepsTheTimeOfTheLastEvaluation) {
  ASSERT_TRUE(Open().WriteEvaluatedAt(1'234));
  EXPECT_EQ(Open().Load()->evaluated_at_ms, 1'234);
}

TEST_F(StateDbTest, KeepsOddNumbers) {
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity(), -0.5}) {
    RuleAlert alert = Alerting("sda", AlertState::kPending);
    alert.alert.value = value;
    StateDb db = Open();
    ASSERT_TRUE(db.Write({{alert}}, 1));
    const double back = db.Load()->alerts.at(0).alert.value;
    EXPECT_TRUE(std::isnan(value) ? std::isnan(back) : back == value) << value;
  }
}

TEST_F(StateDbTest, MakesTheDirectoryWhenOnlyThatIsMissing) {
  EXPECT_TRUE(StateDb::Open(folder_.path() / "state/state.db"));
  const auto far = StateDb::Open(folder_.path() / "a/b/state.db");
  ASSERT_FALSE(far);
  EXPECT_EQ(far.error().code, ErrorCode::kNotFound);
}

TEST_F(StateDbTest, TellsADamagedFileFromOneThatCannotBeOpened) {
  Overwrite(std::string(8192, 'x'));
  ASSERT_FALSE(StateDb::Open(path_));
  EXPECT_EQ(StateDb::Open(path_).error().code, ErrorCode::kParse);
  const auto folder = StateDb::Open(folder_.path());
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().code, ErrorCode::kParse) << folder.error().message;
}

TEST_F(StateDbTest, TellsAFileWithADamagedPage) {
  {
    StateDb db = Open();
    std::vector<RuleAlert> many;
    for (int i = 0; i < 200; ++i) {
      many.push_back(Alerting("sd" + std::to_string(i), AlertState::kPending));
    }
    ASSERT_TRUE(db.Write(many, 1));
  }
  std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(3 * 4096);
  file << std::string(4096, '\xff');
  file.close();
  const auto db = StateDb::Open(path_);
  ASSERT_FALSE(db);
  EXPECT_EQ(db.error().code, ErrorCode::kParse) << db.error().message;
}

TEST_F(StateDbTest, RefusesTheDatabasesOfOthersAndOfLaterVersions) {
  for (const char* sql : {"CREATE TABLE other (a)", "PRAGMA user_version = 99"}) {
    fs::remove(path_);
    Overwrite("");
    ASSERT_TRUE(Sqlite::Open(path_)->Run(sql));
    const auto db = StateDb::Open(path_);
    ASSERT_FALSE(db) << sql;
    EXPECT_EQ(db.error().code, ErrorCode::kParse);
  }
}

}  // namespace
}  // namespace ecsward
