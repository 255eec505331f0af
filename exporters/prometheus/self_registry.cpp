#include "exporters/prometheus/self_registry.h"

#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <limits>

#include "exporters/prometheus/page.h"
#include "metrics/exposition.h"

namespace ecsward {
namespace {

MetricType TypeOf(prometheus::MetricType type) {
  switch (type) {
    case prometheus::MetricType::Counter:
      return MetricType::kCounter;
    case prometheus::MetricType::Gauge:
      return MetricType::kGauge;
    case prometheus::MetricType::Summary:
      return MetricType::kSummary;
    case prometheus::MetricType::Histogram:
      return MetricType::kHistogram;
    default:
      return MetricType::kUntyped;
  }
}

struct Writer {
  PageFormat format;
  std::string& out;

  void Number(double value) {
    char text[kMaxValueText];
    out.append(text, FormatPageValue(value, format, text));
  }
  // `bound` is "le" or "quantile", or empty.
  void Sample(std::string_view name, std::string_view suffix,
              const prometheus::ClientMetric& metric, std::string_view bound, double bound_value,
              double value) {
    out += name;
    out += suffix;
    char separator = '{';
    for (const auto& label : metric.label) {
      out += separator;
      out += label.name;
      out += "=\"";
      AppendLabelValue(label.value, out);
      out += '"';
      separator = ',';
    }
    if (!bound.empty()) {
      out += separator;
      out += bound;
      out += "=\"";
      Number(bound_value);
      out += '"';
      separator = ',';
    }
    if (separator == ',') out += '}';
    out += ' ';
    Number(value);
    out += '\n';
  }
  void Sample(std::string_view name, std::string_view suffix,
              const prometheus::ClientMetric& metric, double value) {
    Sample(name, suffix, metric, {}, 0, value);
  }
};

void AppendMetric(const prometheus::MetricFamily& family, const prometheus::ClientMetric& metric,
                  Writer& to) {
  switch (family.type) {
    case prometheus::MetricType::Counter:
      return to.Sample(family.name, "", metric, metric.counter.value);
    case prometheus::MetricType::Gauge:
      return to.Sample(family.name, "", metric, metric.gauge.value);
    case prometheus::MetricType::Summary:
      for (const auto& q : metric.summary.quantile) {
        to.Sample(family.name, "", metric, "quantile", q.quantile, q.value);
      }
      to.Sample(family.name, "_sum", metric, metric.summary.sample_sum);
      return to.Sample(family.name, "_count", metric,
                       static_cast<double>(metric.summary.sample_count));
    case prometheus::MetricType::Histogram: {
      const auto count = static_cast<double>(metric.histogram.sample_count);
      constexpr double kInfinity = std::numeric_limits<double>::infinity();
      double last_bound = -kInfinity;
      for (const auto& bucket : metric.histogram.bucket) {
        last_bound = bucket.upper_bound;
        to.Sample(family.name, "_bucket", metric, "le", last_bound,
                  static_cast<double>(bucket.cumulative_count));
      }
      if (last_bound != kInfinity)
        to.Sample(family.name, "_bucket", metric, "le", kInfinity, count);
      to.Sample(family.name, "_sum", metric, metric.histogram.sample_sum);
      return to.Sample(family.name, "_count", metric, count);
    }
    default:
      return to.Sample(family.name, "", metric, metric.untyped.value);
  }
}

}  // namespace

SelfRegistry::SelfRegistry() : registry_(std::make_unique<prometheus::Registry>()) {}
SelfRegistry::~SelfRegistry() = default;

void AppendFamilies(std::vector<prometheus::MetricFamily> families, PageFormat format,
                    std::string& out) {
  std::sort(families.begin(), families.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  Writer to{format, out};
  for (const prometheus::MetricFamily& family : families) {
    if (family.metric.empty()) continue;
    AppendFamilyHeader(family.name, family.help, TypeOf(family.type), format, out);
    for (const prometheus::ClientMetric& metric : family.metric) AppendMetric(family, metric, to);
  }
}

void SelfRegistry::Refresh() {
  const std::vector<prometheus::MetricFamily> families = registry_->Collect();
  text_.clear();
  AppendFamilies(families, PageFormat::kText, text_);
  open_metrics_.clear();
  AppendFamilies(families, PageFormat::kOpenMetrics, open_metrics_);
  ++version_;
}

}  // namespace ecsward
