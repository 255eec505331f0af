#include "exporters/notify/channels/alertmanager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporters/notify/channels/one_group.h"
#include "tests/unit/exporters/notify/channel_world.h"

namespace ecsward::notify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Outcome = Delivery::Outcome;

class ToAlertmanager : public testing::Test {
 protected:
  Delivery Send(const Notification& notification, SettingTexts texts = {}) {
    texts.insert(texts.begin(), {"urls", "http://am-1:9093,http://am-2:9093/prefix/"});
    return world_.Make("alertmanager", texts)->Send(notification, {});
  }

  FakeChannelWorld world_;
};

TEST_F(ToAlertmanager, PostsAlertsToEveryPeer) {
  EXPECT_EQ(Send(NoticeOf({FiringAlert("DiskFull")})).outcome, Outcome::kDelivered);
  const auto requests = world_.http.Requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].url.Reveal(), "http://am-1:9093/api/v2/alerts");
  EXPECT_EQ(requests[1].url.Reveal(), "http://am-2:9093/prefix/api/v2/alerts");
  EXPECT_EQ(requests[0].body, requests[1].body);
  const Json alert = {{"labels", {{"alertname", "DiskFull"}, {"instance", "web-1"}}},
                      {"annotations", {{"summary", "磁盘将满"}}},
                      {"startsAt", "2023-11-14T22:12:20Z"},
                      {"endsAt", "2023-11-15T22:13:20Z"},
                      {"generatorURL", "http://127.0.0.1:9100/graph"}};
  EXPECT_EQ(requests[0].body, Json::array({alert}).dump());
}

TEST_F(ToAlertmanager, SaysWhenAnAlertWasOver) {
  (void)Send(NoticeOf({ResolvedAlert("DiskFull")}));
  EXPECT_EQ(world_.LastBody()[0]["endsAt"], "2023-11-14T22:13:19Z");
}

TEST_F(ToAlertmanager, LetsAFiringAlertStandAsLongAsTold) {
  (void)Send(NoticeOf({FiringAlert("DiskFull")}), {{"stands_for", "90m"}});
  EXPECT_EQ(world_.LastBody()[0]["endsAt"], "2023-11-14T23:43:20Z");
}

TEST_F(ToAlertmanager, MarksADrillAndForgetsItSoon) {
  Notification drill = NoticeOf({FiringAlert("DiskFull")});
  drill.kind = NoticeKind::kDrill;
  (void)Send(drill);
  EXPECT_EQ(world_.LastBody()[0]["labels"]["drill"], "true");
  EXPECT_EQ(world_.LastBody()[0]["endsAt"], "2023-11-14T22:18:20Z");
}

TEST_F(ToAlertmanager, IsDeliveredWhenOnePeerTookIt) {
  world_.http.Answer(500, "oops");
  const Delivery delivery = Send(NoticeOf({FiringAlert("DiskFull")}));
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.problem, "urls[0]: answered 500: oops");
  EXPECT_EQ(world_.http.Count(), 2u);
}

TEST_F(ToAlertmanager, HopesForTheMostHopefulPeer) {
  world_.http.Answer(400, "bad");
  world_.http.Answer(503, "later", {{"retry-after", "5"}});
  const Delivery retry = Send(NoticeOf({FiringAlert("A")}));
  EXPECT_EQ(retry.outcome, Outcome::kRetry);
  EXPECT_EQ(retry.retry_after, std::chrono::seconds(5));
  EXPECT_EQ(retry.problem, "urls[0]: answered 400: bad; urls[1]: answered 503: later");

  world_.http.Answer(503);
  world_.http.Fail(NetStage::kMaybeSent, ErrorCode::kTimeout, "no answer");
  EXPECT_EQ(Send(NoticeOf({FiringAlert("A")})).outcome, Outcome::kUnclear);

  world_.http.Answer(400);
  world_.http.Answer(400);
  EXPECT_EQ(Send(NoticeOf({FiringAlert("A")})).outcome, Outcome::kRefused);
}

TEST_F(ToAlertmanager, TakesAWholeAddressToo) {
  (void)world_.Make("alertmanager", {{"urls", "http://am:9093/api/v2/alerts"}})
      ->Send(NoticeOf({FiringAlert("A")}), {});
  EXPECT_EQ(world_.LastRequest().url.Reveal(), "http://am:9093/api/v2/alerts");
}

TEST_F(ToAlertmanager, WantsAPeerAndAMinute) {
  EXPECT_THAT(ProblemsOf("alertmanager", {}), ElementsAre(HasSubstr("urls: want at least one")));
  EXPECT_THAT(ProblemsOf("alertmanager", {{"urls", "http://am"}, {"stands_for", "59s"}}),
              ElementsAre(HasSubstr("stands_for")));
  EXPECT_THAT(ProblemsOf("alertmanager", {{"urls", "http://am"}, {"stands_for", "1m"}}), IsEmpty());
}

TEST(AsOneGroup, LeavesOneGroupAsItIs) {
  const Notification notification = NoticeOf({ResolvedAlert("B"), FiringAlert("A")});
  const GroupNotice one = AsOneGroup(notification);
  EXPECT_EQ(one.group_key, notification.groups[0].group_key);
  EXPECT_EQ(one.alerts.size(), 2u);
  EXPECT_TRUE(AsOneGroup(Notification()).alerts.empty());
}

TEST(AsOneGroup, HasEachAlertInItsLatestState) {
  Notification digest = NoticeOf({FiringAlert("A", "web-1"), FiringAlert("A", "web-2")});
  digest.groups.push_back(NoticeOf({ResolvedAlert("A", "web-1")}).groups[0]);
  digest.groups[1].at_ms = kNowMs + 5;
  const GroupNotice one = AsOneGroup(digest);
  ASSERT_EQ(one.alerts.size(), 2u);
  EXPECT_EQ(Get(one.alerts[0].labels, "instance"), "web-2") << "firing ones first";
  EXPECT_EQ(one.alerts[1].ends_at_ms, kNowMs - 1'000);
  EXPECT_EQ(one.at_ms, kNowMs + 5);
  EXPECT_EQ(one.group_key, "{}:{alertname=\"A\"}") << "once";
  EXPECT_EQ(Get(one.group_labels, "alertname"), "A");
}

TEST(AsOneGroup, KeepsLabelsThatAllGroupsShare) {
  Notification digest = NoticeOf({FiringAlert("A")});
  digest.groups.push_back(NoticeOf({FiringAlert("B")}).groups[0]);
  Set(digest.groups[0].group_labels, "team", "web");
  Set(digest.groups[1].group_labels, "team", "web");
  EXPECT_EQ(AsOneGroup(digest).group_labels, (LabelPairs{{"team", "web"}}));
}

}  // namespace
}  // namespace ecsward::notify
