#include "rules/template/template_set.h"

#include <gtest/gtest.h>

#include <array>

namespace ecsward {
namespace {

using templates::Kind;
using templates::Object;
using templates::Value;

// {Name: "ops", Labels: {a="1", alertname="Full", z="3"}, Size: 3, At: a moment}
class Root : public Object {
 public:
  std::string_view type() const override { return "*test.Root"; }
  std::span<const std::string_view> fields() const override {
    static constexpr std::array<std::string_view, 4> kFields = {"Name", "Labels", "Size", "At"};
    return kFields;
  }
  std::optional<Value> Field(std::string_view name) const override {
    if (name == "Name") return Value::String("ops & <co>");
    if (name == "Size") return Value::Int(3);
    if (name == "At") return Value::Time(1'740'830'400'123);  // 2025-03-01T12:00:00.123Z
    if (name != "Labels") return std::nullopt;
    return Value::KvOf(std::make_shared<const LabelPairs>(
        LabelPairs{{"a", "1"}, {"alertname", "Full"}, {"z", "3"}}));
  }
};

TemplateRun SampleRun() {
  TemplateRun run;
  run.dot = Value::ObjectOf(std::make_shared<const Root>());
  run.external_url = "https://example.com/ward";
  run.now_ms = 1'740'830'400'123 + 90'500;
  return run;
}

std::string Expanded(const TemplateSet& set, std::string_view text,
                     const TemplateRun& run = SampleRun()) {
  const auto out = set.Expand(text, run);
  return out ? *out : "error: " + out.error().message;
}
std::string Expanded(std::string_view text) { return Expanded(TemplateSet(), text); }

std::string Times(int times, std::string_view text) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(TemplateSet, ShowsTheCallersFields) {
  EXPECT_EQ(Expanded("{{ .Name }} {{ .Size }} {{ .Labels.z }}"), "ops & <co> 3 3");
  EXPECT_EQ(Expanded("{{ .Nope }}"),
            "error: template: :1:3: executing \"\" at <.Nope>: can't evaluate field Nope in type "
            "*test.Root");
  EXPECT_EQ(Expanded("{{ printf \"%+v\" . }}"),
            "{Name:ops & <co> Labels:map[a:1 alertname:Full z:3] Size:3 "
            "At:2025-03-01 12:00:00.123 +0000 UTC}");
}

TEST(TemplateSet, CallsTemplatesOfFiles) {
  TemplateSet set;
  ASSERT_TRUE(set.Add("{{ define \"a\" }}<{{ .Name }}>{{ end }}whole {{ .Size }}", "a.tmpl"));
  ASSERT_TRUE(set.Add("{{ define \"b\" }}b{{ template \"a\" . }}{{ end }}", "b.tmpl"));
  EXPECT_EQ(Expanded(set, "{{ template \"b\" . }} {{ template \"a.tmpl\" . }}"),
            "b<ops & <co>> whole 3");
  EXPECT_TRUE(set.CheckCalls());
}

TEST(TemplateSet, TakesTheLaterDefinitionAndTheTextsOwnBeforeBoth) {
  TemplateSet set;
  ASSERT_TRUE(set.Add("{{ define \"a\" }}1{{ end }}{{ define \"b\" }}{{ template \"a\" }}{{ end }}",
                      "1.tmpl"));
  ASSERT_TRUE(set.Add("{{ define \"a\" }}2{{ end }}", "2.tmpl"));
  ASSERT_TRUE(set.Add("{{ define \"a\" }} \n {{ end }}", "3.tmpl"));  // an empty one does not count
  EXPECT_EQ(Expanded(set, "{{ template \"b\" }}"), "2");
  EXPECT_EQ(Expanded(set, "{{ define \"a\" }}own{{ end }}{{ template \"b\" }}"), "own");
}

TEST(TemplateSet, SaysInWhichFileItFailed) {
  TemplateSet set;
  ASSERT_TRUE(set.Add("{{ define \"a\" }}\n  {{ .Wrong }}{{ end }}", "ops.tmpl"));
  EXPECT_EQ(
      Expanded(set, "{{ .Name }}{{ template \"a\" . }}"),
      "error: template: ops.tmpl:2:5: executing \"a\" at <.Wrong>: can't evaluate field Wrong "
      "in type *test.Root");
  // Behind a call, the place is in the calling text again.
  ASSERT_TRUE(set.Add("{{ define \"ok\" }}\n\n{{ .Name }}{{ end }}", "ok.tmpl"));
  EXPECT_EQ(
      Expanded(set, "{{ template \"ok\" . }}{{ .Wrong }}"),
      "error: template: :1:24: executing \"\" at <.Wrong>: can't evaluate field Wrong in type "
      "*test.Root");
  const auto bad = set.Add("\n{{ nope }}", "bad.tmpl");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message, "template: bad.tmpl:2: function \"nope\" not defined");
}

TEST(TemplateSet, ChecksThatWhatIsCalledIsThere) {
  TemplateSet set;
  ASSERT_TRUE(
      set.Add("{{ define \"a\" }}\n{{ if . }}{{ else }}{{ template \"gone\" }}{{ end }}{{ end }}",
              "a.tmpl"));
  const auto calls = set.CheckCalls();
  ASSERT_FALSE(calls);
  EXPECT_EQ(calls.error().message, "template: a.tmpl:2: template \"gone\" not defined");
  EXPECT_TRUE(set.Check("{{ template \"a\" . }}"));
  EXPECT_TRUE(
      set.Check("{{ define \"own\" }}{{ end }}{{ range . }}{{ template \"own\" }}{{ end }}"));
  const auto gone = set.Check("{{ define \"x\" }}{{ template \"y\" }}{{ end }}");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().message, "template: :1: template \"y\" not defined");
  EXPECT_TRUE(TemplateSet::CheckSyntax("{{ template \"y\" }}"));
  EXPECT_FALSE(TemplateSet::CheckSyntax("{{ if }}"));
}

