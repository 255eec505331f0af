// email_configs: a mail to a relay, in the words of Alertmanager's.
//
// When the relay takes the mail for some and refuses an address, each address is tried by itself,
// so that one who has left the company costs nobody else the alert. The Message-ID is that of the
// notification, so an attempt that was sent twice is shown once by most readers.
#include "exporters/notify/channels/email.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "exporters/notify/channels/mail_address.h"
#include "exporters/notify/channels/message_text.h"
#include "exporters/notify/channels/mime_message.h"
#include "exporters/notify/channels/net_failure.h"
#include "exporters/notify/channels/one_line.h"
#include "exporters/notify/channels/reached.h"
#include "exporters/notify/channels/several.h"
#include "exporters/notify/content.h"

namespace ecsward::notify {
namespace {

constexpr TextLimit kSubject{0, 200};
constexpr TextLimit kPart{std::size_t{256} << 10, 0};
constexpr std::uint16_t kSmtps = 465;  // TLS from the first byte: RFC 8314

struct Relay {
  std::string host;
  std::uint16_t port = 0;
};

// "smtp.example.com:587", "[2001:db8::1]:25"
Result<Relay> ParseRelay(std::string_view text) {
  const auto colon = text.rfind(':');
  Relay relay;
  if (colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    const auto read = std::from_chars(port.data(), port.data() + port.size(), relay.port);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    constexpr std::string_view kHost =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    const bool fine =
        !host.empty() &&
        (bracketed ? host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos
                   : host.find_first_not_of(kHost) == std::string_view::npos);
    relay.host = host;
    if (fine && read.ec == std::errc() && read.ptr == port.data() + port.size() && relay.port > 0) {
      return relay;
    }
  }
  return Fail(ErrorCode::kInvalidArgument,
              "want the relay's host and port, such as \"smtp.example.com:587\"");
}

Result<void> CheckRelay(std::string_view text) {
  auto relay = ParseRelay(text);
  if (!relay) return std::move(relay).error();
  return {};
}

Result<void> CheckThreads(std::string_view text) {
  if (text == "group" || text == "none") return {};
  return Fail(ErrorCode::kInvalidArgument, "want \"group\" or \"none\"");
}

Result<void> CheckHello(std::string_view text) {
  if (text.find_first_of(" \t\r\n") == std::string_view::npos) return {};
  return Fail(ErrorCode::kInvalidArgument, "want a host name such as \"web-1.example.com\"");
}

constexpr ChannelOption kOptions[] = {
    {"to", OptionKind::kList, "", "Whom: addresses, also several with commas between.", true,
     CheckMailAddresses},
    {"from", OptionKind::kText, "", "Who it is from: \"值班 <ops@example.com>\".", true,
     CheckMailAddress},
    {"smarthost", OptionKind::kText, "",
     "The relay, \"smtp.example.com:587\". On port 465 it is spoken to in TLS from the start.",
     true, CheckRelay},
    {"hello", OptionKind::kText, "", "What EHLO says; default: this host's name.", false,
     CheckHello},
    {"auth_username", OptionKind::kText, "", "The user; without one there is no authentication."},
    {"auth_password", OptionKind::kSecret, "", "The password, or auth_password_file."},
    {"require_tls", OptionKind::kBool, "true",
     "Refuse a relay that does not offer STARTTLS. False: everything is readable on the way."},
    {"tls_config.ca_file", OptionKind::kText, "",
     "Whom to trust besides those whom the system trusts: a PEM file."},
    {"subject", OptionKind::kTemplate, "", "Default: the built-in title."},
    {"html", OptionKind::kTemplate, "", "Default: the built-in text; \"\": no HTML."},
    {"text", OptionKind::kTemplate, "", "Default: the built-in text; \"\": no plain text."},
    {"headers", OptionKind::kTemplateMap, "",
     "More headers, such as Reply-To; Subject replaces `subject`."},
    {"threads", OptionKind::kText, "group",
     "Mails of one group below each other (\"group\"), or each alone (\"none\").", false,
     CheckThreads},
    {"timeout", OptionKind::kDuration, "20s", "For the whole of an attempt."},
};

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.substr(0, 4) == "127.";
}

bool IsSubject(std::string_view header) {
  std::string lower(header);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower == "subject";
}

std::vector<std::string> CheckTogether(const ChannelSettings& settings) {
  std::vector<std::string> problems;
  for (const auto& [name, value] : settings.Map("headers")) {
    if (auto ok = CheckExtraHeader(name); !ok) {
      problems.push_back("headers: " + ok.error().message);
    }
  }
  const bool user = !settings.Text("auth_username").empty();
  if (user && !settings.Get("auth_password").given) {
    problems.emplace_back("auth_username: want auth_password or auth_password_file as well");
  }
  const auto relay = ParseRelay(settings.Text("smarthost"));
  if (user && relay && !settings.Flag("require_tls") && relay->port != kSmtps &&
      !IsLoopback(relay->host)) {
    problems.emplace_back("require_tls: without TLS the password would be readable on the way");
  }
  return problems;
}

// SMTP's replies about who we are, not about the mail. source: RFC 4954, 6
bool IsAboutCredentials(const Mailer::Failure& failure) {
  const int reply = failure.reply;
  return reply == 530 || reply == 534 || reply == 535 || reply == 538 ||
         failure.net.error.code == ErrorCode::kDenied;
}

Delivery FromFailure(const Mailer::Failure& failure) {
  Delivery delivery = ToDelivery(failure.net);
  if (failure.reply < 400) return delivery;  // no answer, or none that refuses
  delivery.outcome = failure.reply < 500 ? Delivery::Outcome::kRetry : Delivery::Outcome::kRefused;
  delivery.reason = IsAboutCredentials(failure) ? "credentials" : "smtp";
  return delivery;
}

class EmailChannel final : public Channel {
 public:
  EmailChannel(const ChannelSettings& settings, const ChannelWorld& world)
      : settings_(settings), world_(world), from_(*ParseMailAddress(settings.Text("from"))) {
    for (const std::string& item : settings.List("to")) {
      const auto addresses = *ParseMailAddresses(item);
      to_.insert(to_.end(), addresses.begin(), addresses.end());
    }
    const Relay relay = *ParseRelay(settings.Text("smarthost"));
    request_.host = relay.host;
    request_.port = relay.port;
    using Security = MailRequest::Security;
    if (relay.port == kSmtps) {
      request_.security = Security::kTls;
    } else {
      request_.security = settings.Flag("require_tls") ? Security::kStartTls : Security::kNone;
    }
    request_.hello = settings.Text("hello");
    request_.user = settings.Text("auth_username");
    request_.password = settings.SecretOf("auth_password");
    request_.ca_file = settings.Text("tls_config.ca_file");
    request_.from = from_.address;
    request_.timeout = settings.Duration("timeout");
  }

