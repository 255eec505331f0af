// Reads Prometheus's text format, as other programs leave it in *.prom files.
// source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
//
//   # HELP backup_age_seconds Age of the newest backup.
//   # TYPE backup_age_seconds gauge
//   backup_age_seconds{disk="data"} 86400
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metrics/metric.h"

namespace ecsward {

// One bucket (upper bound, cumulative count) or quantile (0…1, value).
struct TextPoint {
  double bound = 0;
  double value = 0;
};

// The samples of one family that have the same labels ("le" and "quantile" not counted).
struct TextMetric {
  std::vector<std::string> label_values;  // as TextFamily::label_names; "" where it has none
  double value = 0;                       // counter, gauge, untyped
  std::vector<TextPoint> points;  // histogram, summary: by bound; a histogram's end with +Inf
  double sum = 0, count = 0;      // histogram, summary; 0 where the text has none
};

struct TextFamily {
  std::string name;
  std::string help;
  bool has_help = false;
  MetricType type = MetricType::kUntyped;
  std::vector<std::string> label_names;  // of all its metrics together, sorted
  std::vector<TextMetric> metrics;       // in the order of the text; never empty
};

struct TextPage {
  std::vector<TextFamily> families;  // in the order of the text
  std::size_t samples = 0;
  // Lines, counted from 1, or 0 for none.
  std::size_t first_timestamp = 0;  // the first sample that brings its own time
  std::size_t first_duplicate =
      0;  // the first sample that was there before; the earlier one stands
};

// Pure. As strict as Prometheus's own parser, and a little more: samples of a histogram or summary
// that are no part of one are errors. errors: kParse "line 3: want …". The whole text is refused:
// half a file is not to be trusted.
Result<TextPage> ParseTextFormat(std::string_view text, std::size_t max_samples);

}  // namespace ecsward
