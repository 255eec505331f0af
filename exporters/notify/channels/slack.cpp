// The title is the message, so that it is what a phone shows; the rest is an attachment with the
// state's colour at its side.
#include "exporters/notify/channels/slack.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json_fields.h"
#include "exporters/notify/channels/http_channel.h"
#include "exporters/notify/channels/http_options.h"
#include "exporters/notify/channels/message_text.h"
#include "exporters/notify/content.h"

namespace ecsward::notify {
namespace {

using nlohmann::ordered_json;
using Outcome = Delivery::Outcome;

constexpr std::size_t kTitleCharacters = 300;

Result<void> CheckCharacters(std::string_view value) {
  if (value.size() >= 3 && !value.starts_with('-')) return {};
  return Fail(ErrorCode::kInvalidArgument, "want a number of characters, at least 100");
}

constexpr std::array<ChannelOption, 9> kOwnOptions{{
    {"api_url", OptionKind::kSecretUrl, "", "the incoming webhook", true, CheckHttpUrl},
    {"channel", OptionKind::kTemplate, "", "where to, when it is not the webhook's own channel"},
    {"username", OptionKind::kTemplate, "", "who it comes from"},
    {"icon_emoji", OptionKind::kTemplate, "", "an icon, as \":fire:\""},
    {"title", OptionKind::kTemplate, "", "the message; empty: the default title"},
    {"title_link", OptionKind::kTemplate, "", "where the title leads to"},
    {"text", OptionKind::kTemplate, "", "the attachment, in mrkdwn; empty: the default text"},
    {"mrkdwn", OptionKind::kBool, "true", "whether Slack reads it as mrkdwn"},
    {"max_characters", OptionKind::kInteger, "8000", "of the attachment; what is over is cut",
     false, CheckCharacters},
}};
constexpr auto kOptions = JoinOptions(kOwnOptions, kHttpOptions, kHttpConfigOptions);

std::string_view ColourOf(Mood mood) {
  switch (mood) {
    case Mood::kFiring:
      return "danger";
    case Mood::kResolved:
      return "good";
    default:
      return "#3aa3e3";
  }
}

class SlackChannel final : public Channel {
 public:
  SlackChannel(const ChannelSettings& settings, const ChannelWorld& world)
      : content_(*world.content), settings_(settings), sender_(settings, world) {
    sender_.UseHttpConfig(settings);
    sender_.hidden().HideUrl(settings.SecretOf("api_url").Reveal());
  }

  Delivery Send(const Notification& notification, const Attempt&) override {
    std::string problem;
    const std::string body = DumpJson(Message(notification, problem));
    const HttpOutcome outcome =
        sender_.Perform(sender_.NewRequest(settings_.SecretOf("api_url").Reveal(), body));
    return WithTemplateProblem(JudgeSlack(outcome), problem);
  }

 private:
  ordered_json Message(const Notification& notification, std::string& problem) const {
    const MessageShape shape{.style = TextStyle::kSlack,
                             .title = {.bytes = 0, .characters = kTitleCharacters}};
    const auto characters = static_cast<std::size_t>(settings_.Integer("max_characters"));
    const MessageText made = MakeMessageText(content_, settings_, notification, shape,
                                             {.bytes = 0, .characters = characters});
    problem = made.problem;
    const std::string title =
        made.own_title ? made.title : EscapeText(made.title, TextStyle::kSlack);
    ordered_json message = ordered_json::object();
    for (const char* name : {"channel", "username", "icon_emoji"}) {
      const std::string value = Small(name, notification, problem);
      if (!value.empty()) message[name] = value;
    }
    const std::string link = Small("title_link", notification, problem);
    const bool mrkdwn = settings_.Flag("mrkdwn");
    message["text"] = link.empty() ? title : fmt::format("<{}|{}>", link, title);
    message["mrkdwn"] = mrkdwn;
    ordered_json attachment = {
        {"color", ColourOf(MoodOf(notification))}, {"fallback", made.title}, {"text", made.text}};
    if (mrkdwn) attachment["mrkdwn_in"] = ordered_json::array({"text"});
    message["attachments"] = ordered_json::array({std::move(attachment)});
    return message;
  }

  // A small template; when it fails it is as if it were not there.
  std::string Small(std::string_view name, const Notification& notification,
                    std::string& problem) const {
    const std::string& text = settings_.Text(name);
    if (text.empty()) return "";
    auto made = content_.Expand(text, notification);
    if (made) return *std::move(made);
    if (problem.empty()) {
      problem = sender_.hidden().Clean(fmt::format("{}: {}", name, made.error().message));
    }
    return "";
  }

  // Webhooks answer "ok"; the API, and others' imitations, JSON.
  Delivery JudgeSlack(const HttpOutcome& outcome) const {
    Delivery delivery = sender_.Judge(outcome);
    if (delivery.outcome != Outcome::kDelivered) return delivery;
    if (outcome->body == "ok" || outcome->body == "ok\n") return delivery;
    const auto json = nlohmann::json::parse(outcome->body, nullptr, false);
    if (!json.is_object() || outcome->cut) {
      return {.outcome = Outcome::kRetry,
              .reason = "garbage",
              .problem = "no answer of Slack's" + sender_.hidden().Quote(outcome->body),
              .retry_after = std::nullopt};
    }
    if (FlagAt(json, "ok") || FlagAt(json, "success")) return delivery;
    const std::string error = TextAt(json, "error");
    const bool known = error == "channel_not_found" || error == "is_archived" ||
                       error == "invalid_auth" || error == "not_authed" ||
                       error == "token_revoked" || error == "account_inactive" ||
                       error == "not_in_channel" || error == "no_text";
    const bool too_fast = error == "ratelimited" || error == "rate_limited";
    return {
        .outcome = known ? Outcome::kRefused : Outcome::kRetry,
        .reason = too_fast ? "rate_limited" : "api_code",
        .problem = "Slack answered" + sender_.hidden().Quote(error.empty() ? outcome->body : error),
        .retry_after = std::nullopt};
  }

  const Content& content_;
  const ChannelSettings settings_;
  HttpSender sender_;
};

}  // namespace

constinit const ChannelSpec kSlackChannel{
    .kind = "slack",
    .help = "Slack, or what takes its incoming webhooks",
    .options = kOptions,
    .limits = {.messages = 1, .window = std::chrono::milliseconds(1000)},
    .check = CheckHttpConfig,
    .make = [](const ChannelSettings& settings, const ChannelWorld& world)
        -> std::unique_ptr<Channel> { return std::make_unique<SlackChannel>(settings, world); },
};

}  // namespace ecsward::notify