  Delivery Send(const Notification& notification, const Attempt&) override {
    reached_.Begin(notification.id);
    template_problem_.clear();
    MailRequest request = request_;
    request.message = ToWireText(Message(notification));
    return WithTemplateProblem(SendToAll(std::move(request)), template_problem_);
  }

 private:
  Delivery SendToAll(MailRequest request) {
    SeveralDeliveries sum;
    for (const MailAddress& to : to_) {
      if (reached_.Has(to.address)) {
        sum.AddReachedBefore();
      } else {
        request.to.push_back(to.address);
      }
    }
    if (request.to.empty()) return std::move(sum).Sum();
    Delivery together = SendTo(request);
    const bool address_refused =
        together.outcome == Delivery::Outcome::kRefused && together.reason == "smtp";
    if (request.to.size() == 1 || !address_refused) {
      sum.Add(std::move(together));
      return std::move(sum).Sum();
    }
    for (const std::string& to : std::exchange(request.to, {})) {
      request.to = {to};
      sum.Add(SendTo(request));
    }
    return std::move(sum).Sum();
  }

  Delivery SendTo(const MailRequest& request) {
    if (auto sent = world_.mailer->Send(request); !sent) return FromFailure(sent.error());
    for (const std::string& to : request.to) reached_.Add(to);
    return {};
  }

