// The receiver tells duplicates by X-Ecsward-Notification-Id: it is the same for every attempt.
#include "exporters/notify/channels/webhook.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "exporters/notify/channels/http_channel.h"
#include "exporters/notify/channels/http_options.h"
#include "exporters/notify/channels/message_text.h"
#include "exporters/notify/channels/one_group.h"
#include "exporters/notify/content.h"

namespace ecsward::notify {
namespace {

constexpr char kIdHeader[] = "X-Ecsward-Notification-Id";
constexpr char kProblemHeader[] = "X-Ecsward-Template-Error";
constexpr std::string_view kJsonType = "application/json; charset=utf-8";

Result<void> CheckCount(std::string_view value) {
  if (!value.starts_with('-')) return {};
  return Fail(ErrorCode::kInvalidArgument, "want a number, 0 for all");
}

constexpr std::array<ChannelOption, 5> kOwnOptions{{
    {"url", OptionKind::kSecretUrl, "", "where to POST to; a secret, as it may carry a token", true,
     CheckHttpUrl},
    {"max_alerts", OptionKind::kInteger, "0",
     "at most so many alerts of a group, 0 for all; truncatedAlerts says how many are left out",
     false, CheckCount},
    {"headers", OptionKind::kTemplateMap, "", "headers to add"},
    {"body", OptionKind::kTemplate, "", "the body, in place of Alertmanager's JSON"},
    {"content_type", OptionKind::kText, kJsonType, "of the body"},
}};
constexpr auto kOptions = JoinOptions(kOwnOptions, kHttpOptions, kHttpConfigOptions);

bool SameHeader(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : int{c}; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// source: RFC 9110, 5.6.2
bool IsHeaderName(std::string_view name) {
  const auto token = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), token);
}

std::vector<std::string> Check(const ChannelSettings& settings) {
  std::vector<std::string> problems = CheckHttpConfig(settings);
  for (const auto& [name, value] : settings.Map("headers")) {
    if (!IsHeaderName(name)) problems.push_back("headers: a name that no header can have");
    for (const std::string_view ours :
         {std::string_view("Content-Length"), std::string_view("Transfer-Encoding"),
          std::string_view("Connection"), std::string_view("Host"), std::string_view(kIdHeader)}) {
      if (SameHeader(name, ours))
        problems.push_back(fmt::format("headers.{}: is set already", ours));
    }
    if (SameHeader(name, "Content-Type")) {
      problems.emplace_back("headers.Content-Type: there is content_type for it");
    }
  }
  return problems;
}

class WebhookChannel final : public Channel {
 public:
  WebhookChannel(const ChannelSettings& settings, const ChannelWorld& world)
      : content_(*world.content),
        sender_(settings, world),
        url_(settings.SecretOf("url")),
        max_alerts_(static_cast<std::size_t>(settings.Integer("max_alerts"))),
        headers_(settings.Map("headers")),
        body_(settings.Text("body")),
        content_type_(settings.Text("content_type")) {
    sender_.UseHttpConfig(settings);
    sender_.hidden().HideUrl(url_.Reveal());
  }

  Delivery Send(const Notification& notification, const Attempt&) override {
    std::string problem;
    HiddenWords hidden = sender_.hidden();
    HttpRequest request = sender_.NewRequest(url_.Reveal(), Body(notification, problem));
    if (!body_.empty() && problem.empty()) SetHeader(request, "Content-Type", content_type_);
    request.headers.emplace_back(kIdHeader, notification.id);
    AddHeaders(notification, request, hidden, problem);
    if (!problem.empty()) request.headers.emplace_back(kProblemHeader, problem);
    const HttpOutcome outcome = sender_.Perform(request);
    return WithTemplateProblem(JudgeHttp(outcome, hidden, sender_.Now()), problem);
  }

 private:
  std::string Body(const Notification& notification, std::string& problem) const {
    if (!body_.empty()) {
      auto made = content_.Expand(body_, notification);
      if (made) return *std::move(made);
      problem = sender_.hidden().Clean("body: " + made.error().message);
    }
    return DefaultBody(notification);
  }

  std::string DefaultBody(const Notification& notification) const {
    GroupNotice group = AsOneGroup(notification);
    const std::size_t all = group.alerts.size();
    if (max_alerts_ != 0 && all > max_alerts_) group.alerts.resize(max_alerts_);
    return WebhookJson(notification, group, content_.external_url(), all - group.alerts.size());
  }

  void AddHeaders(const Notification& notification, HttpRequest& request, HiddenWords& hidden,
                  std::string& problem) const {
    for (const auto& [name, text] : headers_) {
      auto made = content_.Expand(text, notification);
      if (!made) {
        if (problem.empty()) {
          problem = hidden.Clean(fmt::format("headers.{}: {}", name, made.error().message));
        }
        continue;
      }
      // A line break from a label would begin another header.
      std::replace_if(
          made->begin(), made->end(),
          [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }, ' ');
      hidden.Hide(*made);
      SetHeader(request, name, *made);
    }
  }

  static void SetHeader(HttpRequest& request, std::string_view name, const std::string& value) {
    std::erase_if(request.headers,
                  [&](const auto& header) { return SameHeader(header.first, name); });
    request.headers.emplace_back(name, value);
  }

  const Content& content_;
  HttpSender sender_;
  const Secret url_;
  const std::size_t max_alerts_;
  const std::vector<std::pair<std::string, std::string>> headers_;
  const std::string body_, content_type_;
};

}  // namespace

constinit const ChannelSpec kWebhookChannel{
    .kind = "webhook",
    .help = "Alertmanager's JSON, version 4, to a URL",
    .options = kOptions,
    .limits = {},
    .check = Check,
    .make = [](const ChannelSettings& settings, const ChannelWorld& world)
        -> std::unique_ptr<Channel> { return std::make_unique<WebhookChannel>(settings, world); },
};

}  // namespace ecsward::notify
