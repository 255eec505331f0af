#include "tests/fuzz/rules_targets.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "metrics/label_matcher.h"
#include "rules/promql/duration.h"
#include "rules/promql/parser.h"

namespace ecsward {
namespace {

// A broken promise is a finding, like a crash.
void Promise(bool kept, const std::string& what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what.c_str());
  std::abort();
}

}  // namespace

// The first half is the expression, the second what it is held against.
void FuzzMatcher(std::string_view t) {
  const auto matcher =
      LabelMatcher::Make(MatchType::kRegexp, "a", std::string(t.substr(0, t.size() / 2)));
  if (matcher) (void)matcher->Matches(t.substr(t.size() / 2));
}

// What is printed parses, and prints the same again.
void FuzzPromql(std::string_view t) {
  (void)promql::ParseSelector(t);
  const auto parsed = promql::Parse(t);
  if (!parsed) return;
  const std::string text = promql::ToString(**parsed);
  const auto again = promql::Parse(text);
  // A printed number may be longer than the written one, and so may the whole.
  if (!again && again.error().message.starts_with("expression is longer")) return;
  Promise(again.has_value(), text);
  Promise(promql::ToString(**again) == text, text);
}

void FuzzPromqlDuration(std::string_view t) {
  const auto ms = promql::ParseDuration(t);
  if (!ms) return;
  const auto again = promql::ParseDuration(promql::FormatDuration(*ms));
  Promise(again && *again == *ms, std::string(t));
}

}  // namespace ecsward
