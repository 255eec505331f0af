#include "rules/template/template.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/unit/rules/template/template_case.h"

namespace ecsward {
namespace {

std::string ErrorOf(std::string_view text) {
  const auto out = ExpandTemplate(text, CaseData());
  return out ? "no error: " + *out : out.error().message;
}

std::string Times(int times, std::string_view text) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(ExpandTemplate, KnowsTheAgentsAddress) {
  EXPECT_EQ(*ExpandTemplate("{{ externalURL }} {{ pathPrefix }} {{ $externalURL }}", CaseData()),
            "http://example.com:9090/prom /prom http://example.com:9090/prom");
}

TEST(ExpandTemplate, EndsATemplateThatCallsItself) {
  const std::string text = R"({{define "a"}}{{template "a"}}{{end}}{{template "a"}})";
  EXPECT_NE(ErrorOf(text).find("exceeded maximum template depth"), std::string::npos);
  EXPECT_TRUE(CheckTemplate(text));
}

TEST(ExpandTemplate, EndsTemplatesThatCallEachOtherTwice) {
  EXPECT_NE(ErrorOf(R"({{define "a"}}{{template "b"}}{{template "b"}}{{end}})"
                    R"({{define "b"}}{{if true}}{{template "a"}}{{end}}{{end}}{{template "a"}})")
                .find("depth"),
            std::string::npos);
}

TEST(ExpandTemplate, EndsNestedRanges) {
  const std::string text =
      Times(20, R"({{range query "other"}})") + "{{$x := 1}}" + Times(20, "{{end}}");
  EXPECT_NE(ErrorOf(text).find("too many steps"), std::string::npos);
}

TEST(ExpandTemplate, EndsATextThatDoubles) {
  const std::string text =
      R"({{$x := "0123456789"}})" + Times(40, R"({{$x = print $x $x}})") + "{{len $x}}";
  EXPECT_NE(ErrorOf(text).find("the text is too long"), std::string::npos);
}

TEST(ExpandTemplate, EndsMapsInMaps) {
  EXPECT_NE(ErrorOf("{{$x := args 1 1}}" + Times(60, "{{$x = args $x $x}}") + "{{$x}}")
                .find("nested too deeply"),
            std::string::npos);
  // A map of 2^40 elements, nearly all of them the same one.
  EXPECT_NE(
      ErrorOf("{{$x := args 1 1}}" + Times(40, "{{$x = args $x $x}}") + "{{$x}}").find("too long"),
      std::string::npos);
}

TEST(ExpandTemplate, LimitsTheOutput) {
  const std::string text = "{{$x := printf \"%1000d\" 1}}" + Times(100, "{{$x}}");
  EXPECT_NE(ErrorOf(text).find("the output is too long"), std::string::npos);
}

TEST(ExpandTemplate, LimitsNesting) {
  EXPECT_NE(ErrorOf("{{" + Times(10'000, "(") + "1" + Times(10'000, ")") + "}}")
                .find("nested too deeply"),
            std::string::npos);
  EXPECT_NE(ErrorOf(Times(10'000, "{{if 1}}")).find("nested too deeply"), std::string::npos);
  EXPECT_NE(
      ErrorOf("{{if 0}}" + Times(10'000, "{{else if 0}}") + "{{end}}").find("nested too deeply"),
      std::string::npos);
  EXPECT_EQ(*ExpandTemplate("{{" + Times(50, "(") + "1" + Times(50, ")") + "}}", CaseData()), "1");
}

TEST(ExpandTemplate, LimitsQueries) {
  int asked = 0;
  TemplateData data = CaseData();
  data.query = [&](std::string_view) -> Result<std::vector<TemplateSample>> {
    ++asked;
    return std::vector<TemplateSample>(10);
  };
  const std::string text = R"({{range query "a"}}{{range query "a"}}{{range query "a"}})"
                           R"({{query "a" | len}}{{end}}{{end}}{{end}})";
  EXPECT_FALSE(ExpandTemplate(text, data));
  EXPECT_LT(asked, 1000);
}

TEST(ExpandTemplate, SaysWhenThereAreNoQueries) {
  EXPECT_NE(ExpandTemplate(R"({{ query "up" }})", {})
                .error()
                .message.find("error calling query: queries are not possible here"),
            std::string::npos);
}

TEST(ExpandTemplate, ShowsSamplesInsteadOfTheirAddresses) {
  EXPECT_EQ(*ExpandTemplate(R"({{ query "other" | sortByLabel "n" | printf "%v" }})", CaseData()),
            "[{map[__name__:other n:a] 1} {map[__name__:other n:b] 2} "
            "{map[__name__:other n:c] 3}]");
}

TEST(ExpandTemplate, RefusesComplexNumbers) {
  EXPECT_EQ(CheckTemplate("{{ 1i }}").error().message,
            R"(template: __alert:1: complex numbers are not supported: "1i")");
}

TEST(ExpandTemplate, NamesTheLineOfAParseError) {
  EXPECT_EQ(ErrorOf("a\nb {{ foo }}"),
            "error parsing template __alert: template: __alert:2: function \"foo\" not defined");
}

TEST(LiteralQueries, FindsThemWhereverTheyStand) {
  EXPECT_EQ(LiteralQueries(R"({{ query "a" }}{{ with query `b{c="d"}` | first }}{{ "e" | query }}
      {{ range (query "f") }}{{ end }}{{ else }}{{ query (printf "x") }}{{ query $labels.q }}
      {{ end }}{{ define "t" }}{{ if query "g" }}{{ end }}{{ end }})"),
            (std::vector<std::string>{"a", "b{c=\"d\"}", "e", "f", "g"}));
  EXPECT_TRUE(LiteralQueries(R"({{ query "a" )").empty());
}

}  // namespace
}  // namespace ecsward
