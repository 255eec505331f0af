#include "agent/state_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "metrics/history_file.h"
#include "tests/unit/temp_folder.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
constexpr std::chrono::seconds kPatience{20};

RuleAlert Alerting(const std::string& device, AlertState state) {
  RuleAlert of{"rules.yml;disk", "DiskFull", "x > 1", {}};
  of.alert.labels = {{"alertname", "DiskFull"}, {"device", device}};
  of.alert.state = state;
  return of;
}

std::shared_ptr<const RuleAlert> Shared(const std::string& device, AlertState state) {
  return std::make_shared<const RuleAlert>(Alerting(device, state));
}

// A writer, and whoever has the alerts.
class StateWriterTest : public testing::Test {
 protected:
  void Start(StateWriter::Pace pace = {}) {
    restored_ = {};
    StateHooks hooks;
    hooks.restore = [this](SavedAlerts alerts, std::string_view history) -> Result<void> {
      found_history_ = history;
      restored_.set_value(std::move(alerts));
      if (history == "damaged") return Fail(ErrorCode::kParse, "no history of ours");
      return {};
    };
    hooks.alerts = [this] { return all_; };
    hooks.history = [this] { return history_; };
    writer_.emplace(state_, clock_, log_, std::move(hooks), pace);
    writer_->Start();
    found_ = restored_.get_future().get();
  }
  void StartAgain() {
    ASSERT_TRUE(writer_->Stop(kPatience));
    Start();
  }
  bool Said(std::string_view text) {
    const std::lock_guard lock(mutex_);
    return said_.find(text) != std::string::npos;
  }
  void Until(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!done() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_TRUE(done());
  }
  bool SetAsideThere(const std::string& name) {
    for (const auto& entry : fs::directory_iterator(state_)) {
      if (entry.path().filename().string().starts_with(name + ".corrupt-")) return true;
    }
    return false;
  }

  TempFolder folder_;
  std::string state_ = folder_.path() / "state";
  std::mutex mutex_;
  std::string said_;
  Logger log_{LogLevel::kInfo, [this](LogLevel, std::string_view line) {
                const std::lock_guard lock(mutex_);
                said_.append(line) += '\n';
              }};
  FakeClock clock_;
  std::promise<SavedAlerts> restored_;
  SavedAlerts found_, all_;
  std::string history_, found_history_;
  std::optional<StateWriter> writer_;
};

TEST_F(StateWriterTest, BringsBackAlertsAndHistoryAfterACleanStop) {
  Start();
  EXPECT_TRUE(found_.alerts.empty());
  history_ = "samples";
  writer_->Post(Shared("sda", AlertState::kPending), 1'000);
  writer_->Post(Shared("sda", AlertState::kFiring), 2'000);
  writer_->PostEvaluated(3'000);
  StartAgain();
  ASSERT_EQ(found_.alerts.size(), 1u);
  EXPECT_EQ(found_.alerts[0].alert.state, AlertState::kFiring);
  EXPECT_EQ(found_.evaluated_at_ms, 3'000);
  EXPECT_EQ(found_history_, "samples");
}

TEST_F(StateWriterTest, WritesAChangeWithoutBeingStopped) {
  Start();
  writer_->Post(Shared("sda", AlertState::kPending), 1'000);
  Until([this] {
    const auto db = StateDb::Open(state_ + "/state.db");
    return db && StateDb::Open(state_ + "/state.db")->Load()->alerts.size() == 1;
  });
}

TEST_F(StateWriterTest, WritesTheHistoryNowAndThen) {
  history_ = "samples";
  Start({.checkpoint = milliseconds(1)});
  Until([this] { return ReadWholeFile(state_ + "/history.bin", 100).value_or("") == "samples"; });
}

TEST_F(StateWriterTest, SetsADamagedDatabaseAsideAndGoesOn) {
  fs::create_directory(state_);
  std::ofstream(state_ + "/state.db") << std::string(4096, 'x');
  Start();
  EXPECT_TRUE(SetAsideThere("state.db"));
  EXPECT_TRUE(Said("state.db.corrupt-"));
  writer_->Post(Shared("sda", AlertState::kPending), 1'000);
  StartAgain();
  EXPECT_EQ(found_.alerts.size(), 1u);
}

TEST_F(StateWriterTest, SetsADamagedHistoryAside) {
  fs::create_directory(state_);
  std::ofstream(state_ + "/history.bin") << "damaged";
  Start();
  ASSERT_TRUE(writer_->Stop(kPatience));
  EXPECT_TRUE(SetAsideThere("history.bin"));
  EXPECT_TRUE(Said("no history of ours"));
}

TEST_F(StateWriterTest, RunsWithoutADirectoryAndSaysSoOnce) {
  state_ = folder_.path() / "not/there";
  Start({.checkpoint = milliseconds(1), .retry = milliseconds(1)});
  Until([this] { return writer_->figures().write_failures > 5; });
  ASSERT_TRUE(writer_->Stop(kPatience));
  const auto first = said_.find("cannot keep alerts' states");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(said_.find("cannot keep alerts' states", first + 1), std::string::npos);
}

TEST_F(StateWriterTest, WritesTheWholePictureWhenItCanAgain) {
  state_ = folder_.path() / "a/state";
  all_ = {5'000, {Alerting("sda", AlertState::kFiring), Alerting("sdb", AlertState::kPending)}};
  Start({.retry = milliseconds(1)});
  fs::create_directory(folder_.path() / "a");
  Until([this] { return Said("the state is kept again"); });
  StartAgain();
  EXPECT_EQ(found_.alerts.size(), 2u);
  EXPECT_EQ(found_.evaluated_at_ms, 5'000);
}

TEST_F(StateWriterTest, ForgetsAfterAWhileWhatHasNotComeBack) {
  Start();
  writer_->Post(Shared("sda", AlertState::kPending), 1'000);
  ASSERT_TRUE(writer_->Stop(kPatience));
  all_ = {2'000, {Alerting("sdb", AlertState::kPending)}};
  Start({.checkpoint = milliseconds(1), .reconcile = milliseconds(1)});
  Until([this] {
    auto db = StateDb::Open(state_ + "/state.db");
    if (!db) return false;
    const auto saved = db->Load();
    return saved && saved->alerts.size() == 1 && saved->evaluated_at_ms == 2'000;
  });
}

TEST_F(StateWriterTest, KeepsTheWholePictureWhenTooMuchWaits) {
  Start();
  all_ = {9'000, {Alerting("sda", AlertState::kFiring)}};
  for (std::size_t i = 0; i < 3 * StateWriter::kMaxQueued; ++i) {
    writer_->Post(Shared(std::to_string(i), AlertState::kPending), 1'000);
  }
  ASSERT_TRUE(writer_->Stop(kPatience));
  Start();
  EXPECT_FALSE(found_.alerts.empty());
}

}  // namespace
}  // namespace ecsward
