#include "tests/fuzz/exporter_targets.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <span>

#include "exporters/prometheus/address.h"
#include "exporters/prometheus/negotiate.h"
#include "exporters/prometheus/page.h"
#include "exporters/prometheus/request_reader.h"
#include "exporters/prometheus/web_config.h"

namespace ecsward {

void FuzzAccept(std::string_view t) {
  (void)ParseAccept(t);
  (void)ParseAcceptEncoding(t);
}

void FuzzAddresses(std::string_view t) {
  (void)ParseListenAddress(t);
  if (const auto network = ParseCidr(t)) (void)Contains(*network, network->network);
}

// HTTP requests, cut into reads whose sizes come from the first byte.
void FuzzRequests(std::string_view t) {
  if (t.empty()) return;
  const std::size_t step = static_cast<unsigned char>(t.front()) + std::size_t{1};
  t.remove_prefix(1);
  RequestReader reader({.header_bytes = 1024, .body_bytes = 4096});
  while (true) {
    switch (reader.Next()) {
      case RequestReader::State::kBad:
        return;
      case RequestReader::State::kRequest:
        (void)Route(reader.request(), {});
        reader.Done();
        break;
      case RequestReader::State::kNeedMore:
        if (t.empty()) return;
        const std::span<char> space = reader.Space();
        const std::size_t size = std::min({step, t.size(), space.size()});
        t.copy(space.data(), size);
        t.remove_prefix(size);
        reader.Received(size);
        break;
    }
  }
}

// Pages with hostile names, helps and label values, rendered anew and from the page before.
void FuzzPage(std::string_view t) {
  const std::string_view help = t.substr(0, t.size() / 2);
  const std::string_view label = t.substr(t.size() / 2);
  double value = 0;
  if (!t.empty()) std::memcpy(&value, t.data(), std::min(t.size(), sizeof value));
  const Metric gauge{"g", help, MetricType::kGauge, "a"};
  const Metric bucket{"h_bucket", help, MetricType::kHistogram, "a,le", "h"};
  SeriesTable table;
  SeriesSet& set = table.AddSet();
  for (const PageFormat format : {PageFormat::kText, PageFormat::kOpenMetrics}) {
    PageRenderer renderer(format);
    PageBuffer pages[2];
    for (std::size_t tick = 0; tick < 3; ++tick) {
      set.BeginRun();
      Recorder to(set);
      if (tick != 1) to.Set(gauge, {label}, value);
      to.Set(bucket, {help, label}, tick == 2 ? value : 1);
      set.EndRun();
      table.Publish(tick, {});
      Snapshot snapshot;
      if (!table.ReadLatest(snapshot)) return;
      renderer.Render(snapshot, label, pages[(tick + 1) % 2].view(), pages[tick % 2]);
      if (pages[tick % 2].view() != RenderPage(snapshot, format, label)) std::abort();
    }
  }
}

void FuzzWebConfig(std::string_view t) { (void)ParseWebConfig(t, "web.yml"); }

}  // namespace ecsward
