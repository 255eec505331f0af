#include <gtest/gtest.h>

#include "exporters/notify/channels/voice.h"
#include "tests/unit/exporters/notify/vendor_world.h"

namespace ecsward::notify {
namespace {

using Outcome = Delivery::Outcome;
using Texts = std::vector<std::string>;

constexpr char kOk[] = R"({"Code":"OK","Message":"OK","RequestId":"R-1","CallId":"1^2"})";
constexpr char kBusy[] = R"({"Code":"isp.SYSTEM_ERROR","Message":"busy","RequestId":"R-2"})";
constexpr Attempt kFirst{1, false};

VendorSettings Usual() {
  return VendorSettings(kVoiceChannel)
      .List("called_number", {"13900000000", "0571-88888888"})
      .Text("tts_code", "TTS_123456789");
}

Texts Called(const FakeHttp& http) {
  Texts numbers;
  for (const HttpRequest& request : http.Requests())
    numbers.push_back(Seen(request)["CalledNumber"]);
  return numbers;
}

TEST(VoiceChannel, CallsEachNumber) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  world.http.Answer(200, kOk);
  auto settings = Usual()
                      .Text("called_show_number", "0571-00000000")
                      .Text("volume", "50")
                      .Map("tts_params", {{"name", "{{ .CommonLabels.alertname }}"}});
  const Delivery delivery =
      world.Make(kVoiceChannel, settings)->Send(DiskFull("0123456789abcdefgh"), kFirst);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.messages, 2);
  EXPECT_EQ(Called(world.http), (Texts{"13900000000", "057188888888"}));
  const SeenCall call = Seen(world.http.Requests().front());
  EXPECT_EQ(call.action, "SingleCallByTts");
  EXPECT_EQ(call.host, "dyvmsapi.aliyuncs.com");
  EXPECT_EQ(call["CalledShowNumber"], "0571-00000000");
  EXPECT_EQ(call["TtsCode"], "TTS_123456789");
  EXPECT_EQ(call["TtsParam"], R"({"name":"DiskFull"})");
  EXPECT_EQ(call["PlayTimes"], "3");
  EXPECT_EQ(call["Volume"], "50");
  EXPECT_EQ(call["OutId"], "0123456789abcde");  // 15 bytes
}

TEST(VoiceChannel, DoesNotRingTwiceWhereItHasRung) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  world.http.Answer(200, kBusy);
  world.http.Answer(200, kOk);
  const auto channel = world.Make(kVoiceChannel, Usual());
  const Delivery first = channel->Send(DiskFull(), kFirst);
  EXPECT_EQ(first.outcome, Outcome::kRetry);
  EXPECT_EQ(first.messages, 1);
  EXPECT_EQ(first.problem, "057****8888: SingleCallByTts: isp.SYSTEM_ERROR: busy (RequestId R-2)");
  const Delivery second = channel->Send(DiskFull(), {2, false});
  EXPECT_EQ(second.outcome, Outcome::kDelivered);
  EXPECT_EQ(second.messages, 1);
  EXPECT_EQ(Called(world.http), (Texts{"13900000000", "057188888888", "057188888888"}));
}

TEST(VoiceChannel, HasDeliveredWhenSomebodyWasCalledAndTheOthersCannotBe) {
  VendorWorld world;
  world.http.Answer(200, R"({"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"m"})");
  world.http.Answer(200, kOk);
  const Delivery delivery = world.Make(kVoiceChannel, Usual())->Send(DiskFull(), kFirst);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.problem.substr(0, 11), "139****0000");
}

TEST(VoiceChannel, IsRefusedWhenNobodyCanBeCalled) {
  VendorWorld world;
  world.http.Otherwise([](const HttpRequest&) {
    return HttpResponse{200, {}, R"({"Code":"isv.OUT_OF_SERVICE","Message":"m"})", false};
  });
  const Delivery delivery = world.Make(kVoiceChannel, Usual())->Send(DiskFull(), kFirst);
  EXPECT_EQ(delivery.outcome, Outcome::kRefused);
  EXPECT_EQ(delivery.messages, 0);
  EXPECT_EQ(delivery.problem.substr(delivery.problem.size() - 13), " (and 1 more)");
}

TEST(VoiceChannel, RingsAgainWhenNoAnswerCame) {
  VendorWorld world;
  world.http.Fail(NetStage::kMaybeSent, ErrorCode::kTimeout, "late");
  world.http.Answer(200, "<html>");
  world.http.Answer(200, kOk);
  world.http.Answer(200, kOk);
  const auto channel = world.Make(kVoiceChannel, Usual());
  const Delivery first = channel->Send(DiskFull(), kFirst);
  EXPECT_EQ(first.outcome, Outcome::kUnclear);
  EXPECT_EQ(first.messages, 2);
  EXPECT_EQ(channel->Send(DiskFull(), {2, true}).outcome, Outcome::kDelivered);
  EXPECT_EQ(world.http.Count(), 4u);
}

TEST(VoiceSettings, AreChecked) {
  EXPECT_TRUE(Usual().Problems().empty());
  EXPECT_EQ(Usual().Problem("called_number", "0571-88888888"), "");
  EXPECT_NE(Usual().Problem("called_number", "88888888"), "");
  EXPECT_NE(Usual().Problem("tts_code", "a b"), "");
  EXPECT_EQ(Usual().Text("play_times", "4").Problems(), Texts{"play_times: want 1 to 3"});
  EXPECT_EQ(Usual().Text("play_times", "0").Problems(), Texts{"play_times: want 1 to 3"});
  EXPECT_EQ(Usual().Text("volume", "101").Problems(), Texts{"volume: want 0 to 100"});
  EXPECT_EQ(Usual().Text("volume", "-1").Problems(), Texts{"volume: want 0 to 100"});
  EXPECT_EQ(Usual().Text("param_limit", "0").Problems(), Texts{"param_limit: want 1 to 500"});
  EXPECT_EQ(Usual().Map("tts_params", {{"", "x"}}).Problems().size(), 1u);
  std::vector<std::string> numbers;
  for (int i = 0; i < 21; ++i) numbers.push_back(std::to_string(13'900'000'000 + i));
  EXPECT_EQ(Usual().List("called_number", numbers).Problems(), Texts{"called_number: at most 20"});
}

TEST(VoiceSpec, CostsMoney) { EXPECT_TRUE(kVoiceChannel.costs_money); }

}  // namespace
}  // namespace ecsward::notify
