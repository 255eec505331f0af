// The agent's own counters and histograms: one prometheus-cpp registry, shown at the end of every
// metrics page. Names start with "ecsward_", so that no family can meet a collector's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/prometheus/page_format.h"

namespace prometheus {
class Registry;
struct MetricFamily;
}  // namespace prometheus

namespace ecsward {

// registry() is thread-safe, as prometheus-cpp is; the rest belongs to the event-loop thread.
class SelfRegistry {
 public:
  SelfRegistry();
  ~SelfRegistry();

  // Where any room registers its families. Keep references to the children: looking them up
  // allocates, adding to them does not.
  prometheus::Registry& registry() { return *registry_; }

  // Collects the registry and renders it. Collecting allocates, so this is done every some seconds
  // (PrometheusServer has a timer for it) and not with each scrape.
  void Refresh();

  // What the last Refresh rendered: whole families, without "# EOF". Good until the next Refresh.
  std::string_view Text(PageFormat format) const {
    return format == PageFormat::kText ? text_ : open_metrics_;
  }
  std::uint64_t version() const { return version_; }  // grows with each Refresh

 private:
  std::unique_ptr<prometheus::Registry> registry_;
  std::string text_;
  std::string open_metrics_;
  std::uint64_t version_ = 0;
};

// Appends the families in `format`, sorted by name; a family without samples shows no header.
void AppendFamilies(std::vector<prometheus::MetricFamily> families, PageFormat format,
                    std::string& out);

}  // namespace ecsward
