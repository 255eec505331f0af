// With threads and the real clock; what can be tested without them is in delivery/desk_test.cpp.
#include "exporters/notify/notifier.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>

#include "tests/unit/exporters/notify/delivery/fake_vendor.h"
#include "tests/unit/temp_folder.h"

namespace ecsward::notify {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Lines = std::vector<std::string>;

constexpr seconds kPatience{20};  // a loaded machine's

// A network of which only HTTP is used, and which can be cancelled.
class FakeNetwork final : public Network {
 public:
  tl::expected<HttpResponse, NetError> Perform(const HttpRequest& request) override {
    std::unique_lock lock(mutex);
    ++requests;
    last_url = request.url.Reveal();
    changed.notify_all();
    if (status == 0) {  // it hangs
      changed.wait(lock, [this] { return cancelled; });
      return tl::unexpected(NetError{NetStage::kMaybeSent, {ErrorCode::kTimeout, "cancelled"}});
    }
    HttpResponse response;
    response.status = status;
    return response;
  }
  tl::expected<void, Failure> Send(const MailRequest&) override { return {}; }
  Sha256Digest Sha256(std::string_view) const override { return {}; }
  Sha256Digest HmacSha256(std::string_view, std::string_view) const override { return {}; }
  std::string RandomHex(std::size_t) const override { return {}; }
  void Cancel() override {
    const std::lock_guard lock(mutex);
    cancelled = true;
    changed.notify_all();
  }
  template <class Ready>
  bool Wait(Ready ready) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, kPatience, ready);
  }

  std::mutex mutex;
  std::condition_variable changed;
  int requests = 0, status = 200;
  bool cancelled = false;
  std::string last_url;
};

class NotifierTest : public testing::Test {
 protected:
  NotifierTest() {
    Route route;
    route.receiver = "ops";
    route.group_by = {"alertname"};
    route.group_wait = milliseconds(0);
    route.group_interval = milliseconds(1);
    config_.route = route;
    config_.receivers = {{"ops", {FakeChannel("ops", 0), FakeChannel("ops", 1)}}};
    surroundings_.state_directory = folder_.path();
    vendor_.answer = [this](const FakeVendor::Message& message) {
      std::unique_lock lock(mutex_);
      ++begun_[message.channel];
      changed_.notify_all();
      if (message.channel == "ops/fake[0]") {
        changed_.wait(lock, [this] { return !blocked_; });
      }
      for (std::string& word : Words(message.notification)) {
        sent_[message.channel].push_back(std::move(word));
      }
      changed_.notify_all();
      return Delivery();
    };
  }
  ~NotifierTest() override { Block(false); }

  void Block(bool blocked) {
    const std::lock_guard lock(mutex_);
    blocked_ = blocked;
    changed_.notify_all();
  }
  void Post(const std::string& name, bool fires) {
    notifier_.Post([name, fires] {
      NotifiedAlert alert;
      const std::int64_t now = UnixMilliseconds(std::chrono::system_clock::now());
      alert.labels = {{"alertname", name}};
      alert.starts_at_ms = now;
      if (!fires) alert.ends_at_ms = now;
      return alert;
    });
  }
  // Waits for it.
  Lines Sent(const std::string& channel, std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return sent_[channel].size() >= count; });
    return sent_[channel];
  }
  static std::size_t Threads() {
    namespace fs = std::filesystem;
    return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/task"), {}));
  }

  TempFolder folder_;
  FakeVendor vendor_;
  SystemClock clock_;
  Lines logged_;
  std::mutex log_mutex_;
  Logger log_{LogLevel::kInfo, [this](LogLevel, std::string_view line) {
                const std::lock_guard lock(log_mutex_);
                logged_.emplace_back(line);
              }};
  RoutingConfig config_;
  Notifier::Surroundings surroundings_;
  std::mutex mutex_;  // guards the next four
  std::condition_variable changed_;
  bool blocked_ = false;
  std::map<std::string, int> begun_;  // attempts
  std::map<std::string, Lines> sent_;
  FakeNetwork network_;
  Notifier notifier_{clock_, log_};
};

