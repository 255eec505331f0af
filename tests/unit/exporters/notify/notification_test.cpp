#include "exporters/notify/notification.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ecsward::notify {
namespace {

NotifiedAlert SomeAlert() {
  NotifiedAlert alert;
  alert.labels = {{"alertname", "DiskFull"}, {"device", "sda"}};
  alert.annotations = {{"summary", "磁盘 \"满\"了\n"}};
  alert.starts_at_ms = 1'000;
  alert.ends_at_ms = 9'000;
  alert.updated_at_ms = 8'000;
  alert.value = 0.97;
  alert.evidence = {{EvidenceKind::kDisk, 4'500, "bytes/s", {{"php-fpm", 7, 0.61, 1.2}}, "note"}};
  alert.generator_url = "http://example.com/graph?a=1&b=2";
  return alert;
}

void ExpectSame(const NotifiedAlert& a, const NotifiedAlert& b) {
  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(a.annotations, b.annotations);
  EXPECT_EQ(a.starts_at_ms, b.starts_at_ms);
  EXPECT_EQ(a.ends_at_ms, b.ends_at_ms);
  EXPECT_EQ(a.updated_at_ms, b.updated_at_ms);
  EXPECT_DOUBLE_EQ(a.value, b.value);
  EXPECT_EQ(a.generator_url, b.generator_url);
  ASSERT_EQ(a.evidence.size(), b.evidence.size());
  for (std::size_t i = 0; i < a.evidence.size(); ++i) {
    EXPECT_EQ(Summary(a.evidence[i]), Summary(b.evidence[i]));
  }
}

// The first two values are those of Prometheus' own tests.
TEST(Fingerprint, IsPrometheusOwn) {
  EXPECT_EQ(Fingerprint({}), 14'695'981'039'346'656'037u);
  EXPECT_EQ(Fingerprint({{"fear", "love is not enough"}, {"name", "garland, briggs"}}),
            5'799'056'148'416'392'346u);
}

TEST(Fingerprint, TellsWhereANameEnds) {
  EXPECT_NE(Fingerprint({{"ab", "c"}}), Fingerprint({{"a", "bc"}}));
  EXPECT_NE(Fingerprint({{"a", "b"}, {"c", "d"}}), Fingerprint({{"a", "bc"}, {"d", ""}}));
}

TEST(Fingerprint, TextHasSixteenDigits) {
  EXPECT_EQ(FingerprintText(0xabc), "0000000000000abc");
  EXPECT_EQ(FingerprintText(~std::uint64_t{0}), "ffffffffffffffff");
}

TEST(NotifiedAlert, ComesBackFromJson) {
  const auto back = ParseNotifiedAlert(ToJsonText(SomeAlert()));
  ASSERT_TRUE(back) << back.error().message;
  ExpectSame(*back, SomeAlert());
}

TEST(NotifiedAlert, KeepsValuesThatAreNoNumbers) {
  for (const double value :
       {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    NotifiedAlert alert;
    alert.value = value;
    EXPECT_EQ(ParseNotifiedAlert(ToJsonText(alert))->value, value);
  }
  NotifiedAlert alert;
  alert.value = std::nan("");
  EXPECT_TRUE(std::isnan(ParseNotifiedAlert(ToJsonText(alert))->value));
}

TEST(NotifiedAlert, LeavesOutWhatIsOfAWrongType) {
  const auto alert = ParseNotifiedAlert(
      R"({"labels": [1], "annotations": {"a": 1, "b": "2"}, "starts_at_ms": "x", "value": {},)"
      R"("ends_at_ms": 18446744073709551615, "updated_at_ms": -5, "evidence": 7})");
  ASSERT_TRUE(alert);
  EXPECT_TRUE(alert->labels.empty());
  EXPECT_EQ(alert->annotations, (LabelPairs{{"b", "2"}}));
  EXPECT_EQ(alert->starts_at_ms, 0);
  EXPECT_EQ(alert->ends_at_ms, 0);
  EXPECT_EQ(alert->updated_at_ms, 0);
  EXPECT_EQ(alert->value, 0);
  EXPECT_TRUE(alert->evidence.empty());
}

TEST(NotifiedAlert, RefusesWhatIsNoObject) {
  for (const char* text : {"", "[]", "7", "{", "{\"labels\":"}) {
    EXPECT_EQ(ParseNotifiedAlert(text).error().code, ErrorCode::kParse) << text;
  }
}

TEST(NotifiedAlert, IsResolvedFromItsEndOn) {
  NotifiedAlert alert;
  EXPECT_FALSE(alert.ResolvedAt(10));
  alert.ends_at_ms = 10;
  EXPECT_FALSE(alert.ResolvedAt(9));
  EXPECT_TRUE(alert.ResolvedAt(10));
}

TEST(Notification, ComesBackFromJson) {
  Notification notification;
  notification.id = "n-1";
  notification.kind = NoticeKind::kDrill;
  notification.receiver = "值班";
  notification.groups = {{"{}:{}", {}, {}, 5},
                         {"{}:{a=\"b\"}", {{"a", "b"}}, {SomeAlert(), SomeAlert()}, 8'999}};
  notification.groups[1].alerts[1].ends_at_ms = 0;
  const auto back = ParseNotification(ToJsonText(notification));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->id, "n-1");
  EXPECT_EQ(back->kind, NoticeKind::kDrill);
  EXPECT_EQ(back->receiver, "值班");
  ASSERT_EQ(back->groups.size(), 2u);
  EXPECT_EQ(back->groups[0].group_key, "{}:{}");
  EXPECT_EQ(back->groups[0].at_ms, 5);
  EXPECT_TRUE(back->groups[0].alerts.empty());
  EXPECT_EQ(back->groups[1].group_labels, (LabelPairs{{"a", "b"}}));
  EXPECT_EQ(back->groups[1].at_ms, 8'999);
  ASSERT_EQ(back->groups[1].alerts.size(), 2u);
  ExpectSame(back->groups[1].alerts[0], SomeAlert());
  EXPECT_EQ(back->groups[1].alerts[1].ends_at_ms, 0);
  EXPECT_EQ(back->alert_count(), 2u);
}

TEST(Notification, EveryKindComesBack) {
  for (const NoticeKind kind : {NoticeKind::kAlerts, NoticeKind::kDrill, NoticeKind::kBudget}) {
    Notification notification;
    notification.kind = kind;
    EXPECT_EQ(ParseNotification(ToJsonText(notification))->kind, kind);
  }
}

TEST(Notification, FiresAsLongAsOneOfItsAlertsDoes) {
  Notification notification;
  EXPECT_FALSE(notification.firing());
  notification.groups = {{"g", {}, {SomeAlert()}, 9'000}};
  EXPECT_FALSE(notification.firing());
  notification.groups.push_back({"h", {}, {SomeAlert(), SomeAlert()}, 9'000});
  notification.groups[1].alerts[1].ends_at_ms = 0;
  EXPECT_TRUE(notification.firing());
  notification.groups = {{"g", {}, {SomeAlert()}, 8'999}};  // decided before it ended
  EXPECT_TRUE(notification.firing());
}

TEST(Notification, OnlyItsOwnGroupsAreGroups) {
  const auto read = ParseNotification(
      R"({"other": [{"key": "x", "alerts": [{}]}], "groups": [7, {"key": "y", "labels":)"
      R"({"deep": {"alerts": [{}]}}, "alerts": [[], 1, {"value": 3}]}, []]})");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->groups.size(), 1u);
  EXPECT_EQ(read->groups[0].group_key, "y");
  ASSERT_EQ(read->groups[0].alerts.size(), 1u);
  EXPECT_EQ(read->groups[0].alerts[0].value, 3);
}

TEST(Notification, RefusesWhatIsNoObject) {
  for (const char* text : {"", "[]", "null", "{\"groups\": [{}"}) {
    const auto read = ParseNotification(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kParse);
  }
}

}  // namespace
}  // namespace ecsward::notify
