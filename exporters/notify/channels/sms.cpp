// sms_configs: Alibaba Cloud SendSms, one call for all numbers.
//
// SendSms cannot be repeated without a second message, and a second bill. So when the answer to an
// earlier attempt did not come, the service is asked first (QuerySendDetails) for messages of today
// with our OutId; only to whom there is none, it is sent again. While the service cannot be asked
// it is not sent either, since the same road leads to both; but where asking is not permitted, or
// makes no sense to the service, it is sent: a second message is better than none.
#include "exporters/notify/channels/sms.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "cloud/endpoints.h"
#include "cloud/openapi.h"
#include "exporters/notify/channels/aliyun_answer.h"
#include "exporters/notify/channels/beijing_day.h"
#include "exporters/notify/channels/message_text.h"
#include "exporters/notify/channels/phone_number.h"
#include "exporters/notify/channels/reached.h"
#include "exporters/notify/channels/several.h"
#include "exporters/notify/channels/template_params.h"
#include "exporters/notify/content.h"

namespace ecsward::notify {
namespace {

using Outcome = Delivery::Outcome;

constexpr std::string_view kVersion = "2017-05-25";
constexpr std::size_t kMostNumbers = 1000;  // of one call
constexpr std::size_t kMostOutId = 64;      // what is allowed is not documented
// Numbers are sent to by one call, so what became of these tells of the rest.
constexpr std::size_t kMostAsked = 20;
constexpr std::size_t kPageSize = 50;  // the most that the API gives
constexpr std::size_t kMostPages = 20;
constexpr int kMostDaysBack = 2;

Result<void> CheckText(std::string_view text) {
  if (!text.empty() && text.find_first_of("\r\n") == std::string_view::npos) return {};
  return Fail(ErrorCode::kInvalidArgument, "want one line of text");
}

constexpr ChannelOption kOptions[] = {
    {"phone_numbers", OptionKind::kList, "",
     "Whom: numbers of mainland China, others with \"+\" and country code.", true, CheckSmsNumber},
    {"sign_name", OptionKind::kText, "", "The signature, as it was approved.", true, CheckText},
    {"template_code", OptionKind::kText, "", "The template, \"SMS_123456789\".", true, CheckText},
    {"template_params", OptionKind::kTemplateMap, "", "What fills the template's variables."},
    {"param_limit", OptionKind::kInteger, "35", "The most characters of a variable."},
    {"region", OptionKind::kText, "", "Which endpoint: \"cn-hangzhou\"; default: the mainland's."},
    {"endpoint", OptionKind::kText, "", "A host of your own, instead of the region's."},
    {"timeout", OptionKind::kDuration, "10s", "For each call."},
};

// The numbers as the API takes them, each once.
std::vector<std::string> Numbers(const ChannelSettings& settings) {
  std::vector<std::string> numbers;
  for (const std::string& text : settings.List("phone_numbers")) {
    auto number = ParsePhoneNumber(text);
    if (!number) continue;  // the configuration was checked
    if (std::find(numbers.begin(), numbers.end(), number->digits) == numbers.end()) {
      numbers.push_back(std::move(number->digits));
    }
  }
  return numbers;
}

std::vector<std::string> CheckTogether(const ChannelSettings& settings) {
  std::vector<std::string> problems;
  if (Numbers(settings).size() > kMostNumbers) {
    problems.push_back(fmt::format("phone_numbers: at most {}", kMostNumbers));
  }
  for (const auto& [name, text] : settings.Map("template_params")) {
    if (auto ok = CheckParamName(name); !ok) {
      problems.push_back("template_params: " + ok.error().message);
    }
  }
  const std::int64_t limit = settings.Integer("param_limit");
  if (limit < 1 || limit > 500) problems.emplace_back("param_limit: want 1 to 500");
  return problems;
}

std::string Joined(const std::vector<std::string>& numbers) {
  return fmt::format("{}", fmt::join(numbers, ","));
}

class SmsChannel final : public Channel {
 public:
  SmsChannel(const ChannelSettings& settings, const ChannelWorld& world)
      : world_(world),
        numbers_(Numbers(settings)),
        params_(settings.Map("template_params")),
        param_limit_(static_cast<std::size_t>(settings.Integer("param_limit"))) {
    call_.endpoint = settings.Text("endpoint").empty()
                         ? cloud::Endpoint(cloud::Product::kSms, settings.Text("region"))
                         : settings.Text("endpoint");
    call_.version = kVersion;
    call_.timeout = settings.Duration("timeout");
    sign_ = {{"SignName", settings.Text("sign_name")},
             {"TemplateCode", settings.Text("template_code")}};
  }

