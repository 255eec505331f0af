#include "tests/fuzz/rules_targets.h"

#include <string>

#include "metrics/label_matcher.h"

namespace ecsward {

// The first half is the expression, the second what it is held against.
void FuzzMatcher(std::string_view t) {
  const auto matcher =
      LabelMatcher::Make(MatchType::kRegexp, "a", std::string(t.substr(0, t.size() / 2)));
  if (matcher) (void)matcher->Matches(t.substr(t.size() / 2));
}

}  // namespace ecsward
