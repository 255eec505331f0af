// One condition on a label of a series, as it stands in a selector: job="node",
// device!~"lo|veth.*".
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "metrics/labels.h"

namespace re2 {
class RE2;
}

namespace ecsward {

enum class MatchType { kEqual, kNotEqual, kRegexp, kNotRegexp };
// "=", "!=", "=~", "!~".
std::string_view ToString(MatchType type);

// Copies share the compiled expression.
class LabelMatcher {
 public:
  // Regular expressions are RE2's and match the whole value. A label that is not there has the
  // value "". errors: kInvalidArgument, with RE2's reason
  static Result<LabelMatcher> Make(MatchType type, std::string name, std::string value);

  bool Matches(std::string_view value) const;

  MatchType type() const { return type_; }
  const std::string& name() const { return name_; }
  const std::string& value() const { return value_; }
  // `job=~"a|b"`.
  std::string ToString() const;
  friend bool operator==(const LabelMatcher& a, const LabelMatcher& b) {
    return a.type_ == b.type_ && a.name_ == b.name_ && a.value_ == b.value_;
  }

 private:
  LabelMatcher() = default;
  MatchType type_ = MatchType::kEqual;
  std::string name_, value_;
  std::shared_ptr<const re2::RE2> regexp_;  // for the regular expressions only
};

bool MatchesAll(std::span<const LabelMatcher> matchers, const Labels& labels);
bool MatchesAll(std::span<const LabelMatcher> matchers, const LabelPairs& labels);

}  // namespace ecsward