TEST_F(NotifierTest, WithoutARouteNothingRuns) {
  const std::size_t before = Threads();
  config_.route.reset();
  surroundings_.network = []() -> Result<Network*> { throw std::logic_error("not asked for"); };
  notifier_.Configure(config_, surroundings_);
  EXPECT_FALSE(notifier_.on());
  Post("Disk", true);
  EXPECT_EQ(Threads(), before);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  EXPECT_FALSE(notifier_.Figures().on);
  EXPECT_EQ(notifier_.Drill("ops").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(notifier_.Silences().empty());
  EXPECT_TRUE(notifier_.Stop(seconds(1)));
}

TEST_F(NotifierTest, AnAlertReachesAllChannelsOfItsReceiver) {
  notifier_.Configure(config_, surroundings_);
  ASSERT_TRUE(notifier_.on());
  Post("Disk", true);
  EXPECT_EQ(Sent("ops/fake[0]", 1), Lines{"Disk fires"});
  EXPECT_EQ(Sent("ops/fake[1]", 1), Lines{"Disk fires"});
  ASSERT_TRUE(notifier_.Settle(kPatience));
  EXPECT_EQ(notifier_.Figures().alerts, 1u);
  EXPECT_EQ(notifier_.Figures().channels.size(), 2u);
  EXPECT_EQ(notifier_.Verdicts({{{"alertname", "Disk"}}}).at(0).receivers, Lines{"ops"});
}

TEST_F(NotifierTest, AChannelThatHangsDelaysNobody) {
  Block(true);
  notifier_.Configure(config_, surroundings_);
  Post("Disk", true);
  Post("Disk", false);
  const Lines both{"Disk fires", "Disk resolved"};
  EXPECT_EQ(Sent("ops/fake[1]", 2), both);
  EXPECT_EQ(notifier_.Figures().channels.at(0).queued, 2u);
  std::size_t waiting = 0;
  for (const Letter& letter : notifier_.Queue(10)) waiting += letter.channel == "ops/fake[0]";
  EXPECT_EQ(waiting, 2u);
  Block(false);
  EXPECT_EQ(Sent("ops/fake[0]", 2), both);
}

TEST_F(NotifierTest, WhatSettledIsThereAfterARestart) {
  Block(true);
  notifier_.Configure(config_, surroundings_);
  for (int i = 0; i < 50; ++i) Post("A" + std::to_string(i), true);
  ASSERT_TRUE(notifier_.Settle(kPatience));
  EXPECT_EQ(notifier_.Figures().alerts, 50u);
  auto store = NotifyStore::Open(folder_.path() / "notify.db");
  ASSERT_TRUE(store);
  const auto saved = store->Load();
  ASSERT_TRUE(saved);
  EXPECT_EQ(saved->alerts.size(), 50u);
  EXPECT_EQ(saved->told.size(), 100u);
  EXPECT_GE(saved->letters.size(), 50u);
}

TEST_F(NotifierTest, AChannelThatDoesNotReturnIsLeftBehind) {
  Block(true);
  notifier_.Configure(config_, surroundings_);
  Post("Disk", true);
  {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, kPatience, [this] { return begun_["ops/fake[0]"] > 0; }));
  }
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(notifier_.Stop(milliseconds(200)));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(10));
  Block(false);  // for the test's own end
  EXPECT_TRUE(notifier_.Stop(kPatience));
}

TEST_F(NotifierTest, SwitchedOffItKeepsWhatItHasForTheNextTime) {
  notifier_.Configure(config_, surroundings_);
  Post("Disk", true);
  EXPECT_EQ(Sent("ops/fake[1]", 1), Lines{"Disk fires"});
  RoutingConfig off = config_;
  off.route.reset();
  notifier_.Configure(off, surroundings_);
  EXPECT_FALSE(notifier_.on());
  ASSERT_TRUE(notifier_.Settle(kPatience));
  EXPECT_TRUE(notifier_.Figures().channels.empty());
  notifier_.Configure(config_, surroundings_);
  Post("Disk", false);
  EXPECT_EQ(Sent("ops/fake[1]", 2), (Lines{"Disk fires", "Disk resolved"}));
}

