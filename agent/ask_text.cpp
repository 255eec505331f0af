#include "agent/ask_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>

#include "agent/api_json.h"
#include "rules/promql/duration.h"

namespace ecsward {
namespace {

constexpr std::size_t kMaxAligned = 100;  // longer series are not waited for

std::string Point(double value, std::int64_t time_ms) {
  return fmt::format("{} @{}", ApiNumber(value), ApiTime(time_ms));
}

std::string_view StateText(const Alert& alert) {
  return alert.state == AlertState::kInactive ? "resolved" : ToString(alert.state);
}

std::int64_t Since(const Alert& alert) {
  switch (alert.state) {
    case AlertState::kFiring:
      return alert.fired_at_ms;
    case AlertState::kPending:
      return alert.active_at_ms;
    case AlertState::kInactive:
      return alert.resolved_at_ms;
  }
  return 0;
}

// `up{job="node"}`: as somebody would write it.
std::string SelectorText(std::span<const LabelMatcher> matchers) {
  std::string name, rest;
  for (const LabelMatcher& matcher : matchers) {
    if (matcher.name() == kMetricName && matcher.type() == MatchType::kEqual && name.empty()) {
      name = matcher.value();
    } else {
      rest += (rest.empty() ? "" : ", ") + matcher.ToString();
    }
  }
  return rest.empty() ? name : name + "{" + rest + "}";
}

// So that a text cannot look like the next alert's line.
std::string OneLine(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace

std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string Padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, Width(text)), ' ');
}

std::string Ago(std::int64_t now_ms, std::int64_t then_ms) {
  return promql::FormatDuration(std::max<std::int64_t>(0, now_ms - then_ms) / 1000 * 1000);
}

std::string ForTerminal(std::string_view text) {
  std::string safe(text);
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const auto byte = static_cast<unsigned char>(safe[i]);
    if ((byte < ' ' && safe[i] != '\n') || byte == 0x7f) safe[i] = '?';
    // U+0080 to U+009F, which begin commands as ESC does.
    const auto next = static_cast<unsigned char>(i + 1 < safe.size() ? safe[i + 1] : ' ');
    if (byte == 0xC2 && next >= 0x80 && next < 0xA0) safe.replace(i, 2, "?");
  }
  return safe;
}

std::string Table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i + 1 < row.size() ? Padded(row[i], widths[i] + 2) : row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string QueryText(const promql::Value& value, std::int64_t time_ms) {
  switch (value.type) {
    case promql::ValueType::kScalar:
      return fmt::format("scalar: {}\n", Point(value.scalar, time_ms));
    case promql::ValueType::kString:
      return ForTerminal(value.string) + "\n";
    case promql::ValueType::kMatrix:
      return MatrixText(value.matrix);
    default:
      break;
  }
  std::vector<std::string> series;
  std::size_t width = 0;
  for (const promql::VectorSample& sample : value.vector) {
    series.push_back(ToSeriesText(sample.labels.pairs()));
    width = std::max(width, std::min(Width(series.back()), kMaxAligned));
  }
  std::string text;
  for (std::size_t i = 0; i < series.size(); ++i) {
    text +=
        fmt::format("{} => {}\n", Padded(series[i], width), Point(value.vector[i].value, time_ms));
  }
  return ForTerminal(text);
}

std::string MatrixText(const promql::Matrix& matrix) {
  std::string text;
  for (const promql::MatrixSeries& series : matrix) {
    text += ToSeriesText(series.labels.pairs()) + " =>\n";
    for (const Sample& sample : series.samples) {
      text += Point(sample.value, sample.time_ms) + "\n";
    }
  }
  return ForTerminal(text);
}

std::string AlertsText(const std::vector<RuleAlert>& alerts, std::int64_t now_ms) {
  if (alerts.empty()) return "no alerts\n";
  std::vector<const RuleAlert*> order;
  order.reserve(alerts.size());
  for (const RuleAlert& of : alerts) order.push_back(&of);
  std::stable_sort(order.begin(), order.end(), [](const RuleAlert* a, const RuleAlert* b) {
    const auto rank = [](const RuleAlert& of) {
      return std::tuple(-static_cast<int>(of.alert.state), -Since(of.alert), of.rule);
    };
    return rank(*a) < rank(*b);
  });
  std::size_t name_width = 4;
  for (const RuleAlert* of : order) name_width = std::max(name_width, Width(of->rule));
  std::string text = fmt::format("{:<9} {} {:<24} {:<12} LABELS\n", "STATE",
                                 Padded("NAME", name_width), "SINCE", "VALUE");
  for (const RuleAlert* of : order) {
    const Alert& alert = of->alert;
    LabelPairs labels = alert.labels;
    Set(labels, "alertname", "");
    text += fmt::format(
        "{:<9} {} {:<24} {:<12.6g} {}\n", StateText(alert), Padded(of->rule, name_width),
        fmt::format("{} ({})", Rfc3339(Since(alert) / 1000 * 1000).substr(5, 14) + "Z",
                    Ago(now_ms, Since(alert))),
        alert.value, ToString(labels));
    if (const auto summary = Get(alert.annotations, "summary"); !summary.empty()) {
      text += fmt::format("          {}\n", OneLine(summary));
    }
    for (const Evidence& evidence : alert.evidence) {
      text +=
          fmt::format("          {}: {}\n", ToString(evidence.kind), OneLine(Summary(evidence)));
    }
  }
  return ForTerminal(text);
}

std::string NothingFound(const History& history, std::span<const HistoryNeed> needs,
                         std::chrono::milliseconds lookback) {
  std::vector<History::Id> ids;
  for (const HistoryNeed& need : needs) {
    history.Select(need.matchers, ids);
    const std::string selector = ForTerminal(SelectorText(need.matchers));
    if (ids.empty()) return fmt::format("no series matches {}\n", selector);
    const bool looks_back = need.keep > lookback;
    const bool bare = std::all_of(ids.begin(), ids.end(), [&history](History::Id id) {
      Sample sample;
      History::Cursor cursor = history.From(id, std::numeric_limits<std::int64_t>::min());
      return !cursor.Next(sample) || !cursor.Next(sample);
    });
    if (looks_back && bare) {
      return fmt::format(
          "of {} only the newest sample is there: history is kept of what a rule reads\n",
          selector);
    }
  }
  return "";
}

}  // namespace ecsward
