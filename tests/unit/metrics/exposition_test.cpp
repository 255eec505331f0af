#include "metrics/exposition.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace ecsward {
namespace {

std::string Text(double value) {
  std::array<char, kMaxValueText> out{};
  return {out.data(), FormatValue(value, out.data())};
}

TEST(FormatValue, PrintsAsPrometheusDoes) {
  EXPECT_EQ(Text(0), "0");
  EXPECT_EQ(Text(-0.0), "-0");
  EXPECT_EQ(Text(1), "1");
  EXPECT_EQ(Text(999999), "999999");
  EXPECT_EQ(Text(1e6), "1e+06");
  EXPECT_EQ(Text(1234567), "1.234567e+06");
  EXPECT_EQ(Text(16652288000.0), "1.6652288e+10");
  EXPECT_EQ(Text(0.25), "0.25");
  EXPECT_EQ(Text(0.0001), "0.0001");
  EXPECT_EQ(Text(0.00001), "1e-05");
  EXPECT_EQ(Text(1700000000.123), "1.700000000123e+09");
  EXPECT_EQ(Text(123456.7), "123456.7");
  EXPECT_EQ(Text(1e100), "1e+100");
  EXPECT_EQ(Text(-std::numeric_limits<double>::min()), "-2.2250738585072014e-308");
}

TEST(FormatValue, NamesWhatIsNoNumber) {
  EXPECT_EQ(Text(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(Text(-std::numeric_limits<double>::infinity()), "-Inf");
  EXPECT_EQ(Text(std::nan("")), "NaN");
}

TEST(AppendSeriesPrefix, EscapesLabelValues) {
  constexpr Metric kMetric{"m", "", MetricType::kGauge, "a,b"};
  const std::string_view values[] = {"x\n\"\\y", "ok\xff\xc3\xa9\xed\xa0\x80"};
  std::string out;
  AppendSeriesPrefix(kMetric, values, out);
  EXPECT_EQ(
      out,
      "m{a=\"x\\n\\\"\\\\y\",b=\"ok\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"} ");
}

TEST(AppendSeriesPrefix, HasNoBracesWithoutLabels) {
  std::string out;
  AppendSeriesPrefix({"m", "", MetricType::kGauge}, {}, out);
  EXPECT_EQ(out, "m ");
}

}  // namespace
}  // namespace ecsward
