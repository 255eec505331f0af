#include <gtest/gtest.h>

#include "exporters/notify/channels/directmail.h"
#include "tests/unit/exporters/notify/vendor_world.h"

namespace ecsward::notify {
namespace {

using Outcome = Delivery::Outcome;
using Texts = std::vector<std::string>;

constexpr char kOk[] = R"({"EnvId":"6","RequestId":"R-1"})";
constexpr Attempt kFirst{1, false};

VendorSettings Usual() {
  return VendorSettings(kDirectmailChannel)
      .List("to", {"a@example.com, B <b@example.com>"})
      .Text("account_name", "ops@mail.example.com");
}

TEST(DirectmailChannel, SendsAForm) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  auto settings = Usual()
                      .Text("from_alias", "某某运维")
                      .Text("tag_name", "ecsward")
                      .Text("subject", "{{ .CommonLabels.alertname }}\r\n满")
                      .Text("html", "<b>{{ .CommonLabels.alertname }}</b>")
                      .Text("text", "");
  const Delivery delivery = world.Make(kDirectmailChannel, settings)->Send(DiskFull(), kFirst);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.messages, 1);
  ASSERT_EQ(world.http.Count(), 1u);
  const HttpRequest request = world.http.Requests().front();
  EXPECT_EQ(request.url.Reveal(), "https://dm.aliyuncs.com/");
  const SeenCall call = Seen(request);
  EXPECT_EQ(call.action, "SingleSendMail");
  EXPECT_EQ(call.parameters, (cloud::Parameters{{"AccountName", "ops@mail.example.com"},
                                                {"AddressType", "1"},
                                                {"ReplyToAddress", "false"},
                                                {"ToAddress", "a@example.com,b@example.com"},
                                                {"FromAlias", "某某运维"},
                                                {"TagName", "ecsward"},
                                                {"Subject", "DiskFull 满"},
                                                {"HtmlBody", "<b>DiskFull</b>"}}));
}

TEST(DirectmailChannel, SendsBuiltInTexts) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  world.Make(kDirectmailChannel, Usual().Text("reply_to_address", "true"))
      ->Send(DiskFull(), kFirst);
  const SeenCall call = Seen(world.http.Requests().front());
  EXPECT_EQ(call["Subject"], world.content.Title(DiskFull(), {0, 256}));
  EXPECT_EQ(call["TextBody"], world.content.Body(DiskFull(), TextStyle::kPlain, {65536, 0}));
  EXPECT_EQ(call["HtmlBody"], world.content.Body(DiskFull(), TextStyle::kHtml, {65536, 0}));
  EXPECT_EQ(call["ReplyToAddress"], "true");
}

TEST(DirectmailChannel, CutsTheSubject) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  std::string subject;
  for (int i = 0; i < 300; ++i) subject += "满";
  world.Make(kDirectmailChannel, Usual().Text("subject", subject))->Send(DiskFull(), kFirst);
  EXPECT_EQ(CountCharacters(Seen(world.http.Requests().front())["Subject"]), 256u);
}

TEST(DirectmailChannel, SendsTheBuiltInTextWhereATemplateFails) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  auto settings = Usual()
                      .Text("subject", "{{ .CommonLabels.none }}")
                      .Text("html", "{{ template \"nobody\" . }}");
  const Delivery delivery = world.Make(kDirectmailChannel, settings)->Send(DiskFull(), kFirst);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.reason, "template");
  EXPECT_NE(delivery.problem.find("html: "), std::string::npos);
  const SeenCall call = Seen(world.http.Requests().front());
  EXPECT_EQ(call["HtmlBody"], world.content.Body(DiskFull(), TextStyle::kHtml, {65536, 0}));
  EXPECT_EQ(call["Subject"], world.content.Title(DiskFull(), {0, 256}));
}

TEST(DirectmailChannel, SendsATextWhenNoneIsWanted) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  world.Make(kDirectmailChannel, Usual().Text("html", "").Text("text", ""))
      ->Send(DiskFull(), kFirst);
  EXPECT_NE(Seen(world.http.Requests().front())["TextBody"], "");
}

TEST(DirectmailChannel, GoesToTheSendersRegion) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  world.http.Answer(200, kOk);
  world.Make(kDirectmailChannel, Usual().Text("region", "us-east-1"))->Send(DiskFull(), kFirst);
  world.Make(kDirectmailChannel, Usual().Text("endpoint", "dm-vpc.cn-hangzhou.aliyuncs.com"))
      ->Send(DiskFull(), kFirst);
  EXPECT_EQ(Seen(world.http.Requests()[0]).host, "dm.us-east-1.aliyuncs.com");
  EXPECT_EQ(Seen(world.http.Requests()[1]).host, "dm-vpc.cn-hangzhou.aliyuncs.com");
}

TEST(DirectmailChannel, JudgesRefusals) {
  VendorWorld world;
  world.http.Answer(400, R"({"Code":"InvalidToAddress","Message":"m","RequestId":"R-1"})");
  world.http.Answer(400, R"({"Code":"Throttling.User","Message":"m","RequestId":"R-1"})");
  world.http.Fail(NetStage::kMaybeSent, ErrorCode::kTimeout, "late");
  const auto channel = world.Make(kDirectmailChannel, Usual());
  const Delivery refused = channel->Send(DiskFull(), kFirst);
  EXPECT_EQ(refused.outcome, Outcome::kRefused);
  EXPECT_EQ(refused.problem, "SingleSendMail: InvalidToAddress: m (RequestId R-1)");
  EXPECT_EQ(channel->Send(DiskFull(), kFirst).outcome, Outcome::kRetry);
  EXPECT_EQ(channel->Send(DiskFull(), kFirst).outcome, Outcome::kUnclear);
}

TEST(DirectmailSettings, AreChecked) {
  EXPECT_TRUE(Usual().Problems().empty());
  EXPECT_EQ(Usual().Problem("from_alias", "一二三四五六七八九十一二三四"), "");
  EXPECT_NE(Usual().Problem("from_alias", "一二三四五六七八九十一二三四五"), "");
  EXPECT_NE(Usual().Problem("from_alias", "a\nb"), "");
  EXPECT_NE(Usual().Problem("account_name", "Ops <ops@mail.example.com>"), "");
  EXPECT_NE(Usual().Problem("account_name", "ops"), "");
  EXPECT_EQ(Usual().List("to", Texts(101, "a@example.com")).Problems(),
            Texts{"to: at most 100 addresses"});
  EXPECT_TRUE(Usual().List("to", Texts(100, "a@example.com")).Problems().empty());
}

}  // namespace
}  // namespace ecsward::notify