  Delivery Send(const Notification& notification, const Attempt& attempt) override {
    reached_.Begin(notification.id);
    const std::string out_id = notification.id.substr(0, kMostOutId);
    if (attempt.may_be_there) {
      if (auto wait = LookForEarlier(notification, out_id)) return *std::move(wait);
    }
    const TemplateParams params =
        ExpandParams(params_, notification, *world_.content, param_limit_);
    return WithTemplateProblem(SendToAll(params.json, out_id), params.problem);
  }

 private:
  Delivery SendToAll(const std::string& params, const std::string& out_id) {
    SeveralDeliveries sum;
    std::vector<std::string> numbers;
    for (const std::string& number : numbers_) {
      if (reached_.Has(number)) {
        sum.AddReachedBefore();
      } else {
        numbers.push_back(number);
      }
    }
    // The attempt that sent them has counted them.
    if (numbers.empty()) return std::move(sum).Sum();
    Delivery together = SendTo(numbers, params, out_id);
    if (numbers.size() == 1 || !one_number_is_wrong_) {
      sum.Add(std::move(together));
      return std::move(sum).Sum();
    }
    for (const std::string& number : numbers) sum.Add(SendTo({number}, params, out_id));
    return std::move(sum).Sum();
  }

  Delivery SendTo(const std::vector<std::string>& numbers, const std::string& params,
                  const std::string& out_id) {
    cloud::ApiCall call = call_;
    call.action = "SendSms";
    call.query = sign_;
    call.query.emplace_back("PhoneNumbers", Joined(numbers));
    if (!params.empty()) call.query.emplace_back("TemplateParam", params);
    call.query.emplace_back("OutId", out_id);
    one_number_is_wrong_ = false;
    const auto answer = world_.cloud->Call(call);
    Delivery delivery = answer ? Judge(answer->body) : FromApiFailure(answer.error());
    if (!answer) one_number_is_wrong_ = IsWrongNumber(answer.error().code);
    const bool may_cost =
        delivery.outcome == Outcome::kDelivered || delivery.outcome == Outcome::kUnclear;
    delivery.messages = may_cost ? static_cast<int>(numbers.size()) : 0;
    if (delivery.outcome == Outcome::kDelivered) {
      for (const std::string& number : numbers) reached_.Add(number);
    }
    return delivery;
  }

  Delivery Judge(std::string_view body) {
    const auto answer = ParseMessageAnswer(body);
    if (!answer) {
      Delivery unclear;
      unclear.outcome = Outcome::kUnclear;
      unclear.reason = "garbage";
      unclear.problem = "SendSms: " + answer.error().message;
      return unclear;
    }
    if (answer->code == "OK") return {};
    one_number_is_wrong_ = IsWrongNumber(answer->code);
    return FromBusinessCode("SendSms", *answer);
  }

  // The whole call is refused for it, so that the others have to be sent to by themselves.
  static bool IsWrongNumber(std::string_view code) {
    return code == "isv.MOBILE_NUMBER_ILLEGAL" || code == "isv.MOBILE_COUNT_OVER_LIMIT";
  }

