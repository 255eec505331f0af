#include "metrics/label_matcher.h"

#include <re2/re2.h>

#include <algorithm>

#include "metrics/exposition.h"

namespace ecsward {
namespace {

// A bound on what one expression of a rule file may cost: it is RE2's own default, said aloud.
constexpr std::int64_t kMaxRegexpMemory = std::int64_t{8} << 20;

bool IsRegexp(MatchType type) {
  return type == MatchType::kRegexp || type == MatchType::kNotRegexp;
}

}  // namespace

std::string_view ToString(MatchType type) {
  switch (type) {
    case MatchType::kEqual:
      return "=";
    case MatchType::kNotEqual:
      return "!=";
    case MatchType::kRegexp:
      return "=~";
    case MatchType::kNotRegexp:
      return "!~";
  }
  return "=";
}

Result<LabelMatcher> LabelMatcher::Make(MatchType type, std::string name, std::string value) {
  LabelMatcher matcher;
  if (IsRegexp(type)) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true);
    options.set_max_mem(kMaxRegexpMemory);
    auto regexp = std::make_shared<RE2>("^(?:" + value + ")$", options);
    if (!regexp->ok()) {
      return Fail(ErrorCode::kInvalidArgument, "error parsing regexp: " + regexp->error());
    }
    matcher.regexp_ = std::move(regexp);
  }
  matcher.type_ = type;
  matcher.name_ = std::move(name);
  matcher.value_ = std::move(value);
  return matcher;
}

bool LabelMatcher::Matches(std::string_view value) const {
  switch (type_) {
    case MatchType::kEqual:
      return value == value_;
    case MatchType::kNotEqual:
      return value != value_;
    case MatchType::kRegexp:
      return RE2::FullMatch({value.data(), value.size()}, *regexp_);
    case MatchType::kNotRegexp:
      return !RE2::FullMatch({value.data(), value.size()}, *regexp_);
  }
  return false;
}

std::string LabelMatcher::ToString() const {
  std::string out = name_;
  out.append(ecsward::ToString(type_)).append("\"");
  AppendLabelValue(value_, out);
  return out + "\"";
}

bool MatchesAll(std::span<const LabelMatcher> matchers, const Labels& labels) {
  return std::all_of(matchers.begin(), matchers.end(), [&labels](const LabelMatcher& matcher) {
    return matcher.Matches(labels.Get(matcher.name()));
  });
}

bool MatchesAll(std::span<const LabelMatcher> matchers, const LabelPairs& labels) {
  return std::all_of(matchers.begin(), matchers.end(), [&labels](const LabelMatcher& matcher) {
    return matcher.Matches(Get(labels, matcher.name()));
  });
}

}  // namespace ecsward
