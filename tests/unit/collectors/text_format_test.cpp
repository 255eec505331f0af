#include "collectors/text_format.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ecsward {
namespace {

Result<TextPage> Parse(std::string_view text) { return ParseTextFormat(text, 1000); }

// Parses, wants one family and gives it.
TextFamily One(std::string_view text) {
  auto page = Parse(text);
  EXPECT_TRUE(page) << page.error().message;
  if (!page) return {};
  EXPECT_EQ(page->families.size(), 1u);
  return page->families.empty() ? TextFamily() : page->families.front();
}

std::string Problem(std::string_view text) {
  const auto page = Parse(text);
  return page ? "none" : page.error().message;
}

TEST(ParseTextFormat, ReadsHelpTypeAndLabels) {
  const TextFamily f =
      One("# HELP jobs_total Jobs \\\\ done\\nso far.\n"
          "# TYPE jobs_total counter\n"
          "jobs_total { queue = \"a\\\"b\\\\c\\nd\" , host=\"\xe6\x9d\xad\" , } 1.5e3\n");
  EXPECT_EQ(f.name, "jobs_total");
  EXPECT_EQ(f.help, "Jobs \\ done\nso far.");
  EXPECT_EQ(f.type, MetricType::kCounter);
  EXPECT_EQ(f.label_names, (std::vector<std::string>{"host", "queue"}));
  ASSERT_EQ(f.metrics.size(), 1u);
  EXPECT_EQ(f.metrics[0].label_values, (std::vector<std::string>{"\xe6\x9d\xad", "a\"b\\c\nd"}));
  EXPECT_DOUBLE_EQ(f.metrics[0].value, 1500);
}

TEST(ParseTextFormat, SkipsCommentsAndEmptyLines) {
  const TextFamily f = One("\n# anything\n#HELPless\n   \n\t up 1\n# TYPE never_seen gauge\n");
  EXPECT_EQ(f.name, "up");
  EXPECT_FALSE(f.has_help);
  EXPECT_EQ(f.type, MetricType::kUntyped);
}

TEST(ParseTextFormat, GivesEverySampleOfAFamilyAllItsLabels) {
  const TextFamily f = One("x{a=\"1\"} 1\nx{b=\"2\"} 2\n");
  EXPECT_EQ(f.label_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(f.metrics[1].label_values, (std::vector<std::string>{"", "2"}));
}

TEST(ParseTextFormat, ReadsNumbersAsPrometheusDoes) {
  const TextFamily f = One("x{n=\"0\"} +Inf\nx{n=\"1\"} -inf\nx{n=\"2\"} NaN\nx{n=\"3\"} +1e-3\n");
  EXPECT_EQ(f.metrics[0].value, INFINITY);
  EXPECT_EQ(f.metrics[1].value, -INFINITY);
  EXPECT_TRUE(std::isnan(f.metrics[2].value));
  EXPECT_DOUBLE_EQ(f.metrics[3].value, 0.001);
  for (const char* bad : {"x one\n", "x 0x10\n", "x +-1\n", "x 1e999\n", "x nan(1)\n", "x 1_0\n"}) {
    EXPECT_NE(Problem(bad).find("line 1: want a number"), std::string::npos) << bad;
  }
}

TEST(ParseTextFormat, PutsAHistogramTogether) {
  const TextFamily f =
      One("# TYPE h histogram\n"
          "h_bucket{d=\"a\",le=\"1.0\"} 3\nh_bucket{d=\"a\",le=\"5e-1\"} 2\nh_sum{d=\"a\"} 4.5\n"
          "h_count{d=\"a\"} 7\nh_bucket{d=\"b\",le=\"+Inf\"} 9\n");
  EXPECT_EQ(f.label_names, (std::vector<std::string>{"d"}));
  ASSERT_EQ(f.metrics.size(), 2u);
  const TextMetric& a = f.metrics[0];
  ASSERT_EQ(a.points.size(), 3u);  // sorted, and the last bucket made from the count
  EXPECT_DOUBLE_EQ(a.points[0].bound, 0.5);
  EXPECT_DOUBLE_EQ(a.points[1].value, 3);
  EXPECT_EQ(a.points[2].bound, INFINITY);
  EXPECT_DOUBLE_EQ(a.points[2].value, 7);
  EXPECT_DOUBLE_EQ(a.sum, 4.5);
  EXPECT_DOUBLE_EQ(f.metrics[1].count, 9);  // or the count from the last bucket
}

TEST(ParseTextFormat, PutsASummaryTogether) {
  const TextFamily f =
      One("# TYPE s summary\ns{quantile=\"0.5\"} 1\ns{quantile=\"0.99\"} 2\ns_count 3\ns_sum 9\n");
  ASSERT_EQ(f.metrics.size(), 1u);
  EXPECT_EQ(f.metrics[0].points.size(), 2u);
  EXPECT_DOUBLE_EQ(f.metrics[0].count, 3);
  EXPECT_DOUBLE_EQ(f.metrics[0].sum, 9);
}

TEST(ParseTextFormat, TakesSuffixesForNamesWhereNothingSaysOtherwise) {
  const auto page = Parse("x_count 1\nx_sum 2\n# TYPE g gauge\ng 1\ng_count 2\n");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->families.size(), 4u);
}

TEST(ParseTextFormat, NamesTheLineThatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"ok 1\nx{a=\"b\" 1\n", "line 2: want , or } after a label value"},
      {"ok 1\n\nx{a=b} 1\n", "line 3: want a quoted label value"},
      {"x{a=\"b} 1\n", "line 1: want a closing quote"},
      {"x{a=\"\\t\"} 1\n", "line 1: want \\\\, \\\" or \\n after a backslash"},
      {"x{a=\"\xff\"} 1\n", "line 1: the value of a is not UTF-8"},
      {"x{a=\"1\",a=\"2\"} 1\n", "line 1: the label a twice"},
      {"x{__name__=\"y\"} 1\n", "line 1: the label __name__ is reserved"},
      {"x\n", "line 1: want a value after x"},
      {"1x 1\n", "line 1: want a metric name"},
      {"x 1 2 3\n", "line 1: want the end of the line, got \"3\""},
      {"x 1 soon\n", "line 1: want a timestamp, got \"soon\""},
      {"x 1\r\n", "line 1: want a number, got \"1\r\""},
      {"# TYPE x speed\n", "line 1: want counter, gauge, histogram, summary or untyped"},
      {"# TYPE x gauge\n# TYPE x gauge\n",
       "line 2: a second TYPE for x, or TYPE after its samples"},
      {"x 1\n# TYPE x gauge\n", "line 2: a second TYPE for x, or TYPE after its samples"},
      {"# HELP x a\n# HELP x a\n", "line 2: a second HELP for x"},
      {"# TYPE h histogram\nh 1\n", "line 2: h is a histogram: want _bucket, _sum or _count"},
      {"# TYPE h histogram\nh_bucket 1\n", "line 2: want a label le"},
      {"# TYPE h histogram\nh_bucket{le=\"NaN\"} 1\n", "line 2: want a number as le, got \"NaN\""},
      {"# TYPE s summary\ns 1\n", "line 2: want a label quantile"},
      {"ok 1\nx 12", "line 2: want a newline at the end: the text is cut off"},
  };
  for (const auto& [text, problem] : cases) EXPECT_EQ(Problem(text), problem) << text;
}

TEST(ParseTextFormat, KeepsTheFirstOfTwoEqualSeriesAndSaysWhere) {
  const auto page = Parse("x{a=\"1\",b=\"2\"} 1\nx{b=\"2\",a=\"1\"} 2\n");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->first_duplicate, 2u);
  ASSERT_EQ(page->families[0].metrics.size(), 1u);
  EXPECT_DOUBLE_EQ(page->families[0].metrics[0].value, 1);

  const auto buckets = Parse("# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"1.0\"} 2\n");
  ASSERT_TRUE(buckets);
  EXPECT_EQ(buckets->first_duplicate, 3u);
}

TEST(ParseTextFormat, SaysWhichSampleBringsItsOwnTime) {
  const auto page = Parse("x 1\ny 2 1700000000000\n");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->first_timestamp, 2u);
}

TEST(ParseTextFormat, RefusesMoreSamplesThanAllowed) {
  EXPECT_TRUE(ParseTextFormat("x 1\ny 2\n", 2));
  const auto page = ParseTextFormat("x 1\ny 2\nz 3\n", 2);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().message, "line 3: more than 2 samples");
}

}  // namespace
}  // namespace ecsward