  // Whom an attempt without an answer has reached goes into `reached_`. A value: it has to wait.
  std::optional<Delivery> LookForEarlier(const Notification& notification,
                                         const std::string& out_id) {
    const std::size_t asked = std::min(numbers_.size(), kMostAsked);
    std::size_t found = 0;
    for (std::size_t i = 0; i < asked; ++i) {
      auto there = IsThere(numbers_[i], notification, out_id);
      if (!there) {
        const Delivery failed = std::move(there).error();
        if (failed.outcome == Outcome::kRefused) return std::nullopt;  // cannot be asked: send
        return Waiting(failed);
      }
      if (!*there) continue;
      reached_.Add(numbers_[i]);
      ++found;
    }
    if (found > 0) {
      for (std::size_t i = asked; i < numbers_.size(); ++i) reached_.Add(numbers_[i]);
    }
    return std::nullopt;
  }

  static Delivery Waiting(const Delivery& failed) {
    Delivery wait = failed;
    wait.outcome = Outcome::kRetry;  // this attempt sent nothing
    wait.problem = "not sent again before it is known whether it was: " + failed.problem;
    wait.messages = 0;
    return wait;
  }

  // Whether there is a message of ours to this number.
  tl::expected<bool, Delivery> IsThere(const std::string& number, const Notification& notification,
                                       const std::string& out_id) {
    using std::chrono::days;
    const auto today = BeijingDay(UnixMilliseconds(world_.clock->Wall()));
    auto day = today;
    if (!notification.groups.empty()) {
      day = std::clamp(BeijingDay(notification.groups.front().at_ms), today - days(kMostDaysBack),
                       today);
    }
    for (; day <= today; day += days(1)) {
      auto there = IsThereOn(std::chrono::year_month_day(day), number, out_id);
      if (!there || *there) return there;
    }
    return false;
  }

  tl::expected<bool, Delivery> IsThereOn(std::chrono::year_month_day day, const std::string& number,
                                         const std::string& out_id) {
    cloud::ApiCall call = call_;
    call.action = "QuerySendDetails";
    for (std::size_t page = 1, seen = 0; page <= kMostPages; ++page) {
      call.query = {{"PhoneNumber", number},
                    {"SendDate", fmt::format("{:04}{:02}{:02}", static_cast<int>(day.year()),
                                             static_cast<unsigned>(day.month()),
                                             static_cast<unsigned>(day.day()))},
                    {"PageSize", std::to_string(kPageSize)},
                    {"CurrentPage", std::to_string(page)}};
      const auto answer = world_.cloud->Call(call);
      if (!answer) return tl::unexpected(FromApiFailure(answer.error()));
      const auto details = ParseSendDetails(answer->body);
      if (!details) {
        Delivery garbage;
        garbage.outcome = Outcome::kRetry;
        garbage.reason = "garbage";
        garbage.problem = "QuerySendDetails: " + details.error().message;
        return tl::unexpected(std::move(garbage));
      }
      if (details->code != "OK") {
        return tl::unexpected(FromBusinessCode(
            "QuerySendDetails", {details->code, details->message, details->request_id}));
      }
      const std::vector<std::string>& ids = details->out_ids;
      if (std::find(ids.begin(), ids.end(), out_id) != ids.end()) return true;
      seen += ids.size();
      if (ids.empty() || seen >= details->total) return false;
    }
    return false;
  }

  const ChannelWorld world_;
  const std::vector<std::string> numbers_;
  const std::vector<std::pair<std::string, std::string>> params_;
  const std::size_t param_limit_;
  cloud::ApiCall call_;
  cloud::Parameters sign_;
  Reached reached_;
  bool one_number_is_wrong_ = false;  // said by the last SendSms
};

}  // namespace

const ChannelSpec kSmsChannel{
    "sms",
    "Alibaba Cloud SMS (SendSms), by an approved template.",
    kOptions,
    {},
    true,
    true,
    CheckTogether,
    [](const ChannelSettings& settings, const ChannelWorld& world) -> std::unique_ptr<Channel> {
      return std::make_unique<SmsChannel>(settings, world);
    },
    [](const ChannelSettings& settings) { return static_cast<int>(Numbers(settings).size()); },
};

}  // namespace ecsward::notify
