#include "tests/fuzz/rules_targets.h"

#include <string>
#include <vector>

#include "metrics/label_matcher.h"
#include "rules/template/format.h"
#include "rules/template/template.h"

namespace ecsward {

// The first half is the expression, the second what it is held against.
void FuzzMatcher(std::string_view t) {
  const auto matcher =
      LabelMatcher::Make(MatchType::kRegexp, "a", std::string(t.substr(0, t.size() / 2)));
  if (matcher) (void)matcher->Matches(t.substr(t.size() / 2));
}

// A printf format over values of every kind.
void FuzzPrintf(std::string_view t) {
  const std::vector<templates::Value> values = {
      templates::Value::Int(-5),    templates::Value::Float(2.5), templates::Value::String("a\n"),
      templates::Value::Bool(true), templates::Value(),           templates::Value::Time(1'500),
      templates::Value::Byte(65),
  };
  std::string out;
  templates::Printf(t, values, out);
}

void FuzzTemplate(std::string_view t) {
  TemplateData data;
  data.labels = {{"a", "x:1"}, {"b", "\xff"}};
  data.external_url = "http://h/p";
  data.value = 5;
  data.query = [](std::string_view expr) -> Result<std::vector<TemplateSample>> {
    if (expr.empty()) return Fail(ErrorCode::kParse, "empty");
    return std::vector<TemplateSample>{{{{"n", "b"}}, 1}, {{{"n", "a"}}, 2}};
  };
  (void)ExpandTemplate(t, data);
  (void)LiteralQueries(t);
}

}  // namespace ecsward
