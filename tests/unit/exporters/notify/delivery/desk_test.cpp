// The whole way from a posted alert to a channel, in virtual time: no thread, no wait.
#include "exporters/notify/delivery/desk.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <optional>
#include <set>

#include "tests/unit/exporters/notify/delivery/fake_vendor.h"
#include "tests/unit/temp_folder.h"

namespace ecsward::notify {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Lines = std::vector<std::string>;

class DeskTest : public testing::Test {
 protected:
  DeskTest() {
    Route route;
    route.receiver = "ops";
    route.group_by = {"alertname"};
    route.group_wait = seconds(10);
    route.group_interval = minutes(1);
    route.repeat_interval = hours(1'000);
    config_.route = route;
    config_.language = "en";
    config_.receivers = {{"ops", {FakeChannel("ops")}}};
    vendor_.answer = [this](const FakeVendor::Message& message) {
      Delivery delivery = answer_ ? answer_(message) : Delivery();
      if (delivery.outcome == Delivery::Outcome::kDelivered) sent_.push_back(message);
      return delivery;
    };
  }

  Receiver& AddReceiver(const std::string& name, int channels = 1) {
    Receiver& receiver = config_.receivers.emplace_back();
    receiver.name = name;
    for (int i = 0; i < channels; ++i) receiver.channels.push_back(FakeChannel(name, i));
    return receiver;
  }
  ChannelConfig& Ops() { return config_.receivers[0].channels[0]; }

  void Configure() {
    desk_->Configure(config_, {{"instance_id", "i-1"}}, [this](const ChannelConfig& channel) {
      return std::shared_ptr<Channel>(channel.spec->make(channel.settings, world_));
    });
  }
  void Start() {
    desk_.emplace(directory_, box_, clock_, log_, [] { return 0.5; });
    Configure();
  }
  // The process is killed and starts again.
  void Restart() {
    desk_.reset();
    Start();
  }

  std::int64_t now_ms() const { return UnixMilliseconds(clock_.Wall()); }
  void Post(const std::string& name, bool fires, double value = 1) {
    NotifiedAlert alert;
    alert.labels = {{"alertname", name}};
    alert.value = value;
    std::int64_t& since = since_[name];
    if (fires && since == 0) since = now_ms();
    alert.starts_at_ms = since;
    alert.updated_at_ms = now_ms();
    if (!fires) {
      alert.ends_at_ms = now_ms();
      since = 0;
    }
    box_.Post([alert] { return alert; });
  }
  void Fire(const std::string& name) { Post(name, true); }
  void Resolve(const std::string& name) { Post(name, false); }

  // Everything that is due now; when the next is.
  milliseconds RunNow() {
    for (;;) {
      milliseconds wait = desk_->Turn();
      for (const auto& lane : desk_->lanes().all()) {
        while (const auto next = lane->Step()) {
          wait = std::min(wait, *next);
          if (next->count() > 0) break;
        }
      }
      if (wait.count() > 0) return wait;
    }
  }
  void Run(std::chrono::nanoseconds span) {
    const MonoTime end = clock_.Mono() + span;
    for (;;) {
      const milliseconds wait = RunNow();
      if (clock_.Mono() + wait > end) break;
      clock_.Advance(wait);
    }
    clock_.Advance(end - clock_.Mono());
    RunNow();
  }

  Lines Sent(std::string_view channel = {}) const {
    Lines lines;
    for (const auto& message : sent_) {
      if (!channel.empty() && message.channel != channel) continue;
      for (std::string& word : Words(message.notification)) lines.push_back(std::move(word));
    }
    return lines;
  }
  std::size_t Messages(std::string_view channel) const {
    return static_cast<std::size_t>(
        std::count_if(sent_.begin(), sent_.end(),
                      [&](const auto& message) { return message.channel == channel; }));
  }
  ChannelFigures FiguresOf(std::string_view channel) const {
    NotifierFigures figures;
    desk_->Fill(figures);
    for (const ChannelFigures& one : figures.channels) {
      if (one.channel == channel) return one;
    }
    return {};
  }
  NotifierFigures Figures() const {
    NotifierFigures figures;
    desk_->Fill(figures);
    return figures;
  }
  std::size_t Logged(std::string_view text) const {
    return static_cast<std::size_t>(std::count_if(
        logged_.begin(), logged_.end(),
        [&](const std::string& line) { return line.find(text) != std::string::npos; }));
  }

  TempFolder folder_;
  std::string directory_ = folder_.path();
  FakeClock clock_{WallTime(seconds(1'795'831'200))};  // 2026-11-28 10:00 in Beijing
  Lines logged_;
  Logger log_{LogLevel::kInfo,
              [this](LogLevel, std::string_view line) { logged_.emplace_back(line); }};
  FakeVendor vendor_;
  FakeVendor::Answer answer_;  // none: delivered
  std::vector<FakeVendor::Message> sent_;
  RoutingConfig config_;
  ChannelWorld world_;
  PostBox box_{[] {}};
  std::map<std::string, std::int64_t> since_;
  std::optional<Desk> desk_;
};

TEST_F(DeskTest, AnAlertIsToldWhenItFiresAndWhenItIsResolved) {
  Start();
  Fire("Disk");
  Run(seconds(9));
  EXPECT_EQ(Sent(), Lines{}) << "the group waits";
  Run(seconds(2));
  EXPECT_EQ(Sent(), Lines{"Disk fires"});
  Resolve("Disk");
  Run(minutes(2));
  EXPECT_EQ(Sent(), (Lines{"Disk fires", "Disk resolved"}));
  EXPECT_EQ(sent_[0].notification.receiver, "ops");
  EXPECT_EQ(sent_[0].notification.id.size(), 16u);
  EXPECT_NE(sent_[0].notification.id, sent_[1].notification.id);
  EXPECT_EQ(FiguresOf("ops/fake[0]").delivered, 2u);
  EXPECT_EQ(Figures().alerts, 0u) << "who is resolved and told is forgotten";
}

TEST_F(DeskTest, ARestartRepeatsNothingAndForgetsNothing) {
  Start();
  Fire("Disk");
  Run(seconds(30));
  Fire("Cpu");
  RunNow();  // it is known, and not yet told
  Restart();
  Run(minutes(10));
  EXPECT_EQ(Sent(), (Lines{"Disk fires", "Cpu fires"}));
  Resolve("Disk");
  RunNow();
  Restart();
  Run(minutes(10));
  EXPECT_EQ(Sent(), (Lines{"Disk fires", "Cpu fires", "Disk resolved"}));
}

TEST_F(DeskTest, WhatWaitsForADeadReceiverIsOnTheDisk) {
  answer_ = [](const auto&) { return FakeVendor::Fails(); };
  Start();
  Fire("Disk");
  Run(minutes(1));
  EXPECT_EQ(FiguresOf("ops/fake[0]").queued, 1u);
  const auto queue = desk_->Queue(10);
  ASSERT_TRUE(queue);
  ASSERT_EQ(queue->size(), 1u);
  EXPECT_EQ((*queue)[0].last_problem, "no route to host");
  EXPECT_GT((*queue)[0].attempts, 3);
  EXPECT_EQ((*queue)[0].notification.groups.at(0).alerts.size(), 1u);
  const std::string id = (*queue)[0].notification.id;
  Restart();
  answer_ = nullptr;
  Run(minutes(6));
  ASSERT_EQ(Sent(), Lines{"Disk fires"});
  EXPECT_EQ(sent_[0].notification.id, id) << "the same for every attempt";
  EXPECT_GT(sent_[0].attempt.number, 4) << "attempts are counted across the restart";
}

TEST_F(DeskTest, SaysWhenAChannelBeginsToFailAndWhenItWorksAgain) {
  answer_ = [](const auto&) { return FakeVendor::Fails(); };
  Start();
  Fire("Disk");
  Run(minutes(30));
  answer_ = nullptr;
  Run(minutes(6));
  EXPECT_EQ(Logged("was not delivered"), 1u);
  EXPECT_EQ(Logged("receiver=ops channel=fake[0] msg=\"delivers again\""), 1u);
  EXPECT_EQ(logged_.size(), 2u) << testing::PrintToString(logged_);
}

// The network is cut for four hours, and in the middle of it the host restarts.
TEST_F(DeskTest, FourHoursWithoutANetworkLoseNothing) {
  Ops().rate_limit = {20, minutes(1)};
  AddReceiver("hook");
  Route all = *config_.route;
  all.receiver = "hook";
  all.go_on = true;
  config_.route->routes = {all};
  Route rest = *config_.route;
  rest.routes.clear();
  config_.route->routes.push_back(rest);
  bool cut = false;
  answer_ = [&](const auto&) { return cut ? FakeVendor::Fails() : Delivery(); };
  Start();
  Fire("Before");
  Run(minutes(1));
  cut = true;
  Lines expected{"Before fires"};
  const auto change = [&](const std::string& name, bool fires) {
    Post(name, fires);
    expected.push_back(name + (fires ? " fires" : " resolved"));
  };
  for (int i = 0; i < 240; ++i) {  // minutes
    const std::string name = "A" + std::to_string(i / 2);
    change(name, i % 2 == 0);
    if (i % 30 == 7) Restart();
    Run(minutes(1));
  }
  Resolve("Before");
  Run(minutes(2));
  EXPECT_EQ(Sent().size(), 2u);
  cut = false;
  const WallTime back = clock_.Wall();
  Run(minutes(10));
  expected.push_back("Before resolved");
  EXPECT_EQ(Sent("hook/fake[0]"), expected) << "everything, in order";
  EXPECT_EQ(Sent("ops/fake[0]"), expected) << "everything, in order, though merged";
  EXPECT_EQ(Messages("hook/fake[0]"), 242u) << "no limit, nothing merged";
  EXPECT_LE(Messages("ops/fake[0]"), 1u + 20u + 3u);
  EXPECT_GT(FiguresOf("ops/fake[0]").merged, 200u);
  EXPECT_EQ(Figures().dead_letters, 0u);
  EXPECT_LT(clock_.Wall() - back, hours(1));
}

TEST_F(DeskTest, The21stMessageOfAMinuteIsInADigest) {
  Ops().rate_limit = {20, minutes(1)};
  Start();
  for (int i = 0; i < 25; ++i) Fire("A" + std::to_string(i));
  Run(seconds(30));
  EXPECT_EQ(Messages("ops/fake[0]"), 20u);
  Restart();  // the window is kept
  Run(seconds(20));
  EXPECT_EQ(Messages("ops/fake[0]"), 20u);
  Run(seconds(30));
  EXPECT_EQ(Messages("ops/fake[0]"), 21u);
  EXPECT_EQ(Sent().size(), 25u);
  EXPECT_EQ(sent_.back().notification.groups.size(), 5u);
  EXPECT_EQ(sent_.back().notification.id.substr(16), "+4");
}

TEST_F(DeskTest, ADeadChannelDelaysNobody) {
  config_.receivers[0].channels.push_back(FakeChannel("ops", 1));
  answer_ = [](const FakeVendor::Message& message) {
    return message.channel == "ops/fake[0]" ? FakeVendor::Fails() : Delivery();
  };
  Start();
  Fire("Disk");
  Run(seconds(11));
  EXPECT_EQ(Sent("ops/fake[1]"), Lines{"Disk fires"});
  Resolve("Disk");
  Run(minutes(2));
  EXPECT_EQ(Sent("ops/fake[1]"), (Lines{"Disk fires", "Disk resolved"}));
  answer_ = nullptr;
  Run(minutes(5));
  EXPECT_EQ(Sent("ops/fake[0]"), (Lines{"Disk fires", "Disk resolved"}));
}

// --- the fallback ---

TEST_F(DeskTest, TheFallbackGetsAllThatWaitedInOrderAndWhatComes) {
  AddReceiver("oncall", 2);
  Ops().fallback = {"oncall", 5, minutes(15)};
  bool dead = true;
  answer_ = [&](const FakeVendor::Message& message) {
    return dead && message.channel == "ops/fake[0]" ? FakeVendor::Fails() : Delivery();
  };
  Start();
  Fire("Disk");
  Run(seconds(12));
  Fire("Cpu");
  Run(minutes(2));
  const Lines both{"Disk fires", "Cpu fires"};
  EXPECT_EQ(Sent("oncall/fake[0]"), both);
  EXPECT_EQ(Sent("oncall/fake[1]"), both);
  Resolve("Disk");
  Run(minutes(2));
  EXPECT_EQ(Sent("oncall/fake[0]"), (Lines{"Disk fires", "Cpu fires", "Disk resolved"}));
  EXPECT_EQ(FiguresOf("ops/fake[0]").fallbacks, 3u);
  EXPECT_EQ(Logged("go to the fallback"), 1u) << "once, not for each";
  dead = false;
  Resolve("Cpu");
  Run(minutes(7));
  EXPECT_EQ(Sent("ops/fake[0]"), Lines{"Cpu resolved"}) << "it is in charge again";
}

TEST_F(DeskTest, FallbacksThatPointAtEachOtherAreNoCircle) {
  AddReceiver("oncall");
  Ops().fallback = {"oncall", 2, minutes(15)};
  config_.receivers[1].channels[0].fallback = {"ops", 2, minutes(15)};
  config_.receivers[1].channels[0].give_up_after = hours(1);
  answer_ = [](const auto&) { return FakeVendor::Fails(); };
  Start();
  Fire("Disk");
  Run(minutes(50));
  EXPECT_EQ(FiguresOf("oncall/fake[0]").queued, 1u);
  EXPECT_EQ(desk_->Queue(1)->at(0).came_from, "ops/fake[0]");
  Restart();
  Run(minutes(20));
  EXPECT_EQ(Figures().dead_letters, 1u);
  const auto dead = desk_->DeadLetters(10);
  ASSERT_TRUE(dead);
  EXPECT_EQ(dead->at(0).why, "no route to host");
  EXPECT_EQ(dead->at(0).letter.channel, "oncall/fake[0]");
  EXPECT_EQ(FiguresOf("oncall/fake[0]").buried, 1u);
}

TEST_F(DeskTest, WhatIsRefusedIsADeadLetterAtOnce) {
  answer_ = [](const auto&) {
    return FakeVendor::Fails(Delivery::Outcome::kRefused, "no such robot");
  };
  Start();
  Fire("Disk");
  Run(seconds(11));
  EXPECT_EQ(Figures().dead_letters, 1u);
  EXPECT_EQ(Logged("dead letters now\" count=1 because=\"no such robot\""), 1u);
}

// --- budgets ---

TEST_F(DeskTest, TheBudgetHoldsToTheMessageAndAcrossARestart) {
  AddReceiver("mail");
  Ops().budget = {5, 0, ""};
  Ops().fallback.receiver = "mail";
  Start();
  for (int i = 0; i < 3; ++i) Fire("A" + std::to_string(i));
  Run(seconds(20));
  Restart();
  for (int i = 3; i < 10; ++i) Fire("A" + std::to_string(i));
  Run(seconds(20));
  EXPECT_EQ(Messages("ops/fake[0]"), 5u);
  std::set<std::string> told;
  for (const std::string& word : Sent()) told.insert(word);
  EXPECT_EQ(told.size(), 10u + 1u) << "all alerts, and the warning";
  EXPECT_EQ(FiguresOf("ops/fake[0]").budget_used_day, 5);
  EXPECT_EQ(FiguresOf("ops/fake[0]").budget_day, 5);
  Run(hours(24));
  Fire("Next day");
  Run(seconds(20));
  EXPECT_EQ(sent_.back().channel, "ops/fake[0]");
}

TEST_F(DeskTest, AtFourFifthsItWarnsThroughAnotherChannel) {
  AddReceiver("mail");
  AddReceiver("boss");
  Ops().budget = {5, 100, "boss"};
  Ops().fallback.receiver = "mail";
  Start();
  for (int i = 0; i < 8; ++i) Fire("A" + std::to_string(i));
  Run(seconds(20));
  ASSERT_EQ(Messages("boss/fake[0]"), 1u);
  for (const auto& message : sent_) {
    if (message.channel != "boss/fake[0]") continue;
    EXPECT_EQ(message.notification.kind, NoticeKind::kBudget);
    EXPECT_EQ(message.notification.receiver, "boss");
    const NotifiedAlert& alert = message.notification.groups.at(0).alerts.at(0);
    EXPECT_EQ(Get(alert.labels, "channel"), "ops/fake[0]");
    EXPECT_EQ(Get(alert.annotations, "summary"),
              "Budget of ops/fake[0] is nearly used up: 4 of 5 today, 4 of 100 this month");
    EXPECT_DOUBLE_EQ(alert.value, 0.8);
  }
  EXPECT_EQ(Messages("mail/fake[0]"), 3u);
}

// --- reloads ---

TEST_F(DeskTest, AChannelThatIsGoneLeavesDeadLetters) {
  AddReceiver("other");
  answer_ = [](const FakeVendor::Message& message) {
    return message.channel == "ops/fake[0]" ? FakeVendor::Fails() : Delivery();
  };
  Start();
  const auto gone = desk_->lanes().all();
  Fire("Disk");
  Run(seconds(20));
  config_.route->receiver = "other";
  config_.receivers.erase(config_.receivers.begin());
  Configure();
  for (const auto& lane : gone) lane->Step();
  EXPECT_EQ(Figures().dead_letters, 1u);
  Run(minutes(2));
  EXPECT_EQ(Sent("other/fake[0]"), Lines{"Disk fires"}) << "it is routed anew";
}

TEST_F(DeskTest, AChannelThatIsGoneAtTheStartLeavesDeadLetters) {
  answer_ = [](const auto&) { return FakeVendor::Fails(); };
  Start();
  Fire("Disk");
  Run(seconds(20));
  config_.receivers[0].channels[0] = FakeChannel("ops", 7);
  Restart();
  EXPECT_EQ(Figures().dead_letters, 1u);
  EXPECT_EQ(desk_->DeadLetters(1)->at(0).why, "the channel is no longer configured");
}

TEST_F(DeskTest, AReloadKeepsTheQueueAndItsBudget) {
  Ops().budget = {1, 0, ""};
  Start();
  Fire("A");
  Fire("B");
  Run(seconds(20));
  EXPECT_EQ(Messages("ops/fake[0]"), 1u);
  Ops().budget = {2, 0, ""};
  Configure();
  Run(seconds(1));
  EXPECT_EQ(Messages("ops/fake[0]"), 2u);
}

// --- clocks ---

TEST_F(DeskTest, SettingTheClockNeitherHurriesNorDelaysAnybody) {
  for (const auto jump : {hours(5), hours(-5)}) {
    sent_.clear();
    answer_ = [](const auto&) { return FakeVendor::Fails(); };
    Restart();
    Fire("Disk");
    Run(seconds(5));
    clock_.SetWall(clock_.Wall() + jump);
    Run(seconds(4));
    EXPECT_EQ(FiguresOf("ops/fake[0]").queued, 0u) << "the group still waits";
    Run(seconds(2));
    EXPECT_EQ(FiguresOf("ops/fake[0]").queued, 1u);
    answer_ = nullptr;
    Run(minutes(1));
    EXPECT_EQ(Sent(), Lines{"Disk fires"});
    Resolve("Disk");
    Run(minutes(3));
    EXPECT_EQ(Sent(), (Lines{"Disk fires", "Disk resolved"}));
  }
}

// --- the disk ---

TEST_F(DeskTest, WithoutADiskAlertsAreToldAllTheSame) {
  directory_ = folder_.path() / "not/there";
  answer_ = [](const auto&) { return FakeVendor::Fails(); };
  Start();
  Fire("Disk");
  Run(seconds(20));
  EXPECT_EQ(FiguresOf("ops/fake[0]").queued, 1u);
  EXPECT_GT(Figures().store_failures, 0u);
  answer_ = nullptr;
  Resolve("Disk");
  Run(minutes(2));
  EXPECT_EQ(Sent(), (Lines{"Disk fires", "Disk resolved"}));
  EXPECT_EQ(Logged("cannot keep notifications"), 1u) << "said once";
}

TEST_F(DeskTest, WhatTheDiskDidNotTakeIsWrittenWhenItIsBack) {
  directory_ = folder_.path() / "late/state";
  answer_ = [](const auto&) { return FakeVendor::Fails(); };
  Start();
  Fire("Disk");
  Fire("Cpu");
  Run(seconds(20));
  std::filesystem::create_directory(folder_.path() / "late");
  Run(seconds(10));
  EXPECT_EQ(Logged("kept again"), 1u);
  Fire("Net");
  Run(seconds(20));
  Restart();
  answer_ = nullptr;
  Run(minutes(2));
  EXPECT_EQ(Sent(), (Lines{"Disk fires", "Cpu fires", "Net fires"}));
  Resolve("Disk");
  Run(minutes(2));
  EXPECT_EQ(Sent().back(), "Disk resolved") << "alerts and what was told are there, too";
}

TEST_F(DeskTest, ALetterThatWasWrittenLateIsGoneOnceItIsDelivered) {
  directory_ = folder_.path() / "late/state";
  answer_ = [](const auto&) { return FakeVendor::Fails(); };
  Start();
  Fire("Disk");
  Run(seconds(12));
  std::filesystem::create_directory(folder_.path() / "late");
  Run(seconds(10));
  answer_ = nullptr;
  Run(minutes(1));
  EXPECT_EQ(Sent(), Lines{"Disk fires"});
  Restart();
  Run(minutes(2));
  EXPECT_EQ(Sent(), Lines{"Disk fires"});
}

TEST_F(DeskTest, WithoutADiskTheFallbackAndTheDeadLettersWork) {
  directory_ = folder_.path() / "late/state";
  AddReceiver("oncall");
  Ops().fallback = {"oncall", 2, minutes(15)};
  answer_ = [](const FakeVendor::Message& message) {
    return FakeVendor::Fails(message.channel == "ops/fake[0]" ? Delivery::Outcome::kRetry
                                                              : Delivery::Outcome::kRefused);
  };
  Start();
  Fire("Disk");
  Fire("Cpu");
  Run(seconds(30));
  EXPECT_EQ(FiguresOf("ops/fake[0]").fallbacks, 2u);
  EXPECT_EQ(Figures().dead_letters, 2u);
  std::filesystem::create_directory(folder_.path() / "late");
  Run(seconds(10));
  const auto dead = desk_->DeadLetters(10);
  ASSERT_TRUE(dead) << dead.error().message;
  ASSERT_EQ(dead->size(), 2u);
  EXPECT_EQ((*dead)[0].letter.came_from, "ops/fake[0]");
  EXPECT_TRUE(desk_->Queue(10)->empty());
}

TEST_F(DeskTest, ADamagedFileIsSetAside) {
  std::ofstream(folder_.path() / "notify.db") << std::string(8192, 'x');
  Start();
  Fire("Disk");
  Run(seconds(20));
  EXPECT_EQ(Sent(), Lines{"Disk fires"});
  EXPECT_EQ(Logged("set aside, and begun anew"), 1u);
  EXPECT_EQ(Figures().store_failures, 0u);
}

// --- silences, drills, verdicts ---

Silence SomeSilence(std::int64_t ends_at_ms) {
  Silence silence;
  silence.matchers.push_back(*LabelMatcher::Make(MatchType::kEqual, "alertname", "Disk"));
  silence.ends_at_ms = ends_at_ms;
  silence.created_by = "li";
  silence.comment = "a move";
  return silence;
}

TEST_F(DeskTest, ASilenceHoldsAcrossARestartUntilItIsEnded) {
  Start();
  const auto id = desk_->AddSilence(SomeSilence(now_ms() + 3'600'000));
  ASSERT_TRUE(id) << id.error().message;
  EXPECT_EQ(id->size(), 36u);
  Restart();
  EXPECT_EQ(Figures().silences, 1u);
  Fire("Disk");
  Fire("Cpu");
  Run(minutes(3));
  EXPECT_EQ(Sent(), Lines{"Cpu fires"});
  EXPECT_EQ(desk_->VerdictOf({{"alertname", "Disk"}}).silenced_by, Lines{*id});
  ASSERT_TRUE(desk_->ExpireSilence(*id));
  EXPECT_FALSE(desk_->ExpireSilence(*id)) << "it has ended";
  Restart();
  Run(minutes(3));
  EXPECT_EQ(Sent(), (Lines{"Cpu fires", "Disk fires"}));
}

TEST_F(DeskTest, ASilenceIsChangedByItsId) {
  Start();
  const auto id = desk_->AddSilence(SomeSilence(now_ms() + 3'600'000));
  Silence longer = SomeSilence(now_ms() + 7'200'000);
  longer.id = *id;
  EXPECT_EQ(*desk_->AddSilence(longer), *id);
  ASSERT_EQ(desk_->silences().size(), 1u);
  EXPECT_EQ(desk_->silences()[0].ends_at_ms, longer.ends_at_ms);
  longer.id = "another";
  EXPECT_EQ(desk_->AddSilence(longer).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(desk_->ExpireSilence("another").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(desk_->AddSilence(SomeSilence(now_ms() - 1)).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(DeskTest, ADrillGoesToAllChannelsOfAReceiverAndSaysWhatItIs) {
  AddReceiver("oncall", 2);
  AddReceiver("nobody", 0);
  Start();
  const auto drill = desk_->Drill("oncall");
  ASSERT_TRUE(drill) << drill.error().message;
  RunNow();
  ASSERT_EQ(sent_.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(sent_[i].notification.kind, NoticeKind::kDrill);
    EXPECT_EQ(sent_[i].notification.id, (*drill)[i].first);
    EXPECT_EQ(sent_[i].channel, (*drill)[i].second);
    EXPECT_EQ(Get(sent_[i].notification.groups.at(0).alerts.at(0).labels, "instance_id"), "i-1");
  }
  EXPECT_EQ(desk_->Drill("ops2").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(desk_->Drill("nobody").error().code, ErrorCode::kInvalidArgument);
}

TEST_F(DeskTest, WhoDoesNotFireAnyMoreByThePictureIsResolved) {
  Start();
  Fire("Disk");
  Run(seconds(20));
  for (int i = 0; i < 6; ++i) {
    box_.PostPicture({});
    Run(minutes(1));
  }
  Run(minutes(5));
  EXPECT_EQ(Sent(), (Lines{"Disk fires", "Disk resolved"}));
}

TEST_F(DeskTest, OneThatFiredAndEndedWithinATurnIsToldOfBothWhenNobodyWaits) {
  config_.route->group_wait = milliseconds(0);
  config_.route->group_interval = milliseconds(1);
  Start();
  Fire("Disk");
  Resolve("Disk");
  Run(seconds(1));
  EXPECT_EQ(Sent(), (Lines{"Disk fires", "Disk resolved"}));
}

TEST_F(DeskTest, ARefreshIsToldButNotWritten) {
  Start();
  Fire("Disk");
  RunNow();
  NotifiedAlert alert;
  alert.labels = {{"alertname", "Disk"}};
  alert.starts_at_ms = since_["Disk"];
  alert.value = 42;
  box_.Refresh([alert] { return alert; });
  Run(seconds(20));
  EXPECT_EQ(sent_.at(0).notification.groups.at(0).alerts.at(0).value, 42);
}

}  // namespace
}  // namespace ecsward::notify