TEST_F(NotifierTest, WithoutTheNetworkModuleNotificationsWait) {
  surroundings_.network = []() -> Result<Network*> {
    return Fail(ErrorCode::kNotFound, "no such module");
  };
  notifier_.Configure(config_, surroundings_);
  const auto drill = notifier_.Drill("ops");
  ASSERT_TRUE(drill);
  ASSERT_TRUE(notifier_.Settle(kPatience));
  EXPECT_EQ(notifier_.Figures().channels.at(0).queued, 1u);
  surroundings_.network = [this]() -> Result<Network*> { return &network_; };
  notifier_.Configure(config_, surroundings_);
  EXPECT_EQ(Sent("ops/fake[0]", 1), Lines{"NotificationDrill fires"});
}

TEST_F(NotifierTest, TheHeartbeatNeedsNoRoute) {
  config_.route.reset();
  config_.heartbeat.url = Secret("https://example.com/beat/s3cret");
  config_.heartbeat.interval = milliseconds(5);
  surroundings_.network = [this]() -> Result<Network*> { return &network_; };
  notifier_.Configure(config_, surroundings_);
  ASSERT_TRUE(network_.Wait([this] { return network_.requests >= 3; }));
  EXPECT_EQ(network_.last_url, "https://example.com/beat/s3cret");
  {
    const std::lock_guard lock(network_.mutex);
    network_.status = 503;
  }
  const int before = network_.requests;
  ASSERT_TRUE(network_.Wait([&] { return network_.requests >= before + 3; }));
  ASSERT_TRUE(notifier_.Stop(kPatience));
  const NotifierFigures figures = notifier_.Figures();
  EXPECT_FALSE(figures.on);
  EXPECT_GE(figures.heartbeats, 6u);
  EXPECT_GE(figures.heartbeat_failures, 2u);
  EXPECT_GT(figures.heartbeat_last_success_unix_seconds, 1e9);
  const std::lock_guard lock(log_mutex_);
  ASSERT_EQ(logged_.size(), 1u) << testing::PrintToString(logged_);
  EXPECT_NE(logged_[0].find("the heartbeat is not heard"), std::string::npos);
  EXPECT_NE(logged_[0].find("HTTP status 503"), std::string::npos);
  EXPECT_EQ(logged_[0].find("s3cret"), std::string::npos);
}

TEST_F(NotifierTest, AStopCutsOffWhatHangsInTheNetwork) {
  config_.heartbeat.url = Secret("https://example.com/");
  network_.status = 0;
  surroundings_.network = [this]() -> Result<Network*> { return &network_; };
  notifier_.Configure(config_, surroundings_);
  ASSERT_TRUE(network_.Wait([this] { return network_.requests > 0; }));
  EXPECT_TRUE(notifier_.Stop(seconds(2)));
  EXPECT_TRUE(network_.cancelled);
}

TEST_F(NotifierTest, AStopLetsAttemptsEndByThemselves) {
  Block(true);
  surroundings_.network = [this]() -> Result<Network*> { return &network_; };
  notifier_.Configure(config_, surroundings_);
  Post("Disk", true);
  EXPECT_EQ(Sent("ops/fake[1]", 1), Lines{"Disk fires"});
  {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, kPatience, [this] { return begun_["ops/fake[0]"] > 0; }));
  }
  std::thread later([this] {
    std::this_thread::sleep_for(milliseconds(100));
    Block(false);
  });
  EXPECT_TRUE(notifier_.Stop(kPatience));
  later.join();
  EXPECT_FALSE(network_.cancelled);
  auto store = NotifyStore::Open(folder_.path() / "notify.db");
  ASSERT_TRUE(store);
  EXPECT_TRUE(store->Load()->letters.empty()) << "it was delivered, and that is written down";
}

TEST_F(NotifierTest, QuestionsMayComeFromManyThreads) {
  notifier_.Configure(config_, surroundings_);
  std::vector<std::thread> askers;
  std::atomic<bool> stop{false};
  for (int i = 0; i < 3; ++i) {
    askers.emplace_back([&] {
      while (!stop) {
        (void)notifier_.Figures();
        (void)notifier_.Queue(5);
        (void)notifier_.Silences();
        (void)notifier_.DeadLetters(5);
      }
    });
  }
  for (std::size_t i = 0; i < 30; ++i) {
    Post("Disk", i % 2 == 0);
    if (i % 10 == 5) notifier_.Configure(config_, surroundings_);
    ASSERT_EQ(Sent("ops/fake[0]", i + 1).size(), i + 1);
  }
  stop = true;
  for (std::thread& asker : askers) asker.join();
}

}  // namespace
}  // namespace ecsward::notify