TEST(TemplateSet, KnowsAlertmanagersFunctionsAndNotThoseOfSamples) {
  EXPECT_EQ(Expanded("{{ join \"-\" (stringSlice \"a\" \"b\") }}"), "a-b");
  EXPECT_EQ(Expanded("[{{ trimSpace \" \\t a b\u3000\\n\" }}][{{ trimSpace \"  \" }}]"), "[a b][]");
  EXPECT_EQ(Expanded("{{ \"wEB one\" | title }} {{ humanize 1234567.0 }}"), "Web One 1.235M");
  EXPECT_EQ(Expanded("{{ externalURL }} {{ pathPrefix }}"), "https://example.com/ward /ward");
  EXPECT_EQ(Expanded("{{ urlUnescape \"a%20b+c%E5%91%8A\" }}"), "a b c告");
  EXPECT_NE(Expanded("{{ urlUnescape \"a%2\" }}").find("invalid URL escape \"%2\""),
            std::string::npos);
  for (const std::string name : {"query \"x\"", "first .", "value .", "label \"a\" .", "strvalue .",
                                 "sortByLabel \"a\" ."}) {
    EXPECT_NE(Expanded("{{ " + name + " }}").find("not defined"), std::string::npos) << name;
  }
}

TEST(TemplateSet, KnowsTimes) {
  EXPECT_EQ(Expanded("{{ since .At }} {{ since .At | humanizeDuration }} {{ (since .At).Round "
                     "60000000000 }} {{ (since .At).Truncate 60000000000 }}"),
            "1m30.5s 1m 30s 2m0s 1m0s");
  EXPECT_EQ(Expanded("{{ date \"15:04\" (tz \"Asia/Shanghai\" .At) }} {{ tz \"UTC\" .At }}"),
            "20:00 2025-03-01 12:00:00.123 +0000 UTC");
  EXPECT_EQ(
      Expanded("{{ (tz \"Asia/Shanghai\" .At).Format \"2006-01-02T15:04:05Z07:00 MST -07\" }} "
               "{{ (tz \"Asia/Shanghai\" .At).Hour }} {{ (tz \"PRC\" .At).UTC.Hour }}"),
      "2025-03-01T20:00:00+08:00 CST +08 20 12");
  EXPECT_NE(Expanded("{{ tz \"Mars\" .At }}").find("unknown time zone Mars"), std::string::npos);
  TemplateRun elsewhere = SampleRun();
  elsewhere.zone_offset = [](const std::string& zone, std::int64_t unix_seconds) {
    EXPECT_EQ(unix_seconds, 1'740'830'400);
    return zone == "Asia/Kolkata" ? std::optional(19'800) : std::nullopt;
  };
  EXPECT_EQ(Expanded(TemplateSet(), "{{ tz \"Asia/Kolkata\" .At }}", elsewhere),
            "2025-03-01 17:30:00.123 +0530 +0530");
  EXPECT_NE(Expanded(TemplateSet(), "{{ tz \"Mars\" .At }}", elsewhere).find("unknown time zone"),
            std::string::npos);
  EXPECT_EQ(Expanded("{{ (.At.Add -3600e9).Hour }} {{ .At.Sub (.At.Add 1500e6) }}"), "11 -1.5s");
  // No sum overflows, however often it is made.
  EXPECT_EQ(Expanded("{{ $t := .At }}" + Times(2000, "{{ $t = $t.Add 9223372036854775807 }}") +
                     "{{ $t.IsZero }}"),
            "false");
}

TEST(TemplateSet, WritesJson) {
  EXPECT_EQ(Expanded("{{ toJson . }}"),
            R"({"name":"ops \u0026 \u003cco\u003e","labels":{"a":"1","alertname":"Full","z":"3"},)"
            R"("size":3,"at":"2025-03-01T12:00:00.123Z"})");
  EXPECT_EQ(
      Expanded("{{ toJson .Labels.SortedPairs }}"),
      R"([{"Name":"alertname","Value":"Full"},{"Name":"a","Value":"1"},{"Name":"z","Value":"3"}])");
  EXPECT_EQ(
      Expanded("{{ toJson (stringSlice) }} {{ toJson nil }} {{ toJson 1.5 }} {{ toJson true }} "
               "{{ toJson (stringSlice \"a\\\"\\\\\\n\\x01\u2028\") }}"),
      R"([] null 1.5 true ["a\"\\\n\u0001\u2028"])");
}

TEST(TemplateSet, EscapesForHtmlWhereItIsAsked) {
  TemplateSet set;
  ASSERT_TRUE(set.Add("{{ define \"n\" }}<i>{{ .Name }}</i>{{ end }}", "n.tmpl"));
  TemplateRun run = SampleRun();
  run.escape_html = true;
  EXPECT_EQ(Expanded(set, "<b>{{ .Name }}</b>{{ template \"n\" . }}", run),
            "<b>ops &amp; &lt;co&gt;</b><i>ops &amp; &lt;co&gt;</i>");
  EXPECT_EQ(Expanded(set, "{{ .Name | html }} {{ safeHtml \"<br>\" }} {{ .Name | urlquery }}", run),
            "ops &amp; &lt;co&gt; <br> ops+%26+%3Cco%3E");
  EXPECT_EQ(Expanded(set, "{{ html .Name | printf \"%s\" }} {{ .Labels }}", run),
            "ops &amp;amp; &amp;lt;co&amp;gt; map[a:1 alertname:Full z:3]");
}

TEST(TemplateSet, BoundsWhatAnExpansionCosts) {
  const std::string nested =
      "{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}";
  EXPECT_NE(Expanded(nested).find("exceeded maximum template depth"), std::string::npos);
  const std::string grows = "{{ $x := .Name }}" + Times(40, "{{ $x = print $x $x }}");
  EXPECT_NE(Expanded(grows).find("the text is too long"), std::string::npos);
  const std::string many =
      "{{ $l := .Labels.Names }}" + Times(16, "{{ range $l }}") + "x" + Times(16, "{{ end }}");
  EXPECT_NE(Expanded(many).find("too many steps"), std::string::npos);
  const std::string big = "{{ $x := printf \"%9000d\" 1 }}" + Times(200, "{{ $x }}");
  EXPECT_NE(Expanded(big).find("the output is too long"), std::string::npos);
}

TEST(TemplateSet, StopsWhereTheOutputIsFull) {
  TemplateRun run = SampleRun();
  run.limits.output_bytes = 10;
  run.limits.stop_when_full = true;
  EXPECT_EQ(Expanded(TemplateSet(), "{{ range .Labels }}1234567{{ end }}{{ .Wrong }}", run),
            "1234567123");
  // Inside of another template, too.
  TemplateSet set;
  ASSERT_TRUE(set.Add("{{ define \"a\" }}12345678901234{{ end }}", "a.tmpl"));
  EXPECT_EQ(Expanded(set, "{{ template \"a\" . }}{{ .Wrong }}", run), "1234567890");
  EXPECT_EQ(Expanded(set, "1234567890", run), "1234567890");
}

TEST(TemplateSet, PutsTheAlertsNameFirst) {
  EXPECT_EQ(
      Expanded("{{ .Labels.Names }} {{ range $k, $v := .Labels }}{{ $k }}={{ $v }};{{ end }}"),
      "[alertname a z] a=1;alertname=Full;z=3;");
}

TEST(ExpandTemplate, LeavesPrometheusTemplatesWithoutAlertmanagersFunctions) {
  TemplateData data;
  data.labels = {{"Names", "label"}};
  EXPECT_EQ(*ExpandTemplate("{{ $labels.Names }} {{ title \"wEB\" }}", data), "label WEB");
  EXPECT_FALSE(ExpandTemplate("{{ join \",\" .Labels }}", data));
}

}  // namespace
}  // namespace ecsward