  // The template's text; the built-in one where there is none, or where it fails: an alert is not
  // lost for a slip in a template.
  template <class BuiltIn>
  std::string Text(std::string_view option, const Notification& notification, TextLimit limit,
                   BuiltIn built_in) {
    const ChannelSettings::Value& setting = settings_.Get(option);
    if (!setting.given) return built_in();
    auto text = world_.content->Expand(setting.text, notification, limit);
    if (text) return *std::move(text);
    NoteTemplate(option, text.error());
    return built_in();
  }

  void NoteTemplate(std::string_view option, const Error& error) {
    template_problem_ = fmt::format("{}: {}", option, ShortLine(error.message, 160));
  }

  MimeMessage Message(const Notification& notification) {
    const Content& content = *world_.content;
    MimeMessage message;
    message.from = from_;
    message.to = to_;
    message.subject = Text("subject", notification, kSubject,
                           [&] { return content.Title(notification, kSubject); });
    message.html = Text("html", notification, kPart,
                        [&] { return content.Body(notification, TextStyle::kHtml, kPart); });
    message.text = Text("text", notification, kPart,
                        [&] { return content.Body(notification, TextStyle::kPlain, kPart); });
    if (message.html.empty() && message.text.empty()) {
      message.text = content.Body(notification, TextStyle::kPlain, kPart);
    }
    message.date_ms = UnixMilliseconds(world_.clock->Wall());
    const std::string_view domain = DomainOf(from_.address);
    message.message_id = fmt::format("{}@{}", ToIdText(notification.id), domain);
    message.thread_id = ThreadId(notification, domain);
    for (const auto& [name, value] : settings_.Map("headers")) {
      auto text = content.Expand(value, notification, kSubject);
      if (!text) NoteTemplate(name, text.error());
      if (!text || text->empty()) continue;
      if (IsSubject(name)) {
        message.subject = *std::move(text);
      } else {
        message.headers.emplace_back(name, *std::move(text));
      }
    }
    return message;
  }

  // The mail that all of a group are answers to. It was never sent: readers put the answers to a
  // mail that they do not have below each other, and none of ours has to be remembered. Hosts whose
  // groups have the same name are told apart by their labels.
  std::string ThreadId(const Notification& notification, std::string_view domain) const {
    if (settings_.Text("threads") == "none" || notification.groups.empty()) return {};
    const GroupNotice& group = notification.groups.front();
    const bool one_group =
        std::all_of(notification.groups.begin(), notification.groups.end(),
                    [&](const GroupNotice& other) { return other.group_key == group.group_key; });
    if (!one_group) return {};
    std::string who = group.group_key;
    if (!group.alerts.empty()) {
      for (const std::string_view label : {"instance_id", "hostname"}) {
        who += '\0';
        who += Get(group.alerts.front().labels, label);
      }
    }
    const Sha256Digest digest = world_.digests->Sha256(who);
    const std::string bytes(digest.begin(), digest.begin() + 12);
    return fmt::format("group-{}@{}", HexLower(bytes), domain);
  }

  const ChannelSettings settings_;
  const ChannelWorld world_;
  const MailAddress from_;
  std::vector<MailAddress> to_;
  MailRequest request_;  // all but whom and what
  Reached reached_;
  std::string template_problem_;  // of this Send
};

}  // namespace

const ChannelSpec kEmailChannel{
    "email",
    "Mail through an SMTP relay; settings as Alertmanager's.",
    kOptions,
    {},
    false,
    false,  // as Alertmanager: who wants mails of resolved alerts says so
    CheckTogether,
    [](const ChannelSettings& settings, const ChannelWorld& world) -> std::unique_ptr<Channel> {
      return std::make_unique<EmailChannel>(settings, world);
    },
};

}  // namespace ecsward::notify
