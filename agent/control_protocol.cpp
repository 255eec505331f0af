#include "agent/control_protocol.h"

#include <nlohmann/json.hpp>

#include "base/json_fields.h"
#include "metrics/evidence_json.h"

namespace ecsward {
namespace {

using nlohmann::json;

constexpr std::string_view kNames[] = {"settings",       "alerts",        "rules",    "history",
                                       "ports",          "status",        "silences", "silence_add",
                                       "silence_expire", "notifications", "drill"};
constexpr MatchType kTypes[] = {MatchType::kEqual, MatchType::kNotEqual, MatchType::kRegexp,
                                MatchType::kNotRegexp};
constexpr std::size_t kMaxMatchers = 64;
constexpr std::size_t kMaxParts = 8;
constexpr std::uint64_t kMaxAnswerBytes = std::uint64_t{1} << 30;

Error Bad(const std::string& message) { return Fail(ErrorCode::kInvalidArgument, message); }

// ["=", "job", "node"]
Result<LabelMatcher> MatcherFrom(const json& value) {
  if (!value.is_array() || value.size() != 3) return Bad("a matcher is [operator, name, value]");
  for (const json& part : value) {
    if (!part.is_string()) return Bad("a matcher is made of texts");
  }
  for (const MatchType type : kTypes) {
    if (ToString(type) != value[0].get_ref<const std::string&>()) continue;
    return LabelMatcher::Make(type, value[1].get<std::string>(), value[2].get<std::string>());
  }
  return Bad("no such matcher: " + value[0].get<std::string>().substr(0, 20));
}

// [["=", "__name__", "up"], …]
Result<std::vector<LabelMatcher>> SelectorFrom(const json& value) {
  if (!value.is_array() || value.empty()) return Bad("series want matchers");
  if (value.size() > kMaxMatchers) return Bad("too many matchers");
  std::vector<LabelMatcher> selector;
  for (const json& item : value) {
    auto matcher = MatcherFrom(item);
    if (!matcher) return std::move(matcher).error();
    selector.push_back(std::move(*matcher));
  }
  return selector;
}

}  // namespace

std::string ToLine(const ControlRequest& request) {
  json line = {{"request", std::string(kNames[static_cast<std::size_t>(request.what)])}};
  if (request.what == ControlRequest::What::kHistory) {
    json list = json::array();
    for (const std::vector<LabelMatcher>& selector : request.series) {
      json matchers = json::array();
      for (const LabelMatcher& matcher : selector) {
        matchers.push_back(
            {std::string(ToString(matcher.type())), matcher.name(), matcher.value()});
      }
      list.push_back(std::move(matchers));
    }
    line["series"] = std::move(list);
  }
  if (!request.argument.empty()) line["argument"] = request.argument;
  return Dump(line) + "\n";
}

bool MayWait(ControlRequest::What what) { return what >= ControlRequest::What::kSilences; }

Result<ControlRequest> ParseControlRequest(std::string_view line) {
  if (line.size() > kMaxControlRequestBytes) return Bad("request too long");
  const auto value = ParseJson(line);
  if (!value || !value->is_object()) return Bad("want a request as JSON");
  const auto name = value->find("request");
  if (name == value->end() || !name->is_string()) return Bad("want a request");
  ControlRequest request;
  std::size_t what = 0;
  while (what < std::size(kNames) && kNames[what] != name->get_ref<const std::string&>()) ++what;
  if (what == std::size(kNames)) {
    return Bad("no such request: " + name->get<std::string>().substr(0, 40));
  }
  request.what = static_cast<ControlRequest::What>(what);
  request.argument = TextAt(*value, "argument");
  if (request.what != ControlRequest::What::kHistory) return request;
  const auto list = value->find("series");
  if (list == value->end() || !list->is_array()) return Bad("history wants series");
  if (list->size() > kMaxControlSeries) return Bad("too many series");
  for (const json& item : *list) {
    auto selector = SelectorFrom(item);
    if (!selector) return std::move(selector).error();
    request.series.push_back(std::move(*selector));
  }
  return request;
}

std::string OkLine(const std::vector<std::string>& parts) {
  json sizes = json::array();
  for (const std::string& part : parts) sizes.push_back(part.size());
  return Dump({{"status", "ok"}, {"parts", std::move(sizes)}}) + "\n";
}

std::string ErrorLine(std::string_view message) {
  return Dump({{"status", "error"}, {"error", std::string(message)}}) + "\n";
}

Result<std::vector<std::size_t>> ParseAnswerLine(std::string_view line) {
  const auto value = ParseJson(line);
  if (!value || !value->is_object()) return Fail(ErrorCode::kParse, "not an answer of ecsward's");
  const auto error = value->find("error");
  if (error != value->end() && error->is_string()) return Bad(error->get<std::string>());
  const auto parts = value->find("parts");
  std::vector<std::size_t> sizes;
  std::uint64_t sum = 0;
  if (parts != value->end() && parts->is_array() && parts->size() <= kMaxParts) {
    for (const json& part : *parts) {
      if (!part.is_number_unsigned()) continue;
      const auto size = part.get<std::uint64_t>();
      if (size > kMaxAnswerBytes || (sum += size) > kMaxAnswerBytes) {
        return Fail(ErrorCode::kParse, "the answer is too long");
      }
      sizes.push_back(size);
    }
  }
  if (sizes.empty() || sizes.size() != parts->size()) {
    return Fail(ErrorCode::kParse, "not an answer of ecsward's");
  }
  return sizes;
}

}  // namespace ecsward
