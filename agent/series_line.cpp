#include "agent/series_line.h"

#include <charconv>
#include <limits>

namespace ecsward {
namespace {

// Takes `"…"` off `text` and undoes what AppendLabelValue did.
std::optional<std::string> TakeQuoted(std::string_view& text) {
  if (!text.starts_with('"')) return std::nullopt;
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
      value += text[i] == 'n' ? '\n' : text[i];
    } else {
      value += text[i];
    }
  }
  return std::nullopt;
}

std::optional<double> ParseValue(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<SeriesLine> ParseSeriesLine(std::string_view line) {
  const std::string_view name = line.substr(0, line.find_first_of("{ "));
  if (!IsMetricName(name)) return std::nullopt;
  SeriesLine out;
  out.labels.push_back({std::string(kMetricName), std::string(name)});
  line.remove_prefix(name.size());
  if (line.starts_with('{')) {
    line.remove_prefix(1);
    while (!line.starts_with('}')) {
      if (line.starts_with(',')) line.remove_prefix(1);
      const std::string_view label = line.substr(0, line.find('='));
      if (!IsLabelName(label) || label.size() == line.size()) return std::nullopt;
      line.remove_prefix(label.size() + 1);
      auto value = TakeQuoted(line);
      if (!value) return std::nullopt;
      out.labels.push_back({std::string(label), std::move(*value)});
    }
    line.remove_prefix(1);
  }
  if (!line.starts_with(' ')) return std::nullopt;
  const auto value = ParseValue(line.substr(1));
  if (!value) return std::nullopt;
  out.value = *value;
  out.labels = Normalized(std::move(out.labels));
  return out;
}

LabelPairs AsScraped(LabelPairs labels, const LabelPairs& target) {
  LabelPairs out = std::move(labels);
  for (const LabelPair& pair : target) {
    const std::string own(Get(out, pair.name));
    if (!own.empty()) {
      std::string name = "exported_" + pair.name;
      while (!Get(out, name).empty() || !Get(target, name).empty()) name.insert(0, "exported_");
      Set(out, name, own);
    }
    Set(out, pair.name, pair.value);
  }
  return out;
}

}  // namespace ecsward
