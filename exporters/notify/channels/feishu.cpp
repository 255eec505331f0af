// Feishu and Lark are one product under two domains. A robot takes 100 messages a minute and 5 a
// second, and about 20 kB each.
// source: Feishu's documentation of custom bots, open.feishu.cn, bot-v3/add-custom-bot
#include "exporters/notify/channels/feishu.h"

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

constexpr std::size_t kTitleCharacters = 100;

Result<void> CheckMessageType(std::string_view type) {
  if (type == "interactive" || type == "text") return {};
  return Fail(ErrorCode::kInvalidArgument, "want \"interactive\" or \"text\"");
}

constexpr std::array<ChannelOption, 11> kOwnOptions{{
    {"url", OptionKind::kSecretUrl, "", "the bot's webhook, as the group shows it", false,
     CheckHttpUrl},
    {"hook_id", OptionKind::kSecret, "", "the end of the webhook, in place of the whole url"},
    {"api_url", OptionKind::kUrl, "https://open.feishu.cn/open-apis/bot/v2/hook/",
     "where a hook_id belongs to; Lark's is https://open.larksuite.com/open-apis/bot/v2/hook/",
     false, CheckHttpUrl},
    {"secret", OptionKind::kSecret, "", "what messages are signed with, where the bot asks"},
    {"msg_type", OptionKind::kText, "interactive", "\"interactive\", a card, or \"text\"", false,
     CheckMessageType},
    {"title", OptionKind::kTemplate, "", "the card's header; empty: the default title"},
    {"text", OptionKind::kTemplate, "", "the card, in lark_md, or the text; empty: the default"},
    {"at_ids", OptionKind::kList, "", "whom to mention when alerts fire, by open_id or user_id"},
    {"at_all", OptionKind::kBool, "false", "mention everybody when alerts fire"},
    {"max_bytes", OptionKind::kInteger, "20000", "of a message as it is sent", false,
     CheckMessageBytes},
    {"rate_limit_wait", OptionKind::kDuration, "1m",
     "how long to leave the bot alone when it says that messages come too fast"},
}};
constexpr auto kOptions = JoinOptions(kOwnOptions, kHttpOptions);

constexpr VendorFields kFields[] = {{"code", "msg"}, {"StatusCode", "StatusMessage"}};
constexpr VendorCode kCodes[] = {
    {11232, Kind::kTooFast, "more than 100 messages a minute or 5 a second"},
    {19001, Kind::kPermanent, "no such webhook"},
    {19002, Kind::kPermanent, "the webhook"},
    {19021, Kind::kPermanent, "the secret does not fit, or this host's clock is wrong by an hour"},
    {19022, Kind::kPermanent, "the bot does not take messages from this host's address"},
    {19024, Kind::kPermanent, "the text lacks the bot's keyword"},
    {19036, Kind::kPermanent, "the webhook is switched off"},
};
constexpr VendorTraits kVendor{"Feishu", kFields, kCodes};

std::vector<std::string> Check(const ChannelSettings& settings) {
  return WantOneOf(settings, "url", "hook_id");
}

std::string_view ColourOf(Mood mood) {
  switch (mood) {
    case Mood::kFiring:
      return "red";
    case Mood::kResolved:
      return "green";
    default:
      return "blue";
  }
}

class FeishuChannel final : public Channel {
 public:
  FeishuChannel(const ChannelSettings& settings, const ChannelWorld& world)
      : content_(*world.content),
        digests_(*world.digests),
        settings_(settings),
        sender_(settings, world),
        url_(RobotUrl(settings, "hook_id", "")),
        card_(settings.Text("msg_type") == "interactive") {
    sender_.hidden().HideUrl(url_.Reveal());
    sender_.hidden().Hide(settings.SecretOf("secret").Reveal());
  }

  Delivery Send(const Notification& notification, const Attempt&) override {
    std::string problem;
    HiddenWords hidden = sender_.hidden();
    const ordered_json signature = Signature(hidden);
    const std::string body =
        FitBody(static_cast<std::size_t>(settings_.Integer("max_bytes")),
                [&](std::size_t room, std::size_t& used) {
                  const MessageText made = Text(notification, room);
                  used = made.text.size();
                  problem = made.problem;
                  ordered_json message = signature;
                  message.update(card_ ? Card(notification, made) : PlainText(made));
                  return message;
                });
    const HttpOutcome outcome = sender_.Perform(sender_.NewRequest(url_.Reveal(), body));
    return WithTemplateProblem(
        JudgeVendor(outcome, kVendor, hidden, sender_.Now(), settings_.Duration("rate_limit_wait")),
        problem);
  }

 private:
  MessageText Text(const Notification& notification, std::size_t room) const {
    const std::string mentions = notification.firing() ? Mentions() : "";
    const MessageShape shape{.style = card_ ? TextStyle::kLark : TextStyle::kPlain,
                             .title = {.bytes = 0, .characters = kTitleCharacters},
                             .heading = !card_};
    MessageText made =
        MakeMessageText(content_, settings_, notification, shape, RoomBefore(room, mentions));
    made.text = WithEnding(std::move(made.text), mentions);
    return made;
  }

  std::string Mentions() const {
    const std::string_view form =
        card_ ? std::string_view("<at id={}></at>") : std::string_view("<at user_id=\"{}\"></at>");
    std::string mentions;
    const auto add = [&](std::string_view id) { mentions += fmt::format(fmt::runtime(form), id); };
    if (settings_.Flag("at_all")) add("all");
    for (const std::string& id : settings_.List("at_ids")) add(id);
    return mentions;
  }

  static ordered_json Card(const Notification& notification, const MessageText& made) {
    return {{"msg_type", "interactive"},
            {"card",
             {{"config", {{"wide_screen_mode", true}}},
              {"header",
               {{"template", ColourOf(MoodOf(notification))},
                {"title", {{"tag", "plain_text"}, {"content", made.title}}}}},
              {"elements",
               ordered_json::array(
                   {{{"tag", "div"}, {"text", {{"tag", "lark_md"}, {"content", made.text}}}}})}}}};
  }

  static ordered_json PlainText(const MessageText& made) {
    return {{"msg_type", "text"}, {"content", {{"text", made.text}}}};
  }

  ordered_json Signature(HiddenWords& hidden) const {
    const std::string& secret = settings_.SecretOf("secret").Reveal();
    if (secret.empty()) return ordered_json::object();
    const std::int64_t seconds = UnixMilliseconds(sender_.Now()) / 1000;
    const std::string sign = FeishuSign(digests_, secret, seconds);
    hidden.Hide(sign);
    return {{"timestamp", std::to_string(seconds)}, {"sign", sign}};
  }

  const Content& content_;
  const Digests& digests_;
  const ChannelSettings settings_;
  HttpSender sender_;
  const Secret url_;
  const bool card_;
};

}  // namespace

constinit const ChannelSpec kFeishuChannel{
    .kind = "feishu",
    .help = "a bot in a Feishu (飞书) or Lark group",
    .options = kOptions,
    // Of any 3 seconds: neither 5 a second nor 100 a minute is passed.
    .limits = {.messages = 5, .window = std::chrono::milliseconds(3'000)},
    .check = Check,
    .make = [](const ChannelSettings& settings, const ChannelWorld& world)
        -> std::unique_ptr<Channel> { return std::make_unique<FeishuChannel>(settings, world); },
};

}  // namespace ecsward::notify
