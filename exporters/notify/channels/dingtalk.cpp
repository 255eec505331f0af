// A robot takes 20 messages a minute and then none for about ten. Whether a message was taken says
// the answer's errcode; the HTTP status is 200 in any case.
// source: DingTalk's documentation of custom robots, and what others saw of its codes
#include "exporters/notify/channels/dingtalk.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "exporters/notify/channels/http_channel.h"
#include "exporters/notify/channels/http_options.h"
#include "exporters/notify/channels/message_text.h"
#include "exporters/notify/channels/robot_url.h"
#include "exporters/notify/content.h"

namespace ecsward::notify {
namespace {

using nlohmann::ordered_json;
using Kind = VendorCode::Kind;

constexpr std::size_t kTitleCharacters = 64;  // of a phone's notification

constexpr std::array<ChannelOption, 10> kOwnOptions{{
    {"url", OptionKind::kSecretUrl, "", "the robot's webhook, as the group's settings show it",
     false, CheckHttpUrl},
    {"access_token", OptionKind::kSecret, "", "of the webhook, in place of the whole url"},
    {"api_url", OptionKind::kUrl, "https://oapi.dingtalk.com/robot/send",
     "where an access_token is sent to", false, CheckHttpUrl},
    {"secret", OptionKind::kSecret, "",
     "SEC…: what messages are signed with, where the robot asks"},
    {"title", OptionKind::kTemplate, "", "what a phone shows; empty: the default title"},
    {"text", OptionKind::kTemplate, "", "all of the message, in markdown; empty: the default text"},
    {"at_mobiles", OptionKind::kList, "", "whom to mention when alerts fire, by mobile number",
     false, CheckMobile},
    {"at_all", OptionKind::kBool, "false", "mention everybody when alerts fire"},
    {"max_bytes", OptionKind::kInteger, "20000", "of a message as it is sent", false,
     CheckMessageBytes},
    {"rate_limit_wait", OptionKind::kDuration, "10m",
     "how long to leave the robot alone when it says that messages come too fast"},
}};
constexpr auto kOptions = JoinOptions(kOwnOptions, kHttpOptions);

constexpr VendorFields kFields[] = {{"errcode", "errmsg"}};
constexpr VendorCode kCodes[] = {
    {-1, Kind::kBusy, ""},
    {130101, Kind::kTooFast, "more than 20 messages a minute"},
    {410100, Kind::kTooFast, "more than 20 messages a minute"},
    {310000, Kind::kPermanent,
     "the robot's security setting: a keyword that the text lacks, the secret, this host's clock, "
     "or "
     "its address"},
    {300001, Kind::kPermanent, "no such access_token"},
    {300005, Kind::kPermanent, "no such access_token"},
    {400101, Kind::kPermanent, "no such access_token"},
    {400013, Kind::kPermanent, "the group is gone"},
    {400102, Kind::kPermanent, "the robot is switched off"},
    {400106, Kind::kPermanent, "the robot is gone"},
    {40035, Kind::kPermanent, "a parameter is missing"},
    {43004, Kind::kPermanent, "the content type"},
    {400105, Kind::kPermanent, "the kind of message"},
    {430101, Kind::kPermanent, "DingTalk does not like a link in the text"},
    {430102, Kind::kPermanent, "DingTalk does not like a word in the text"},
    {430103, Kind::kPermanent, "DingTalk does not like a picture in the text"},
    {430104, Kind::kPermanent, "DingTalk does not like the text"},
    {460101, Kind::kPermanent, "too long: lower max_bytes"},
};
constexpr VendorTraits kVendor{"DingTalk", kFields, kCodes};

class DingtalkChannel final : public Channel {
 public:
  DingtalkChannel(const ChannelSettings& settings, const ChannelWorld& world)
      : content_(*world.content),
        digests_(*world.digests),
        settings_(settings),
        sender_(settings, world),
        url_(RobotUrl(settings, "access_token", "access_token=")) {
    sender_.hidden().HideUrl(url_.Reveal());
    sender_.hidden().Hide(settings.SecretOf("secret").Reveal());
  }

  Delivery Send(const Notification& notification, const Attempt&) override {
    std::string problem;
    const std::string body = FitBody(static_cast<std::size_t>(settings_.Integer("max_bytes")),
                                     [&](std::size_t room, std::size_t& used) {
                                       MessageText made = Text(notification, room);
                                       used = made.text.size();
                                       problem = made.problem;
                                       return Message(notification, std::move(made));
                                     });
    HiddenWords hidden = sender_.hidden();
    const std::string url = SignedUrl(hidden);
    const HttpOutcome outcome = sender_.Perform(sender_.NewRequest(url, body));
    return WithTemplateProblem(
        JudgeVendor(outcome, kVendor, hidden, sender_.Now(), settings_.Duration("rate_limit_wait")),
        problem);
  }

 private:
  // DingTalk shows a mention only where the text has it.
  MessageText Text(const Notification& notification, std::size_t room) const {
    std::string mentions;
    if (notification.firing()) {
      for (const std::string& mobile : settings_.List("at_mobiles")) {
        mentions += fmt::format("{}@{}", mentions.empty() ? "" : " ", mobile);
      }
    }
    const MessageShape shape{.style = TextStyle::kMarkdown,
                             .title = {.bytes = 0, .characters = kTitleCharacters},
                             .heading = true,
                             .heading_mark = "### "};
    MessageText made =
        MakeMessageText(content_, settings_, notification, shape, RoomBefore(room, mentions));
    made.text = WithEnding(std::move(made.text), mentions);
    return made;
  }

  ordered_json Message(const Notification& notification, MessageText made) const {
    const bool mention = notification.firing();
    return {{"msgtype", "markdown"},
            {"markdown", {{"title", std::move(made.title)}, {"text", std::move(made.text)}}},
            {"at",
             {{"atMobiles", mention ? settings_.List("at_mobiles") : std::vector<std::string>()},
              {"isAtAll", mention && settings_.Flag("at_all")}}}};
  }

  // The signature is good for an hour: nobody is shown it.
  std::string SignedUrl(HiddenWords& hidden) const {
    const std::string& secret = settings_.SecretOf("secret").Reveal();
    if (secret.empty()) return url_.Reveal();
    const std::int64_t now = UnixMilliseconds(sender_.Now());
    const std::string sign = DingtalkSign(digests_, secret, now);
    hidden.Hide(sign);
    return fmt::format("{}{}timestamp={}&sign={}", url_.Reveal(),
                       url_.Reveal().find('?') == std::string::npos ? '?' : '&', now, sign);
  }

  const Content& content_;
  const Digests& digests_;
  const ChannelSettings settings_;
  HttpSender sender_;
  const Secret url_;
};

std::vector<std::string> Check(const ChannelSettings& settings) {
  return WantOneOf(settings, "url", "access_token");
}

}  // namespace

constinit const ChannelSpec kDingtalkChannel{
    .kind = "dingtalk",
    .help = "a robot in a DingTalk group",
    .options = kOptions,
    .limits = {.messages = 20, .window = std::chrono::milliseconds(60'000)},
    .check = Check,
    .make = [](const ChannelSettings& settings, const ChannelWorld& world)
        -> std::unique_ptr<Channel> { return std::make_unique<DingtalkChannel>(settings, world); },
};

}  // namespace ecsward::notify
