// directmail_configs: Alibaba Cloud DirectMail, SingleSendMail: mail without a relay of one's own.
//
// Its parameters are a form, since texts are long. It has no token against repetition: a call whose
// answer did not come is repeated, and the mail may then come twice.
#include "exporters/notify/channels/directmail.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "cloud/endpoints.h"
#include "cloud/openapi.h"
#include "exporters/notify/channels/aliyun_answer.h"
#include "exporters/notify/channels/mail_address.h"
#include "exporters/notify/channels/message_text.h"
#include "exporters/notify/channels/one_line.h"
#include "exporters/notify/content.h"

namespace ecsward::notify {
namespace {

constexpr std::string_view kVersion = "2015-11-23";
constexpr std::size_t kMostAddresses = 100;
constexpr std::size_t kMostAlias = 14;
constexpr TextLimit kSubject{0, 256};
// 80 kB are said of the query, 8 MB of the body: what either takes.
constexpr TextLimit kPart{std::size_t{64} << 10, 0};

Result<void> CheckAlias(std::string_view text) {
  if (OneLine(text) == text && CountCharacters(text) <= kMostAlias) return {};
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("want one line of at most {} characters", kMostAlias));
}

Result<void> CheckAccount(std::string_view text) {
  auto address = ParseMailAddress(text);
  if (!address) return std::move(address).error();
  if (address->name.empty()) return {};
  return Fail(ErrorCode::kInvalidArgument, "want the address alone; the name is from_alias");
}

constexpr ChannelOption kOptions[] = {
    {"to", OptionKind::kList, "", "Whom: addresses, also several with commas between.", true,
     CheckMailAddresses},
    {"account_name", OptionKind::kText, "", "The sender's address, as it was set up there.", true,
     CheckAccount},
    {"from_alias", OptionKind::kText, "", "The sender's name, at most 14 characters.", false,
     CheckAlias},
    {"subject", OptionKind::kTemplate, "", "Default: the built-in title."},
    {"html", OptionKind::kTemplate, "", "Default: the built-in text; \"\": no HTML."},
    {"text", OptionKind::kTemplate, "", "Default: the built-in text; \"\": no plain text."},
    {"tag_name", OptionKind::kText, "", "A tag for the service's statistics."},
    {"reply_to_address", OptionKind::kBool, "false", "Answers go to the address set up there."},
    {"region", OptionKind::kText, "", "Where the sender's address was set up; default: Hangzhou."},
    {"endpoint", OptionKind::kText, "", "A host of your own, instead of the region's."},
    {"timeout", OptionKind::kDuration, "20s", "For the call."},
};

std::vector<std::string> Addresses(const ChannelSettings& settings) {
  std::vector<std::string> all;
  for (const std::string& item : settings.List("to")) {
    auto addresses = ParseMailAddresses(item);
    if (!addresses) continue;  // the configuration was checked
    for (const MailAddress& address : *addresses) all.push_back(address.address);
  }
  return all;
}

std::vector<std::string> CheckTogether(const ChannelSettings& settings) {
  if (Addresses(settings).size() <= kMostAddresses) return {};
  return {fmt::format("to: at most {} addresses", kMostAddresses)};
}

class DirectmailChannel final : public Channel {
 public:
  DirectmailChannel(const ChannelSettings& settings, const ChannelWorld& world)
      : settings_(settings), world_(world) {
    call_.endpoint = settings.Text("endpoint").empty()
                         ? cloud::Endpoint(cloud::Product::kMail, settings.Text("region"))
                         : settings.Text("endpoint");
    call_.action = "SingleSendMail";
    call_.version = kVersion;
    call_.timeout = settings.Duration("timeout");
    call_.form = {{"AccountName", settings.Text("account_name")},
                  {"AddressType", "1"},
                  {"ReplyToAddress", settings.Flag("reply_to_address") ? "true" : "false"},
                  {"ToAddress", fmt::format("{}", fmt::join(Addresses(settings), ","))}};
    AddUnlessEmpty("FromAlias", settings.Text("from_alias"), call_.form);
    AddUnlessEmpty("TagName", settings.Text("tag_name"), call_.form);
  }

  Delivery Send(const Notification& notification, const Attempt&) override {
    std::string template_problem;
    // The built-in text where a template fails: an alert is not lost for a slip in a template.
    const auto text = [&](std::string_view option, TextLimit limit, auto built_in) -> std::string {
      const ChannelSettings::Value& setting = settings_.Get(option);
      if (!setting.given) return built_in();
      // What stands in labels is no HTML, whoever wrote it there.
      auto expanded = option == "html"
                          ? world_.content->ExpandHtml(setting.text, notification, limit)
                          : world_.content->Expand(setting.text, notification, limit);
      if (expanded) return *std::move(expanded);
      template_problem = fmt::format("{}: {}", option, ShortLine(expanded.error().message, 160));
      return built_in();
    };
    const Content& content = *world_.content;
    const auto body = [&](TextStyle style) { return content.Body(notification, style, kPart); };
    cloud::ApiCall call = call_;
    std::string subject = CutText(
        OneLine(text("subject", kSubject, [&] { return content.Title(notification, kSubject); })),
        kSubject);
    if (subject.empty()) subject = content.Title(notification, kSubject);
    call.form.emplace_back("Subject", std::move(subject));
    std::string html = text("html", kPart, [&] { return body(TextStyle::kHtml); });
    std::string plain = text("text", kPart, [&] { return body(TextStyle::kPlain); });
    if (html.empty() && plain.empty()) plain = body(TextStyle::kPlain);
    AddUnlessEmpty("HtmlBody", std::move(html), call.form);
    AddUnlessEmpty("TextBody", std::move(plain), call.form);

    const auto answer = world_.cloud->Call(call);
    Delivery delivery = answer ? Delivery() : FromApiFailure(answer.error());
    delivery.messages = 1;
    return WithTemplateProblem(std::move(delivery), template_problem);
  }

 private:
  static void AddUnlessEmpty(const char* name, std::string value, cloud::Parameters& form) {
    if (!value.empty()) form.emplace_back(name, std::move(value));
  }

  const ChannelSettings settings_;
  const ChannelWorld world_;
  cloud::ApiCall call_;  // all but the texts
};

}  // namespace

const ChannelSpec kDirectmailChannel{
    "directmail",
    "Mail through Alibaba Cloud DirectMail (SingleSendMail).",
    kOptions,
    {},
    false,
    false,  // as email_configs
    CheckTogether,
    [](const ChannelSettings& settings, const ChannelWorld& world) -> std::unique_ptr<Channel> {
      return std::make_unique<DirectmailChannel>(settings, world);
    },
};

}  // namespace ecsward::notify
