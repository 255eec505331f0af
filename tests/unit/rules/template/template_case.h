// Tables of templates and of what becomes of them, all with the same data.
#pragma once

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "rules/template/template.h"

namespace ecsward {

struct TemplateCase {
  std::string_view text;
  std::string_view expected;
};

// metric{dev="sda",host="h1.example.com:9100"} is 5; `other` has n="a" 1, n="c" 3, n="b" 2.
inline TemplateData CaseData() {
  TemplateData data;
  data.labels = {{"__name__", "metric"}, {"dev", "sda"}, {"host", "h1.example.com:9100"}};
  data.external_labels = {{"region", "cn"}, {"zone", "b"}};
  data.external_url = "http://example.com:9090/prom";
  data.value = 5;
  data.query = [](std::string_view expr) -> Result<std::vector<TemplateSample>> {
    const auto other = [](const char* n, double value) {
      return TemplateSample{{{"__name__", "other"}, {"n", n}}, value};
    };
    if (expr == "other") return std::vector{other("a", 1), other("c", 3), other("b", 2)};
    if (expr == "sort(other)") return std::vector{other("a", 1), other("b", 2), other("c", 3)};
    if (expr == "(") {
      return Fail(ErrorCode::kParse, "1:2: parse error: unclosed left parenthesis");
    }
    return std::vector<TemplateSample>{};
  };
  return data;
}

inline void ExpectExpanded(std::span<const TemplateCase> cases) {
  const TemplateData data = CaseData();
  for (const TemplateCase& row : cases) {
    const auto out = ExpandTemplate(row.text, data, "__alert_X");
    if (out) {
      EXPECT_EQ(*out, row.expected) << row.text;
    } else {
      ADD_FAILURE() << row.text << ": " << out.error().message;
    }
  }
}

// Expected: the place and the message, without `executing "__alert_X" `.
inline void ExpectFailing(std::span<const TemplateCase> cases) {
  const TemplateData data = CaseData();
  const std::string before = "error executing template __alert_X: template: __alert_X:";
  const std::string left_out = "executing \"__alert_X\" ";
  for (const TemplateCase& row : cases) {
    const auto out = ExpandTemplate(row.text, data, "__alert_X");
    ASSERT_FALSE(out) << row.text << " gave " << *out;
    std::string message = out.error().message;
    ASSERT_TRUE(message.starts_with(before)) << row.text << ": " << message;
    message.erase(0, before.size());
    if (const auto at = message.find(left_out); at != std::string::npos) {
      message.erase(at, left_out.size());
    }
    EXPECT_EQ(message, row.expected) << row.text;
  }
}

// Expected: the line and the message.
inline void ExpectRefused(std::span<const TemplateCase> cases) {
  for (const TemplateCase& row : cases) {
    const auto ok = CheckTemplate(row.text, "__alert_X");
    ASSERT_FALSE(ok) << row.text;
    EXPECT_EQ(ok.error().message, "template: __alert_X:" + std::string(row.expected)) << row.text;
  }
}

}  // namespace ecsward
