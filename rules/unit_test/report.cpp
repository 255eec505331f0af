#include "rules/unit_test/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "rules/promql/duration.h"
#include "rules/promql/quote.h"

namespace ecsward {
namespace {

// 12.5 → 1.25E+01.
std::string ScientificText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 40> text{};
  const auto result = std::to_chars(text.begin(), text.end(), value, std::chars_format::scientific);
  std::string out(text.begin(), result.ptr);
  std::replace(out.begin(), out.end(), 'e', 'E');
  return out;
}

}  // namespace

void Sort(std::vector<FiringAlert>& alerts) {
  std::sort(alerts.begin(), alerts.end(), [](const FiringAlert& a, const FiringAlert& b) {
    return a.labels != b.labels ? a.labels < b.labels : a.annotations < b.annotations;
  });
}

void Sort(std::vector<ValuedSeries>& samples) {
  std::sort(samples.begin(), samples.end(),
            [](const ValuedSeries& a, const ValuedSeries& b) { return a.labels < b.labels; });
}

bool Same(const std::vector<ValuedSeries>& a, const std::vector<ValuedSeries>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ValuedSeries& x, const ValuedSeries& y) {
                      return x.labels == y.labels && x.value == y.value;
                    });
}

std::string QuotedLabels(const LabelPairs& labels) {
  std::string out = "{";
  for (const LabelPair& pair : labels) {
    if (out.size() > 1) out += ", ";
    out += pair.name + "=" + promql::Quote(pair.value);
  }
  return out + "}";
}

std::string Listed(const std::vector<FiringAlert>& alerts) {
  if (alerts.empty()) return "[]";
  std::string out = "[";
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    out += fmt::format("{}\n            {}:\n              Labels:{}\n              Annotations:{}",
                       i == 0 ? "" : ",", i, QuotedLabels(alerts[i].labels),
                       QuotedLabels(alerts[i].annotations));
  }
  return out + "\n            ]";
}

std::string Listed(const std::vector<ValuedSeries>& samples) {
  if (samples.empty()) return "nil";
  std::string out;
  for (const ValuedSeries& sample : samples) {
    if (!out.empty()) out += ", ";
    out += QuotedLabels(sample.labels) + " " + ScientificText(sample.value);
  }
  return out;
}

std::string GoDuration(std::int64_t ms) {
  if (ms == 0) return "0s";
  if (ms < 1000) return fmt::format("{}ms", ms);
  const std::int64_t hours = ms / 3'600'000, minutes = ms / 60'000 % 60;
  std::string seconds = fmt::format("{}", ms / 1000 % 60);
  if (ms % 1000 != 0) {
    seconds += fmt::format(".{:03}", ms % 1000);
    seconds.erase(seconds.find_last_not_of('0') + 1);
  }
  if (hours > 0) return fmt::format("{}h{}m{}s", hours, minutes, seconds);
  return minutes > 0 ? fmt::format("{}m{}s", minutes, seconds) : seconds + "s";
}

std::string AlertFailure(std::string_view test, std::string_view alertname, std::int64_t time_ms,
                         const std::vector<FiringAlert>& expected,
                         const std::vector<FiringAlert>& got) {
  const std::string name = test.empty() ? "" : fmt::format("    name: {},\n", test);
  return fmt::format("{}    alertname: {}, time: {}, \n        exp:{}, \n        got:{}", name,
                     alertname, promql::FormatDuration(time_ms), Listed(expected), Listed(got));
}

std::string ExprFailure(std::string_view expr, std::int64_t time_ms,
                        const std::vector<ValuedSeries>& expected,
                        const std::vector<ValuedSeries>& got) {
  return fmt::format("    expr: {}, time: {},\n        exp: {}\n        got: {}",
                     promql::Quote(expr), promql::FormatDuration(time_ms), Listed(expected),
                     Listed(got));
}

std::string ExprError(std::string_view expr, std::int64_t time_ms, std::string_view error) {
  return fmt::format("    expr: {}, time: {}, err: {}", promql::Quote(expr),
                     promql::FormatDuration(time_ms), error);
}

}  // namespace ecsward
