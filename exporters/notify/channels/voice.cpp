// voice_configs: Alibaba Cloud SingleCallByTts, which rings one number and reads a template aloud.
//
// Each number is called by itself; whom a notification has reached is not called again when another
// number failed. A call whose answer did not come is repeated: the service cannot be asked by
// OutId, and a phone that rings twice is better than one that does not.
#include "exporters/notify/channels/voice.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "cloud/endpoints.h"
#include "cloud/openapi.h"
#include "exporters/notify/channels/aliyun_answer.h"
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
constexpr std::size_t kMostNumbers = 20;  // one after the other: those behind wait for the first
constexpr std::size_t kMostOutId = 15;    // bytes

Result<void> CheckTtsCode(std::string_view text) {
  if (!text.empty() && text.find_first_of(" \r\n") == std::string_view::npos) return {};
  return Fail(ErrorCode::kInvalidArgument, "want a template's code such as \"TTS_123456789\"");
}

constexpr ChannelOption kOptions[] = {
    {"called_number", OptionKind::kList, "",
     "Whom: numbers of mainland China (landlines, too), others with \"+\" and country code.", true,
     CheckVoiceNumber},
    {"called_show_number", OptionKind::kText, "",
     "The number that is shown; default: one of the service's public ones."},
    {"tts_code", OptionKind::kText, "", "The template, \"TTS_123456789\".", true, CheckTtsCode},
    {"tts_params", OptionKind::kTemplateMap, "", "What fills the template's variables."},
    {"param_limit", OptionKind::kInteger, "35", "The most characters of a variable."},
    {"play_times", OptionKind::kInteger, "3", "How often it is read, 1 to 3."},
    {"volume", OptionKind::kInteger, "100", "0 to 100."},
    {"region", OptionKind::kText, "", "Which endpoint; default: the mainland's."},
    {"endpoint", OptionKind::kText, "", "A host of your own, instead of the region's."},
    {"timeout", OptionKind::kDuration, "10s", "For each call of the API."},
};

std::vector<std::string> Numbers(const ChannelSettings& settings) {
  std::vector<std::string> numbers;
  for (const std::string& text : settings.List("called_number")) {
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
    problems.push_back(fmt::format("called_number: at most {}", kMostNumbers));
  }
  for (const auto& [name, text] : settings.Map("tts_params")) {
    if (auto ok = CheckParamName(name); !ok) {
      problems.push_back("tts_params: " + ok.error().message);
    }
  }
  const auto between = [&](std::string_view option, std::int64_t least, std::int64_t most) {
    const std::int64_t value = settings.Integer(option);
    if (value < least || value > most) {
      problems.push_back(fmt::format("{}: want {} to {}", option, least, most));
    }
  };
  between("param_limit", 1, 500);
  between("play_times", 1, 3);
  between("volume", 0, 100);
  return problems;
}

class VoiceChannel final : public Channel {
 public:
  VoiceChannel(const ChannelSettings& settings, const ChannelWorld& world)
      : world_(world),
        numbers_(Numbers(settings)),
        params_(settings.Map("tts_params")),
        param_limit_(static_cast<std::size_t>(settings.Integer("param_limit"))) {
    call_.endpoint = settings.Text("endpoint").empty()
                         ? cloud::Endpoint(cloud::Product::kVoice, settings.Text("region"))
                         : settings.Text("endpoint");
    call_.action = "SingleCallByTts";
    call_.version = kVersion;
    call_.timeout = settings.Duration("timeout");
    call_.query = {{"TtsCode", settings.Text("tts_code")},
                   {"PlayTimes", std::to_string(settings.Integer("play_times"))},
                   {"Volume", std::to_string(settings.Integer("volume"))}};
    if (const std::string& shown = settings.Text("called_show_number"); !shown.empty()) {
      call_.query.emplace_back("CalledShowNumber", shown);
    }
  }

  Delivery Send(const Notification& notification, const Attempt&) override {
    reached_.Begin(notification.id);
    const TemplateParams params =
        ExpandParams(params_, notification, *world_.content, param_limit_);
    SeveralDeliveries sum;
    for (const std::string& number : numbers_) {
      if (reached_.Has(number)) {
        sum.AddReachedBefore();
      } else {
        sum.Add(CallOne(number, params.json, notification.id.substr(0, kMostOutId)));
      }
    }
    return WithTemplateProblem(std::move(sum).Sum(), params.problem);
  }

 private:
  Delivery CallOne(const std::string& number, const std::string& params,
                   const std::string& out_id) {
    cloud::ApiCall call = call_;
    call.query.emplace_back("CalledNumber", number);
    if (!params.empty()) call.query.emplace_back("TtsParam", params);
    call.query.emplace_back("OutId", out_id);
    const auto answer = world_.cloud->Call(call);
    Delivery delivery = answer ? Judge(answer->body) : FromApiFailure(answer.error());
    const bool may_cost =
        delivery.outcome == Outcome::kDelivered || delivery.outcome == Outcome::kUnclear;
    delivery.messages = may_cost ? 1 : 0;
    if (delivery.outcome == Outcome::kDelivered) {
      reached_.Add(number);
    } else {
      delivery.problem = MaskedNumber(number) + ": " + delivery.problem;
    }
    return delivery;
  }

  static Delivery Judge(std::string_view body) {
    const auto answer = ParseMessageAnswer(body);
    if (!answer) {
      Delivery unclear;
      unclear.outcome = Outcome::kUnclear;
      unclear.reason = "garbage";
      unclear.problem = "SingleCallByTts: " + answer.error().message;
      return unclear;
    }
    if (answer->code == "OK") return {};
    return FromBusinessCode("SingleCallByTts", *answer);
  }

  const ChannelWorld world_;
  const std::vector<std::string> numbers_;
  const std::vector<std::pair<std::string, std::string>> params_;
  const std::size_t param_limit_;
  cloud::ApiCall call_;  // all but whom and what
  Reached reached_;
};

}  // namespace

const ChannelSpec kVoiceChannel{
    "voice",
    "Alibaba Cloud voice (SingleCallByTts): a call that reads an approved template aloud.",
    kOptions,
    {},
    true,
    false,  // nobody wants to be rung up for what is over
    CheckTogether,
    [](const ChannelSettings& settings, const ChannelWorld& world) -> std::unique_ptr<Channel> {
      return std::make_unique<VoiceChannel>(settings, world);
    },
    [](const ChannelSettings& settings) { return static_cast<int>(Numbers(settings).size()); },
};

}  // namespace ecsward::notify
