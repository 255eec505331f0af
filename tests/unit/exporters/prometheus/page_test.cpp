#include "exporters/prometheus/page.h"

#include <gtest/gtest.h>
#include <libdeflate.h>
#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <cmath>
#include <limits>

#include "exporters/prometheus/page_cache.h"
#include "exporters/prometheus/self_registry.h"

namespace ecsward {
namespace {

constexpr Metric kSeconds{"x_seconds_total", "Seconds \"so far\".", MetricType::kCounter, "cpu"};
constexpr Metric kOdd{"odd", "A counter without _total.", MetricType::kCounter};
constexpr Metric kGauge{"g", "A gauge.", MetricType::kGauge};
constexpr Metric kUntyped{"u", "", MetricType::kUntyped};
constexpr Metric kBucket{"h_bucket", "A histogram.", MetricType::kHistogram, "a,le", "h"};

// A table with one set; each Tick reports what `fill` does.
class Host {
 public:
  template <class F>
  void Tick(F fill) {
    set_.BeginRun();
    Recorder to(set_);
    fill(to);
    set_.EndRun();
    ++tick_;
    table_.Publish(tick_, WallTime(std::chrono::seconds(tick_)));
  }
  Snapshot Latest() const {
    Snapshot out;
    EXPECT_TRUE(table_.ReadLatest(out));
    return out;
  }
  const SeriesTable& table() const { return table_; }

 private:
  SeriesTable table_;
  SeriesSet& set_ = table_.AddSet();
  std::uint64_t tick_ = 0;
};

TEST(Page, IsTextFormat) {
  Host host;
  host.Tick([](Recorder& to) {
    to.Set(kSeconds, {"0"}, 1.5);
    to.Set(kSeconds, {"1"}, 2);
    to.Set(kGauge, std::numeric_limits<double>::infinity());
    to.Set(kUntyped, std::nan(""));
    to.Set(kOdd, 1e6);
  });
  EXPECT_EQ(RenderPage(host.Latest(), PageFormat::kText),
            "# HELP g A gauge.\n# TYPE g gauge\ng +Inf\n"
            "# HELP odd A counter without _total.\n# TYPE odd counter\nodd 1e+06\n"
            "# TYPE u untyped\nu NaN\n"
            "# HELP x_seconds_total Seconds \"so far\".\n# TYPE x_seconds_total counter\n"
            "x_seconds_total{cpu=\"0\"} 1.5\nx_seconds_total{cpu=\"1\"} 2\n");
}

TEST(Page, IsOpenMetrics) {
  Host host;
  host.Tick([](Recorder& to) {
    to.Set(kSeconds, {"0"}, 2);
    to.Set(kOdd, 1e6);
    to.Set(kUntyped, -0.0);
  });
  EXPECT_EQ(RenderPage(host.Latest(), PageFormat::kOpenMetrics),
            "# HELP odd A counter without _total.\n# TYPE odd unknown\nodd 1e+06\n"
            "# TYPE u unknown\nu -0.0\n"
            "# HELP x_seconds Seconds \\\"so far\\\".\n# TYPE x_seconds counter\n"
            "x_seconds_total{cpu=\"0\"} 2.0\n"
            "# EOF\n");
}

TEST(Page, WritesBoundsAsFloatsInOpenMetricsOnly) {
  Host host;
  host.Tick([](Recorder& to) {
    to.Set(kBucket, {"le=\"1\"", "1"}, 3);
    to.Set(kBucket, {"le=\"1\"", "+Inf"}, 4);
  });
  EXPECT_EQ(RenderPage(host.Latest(), PageFormat::kOpenMetrics),
            "# HELP h A histogram.\n# TYPE h histogram\n"
            "h_bucket{a=\"le=\\\"1\\\"\",le=\"1.0\"} 3.0\n"
            "h_bucket{a=\"le=\\\"1\\\"\",le=\"+Inf\"} 4.0\n# EOF\n");
  EXPECT_NE(RenderPage(host.Latest(), PageFormat::kText).find("le=\"1\"} 3\n"), std::string::npos);
}

TEST(Page, ShowsNoHeaderForAFamilyWithoutSeries) {
  Host host;
  host.Tick([](Recorder& to) {
    to.Set(kGauge, 1);
    to.Set(kOdd, 1);
  });
  host.Tick([](Recorder& to) { to.Set(kOdd, 2); });
  EXPECT_EQ(RenderPage(host.Latest(), PageFormat::kText),
            "# HELP odd A counter without _total.\n# TYPE odd counter\nodd 2\n");
}

// The renderer copies from the page before; whatever came, went or changed its length, it must
// write what a renderer without a past writes.
TEST(Page, IsTheSameWithAndWithoutAPageBefore) {
  for (const PageFormat format : {PageFormat::kText, PageFormat::kOpenMetrics}) {
    Host host;
    PageRenderer renderer(format);
    PageBuffer pages[2];
    std::uint32_t random = 1;
    const auto dice = [&random](std::uint32_t sides) {
      random = random * 1664525 + 1013904223;
      return (random >> 16) % sides;
    };
    for (std::size_t tick = 0; tick < 300; ++tick) {
      host.Tick([&](Recorder& to) {
        for (const std::string_view cpu : {"0", "1", "2", "3"}) {
          if (dice(4) > 0) to.Set(kSeconds, {cpu}, dice(3) * 1000.25);
        }
        if (dice(3) > 0) to.Set(kGauge, dice(2));
        if (dice(3) > 0) to.Set(kBucket, {"x", "0.5"}, dice(2) * 1e9);
        to.Set(kOdd, tick < 100 ? 1 : dice(3));
        if (tick == 200) to.Set(kUntyped, 1);
      });
      const std::string extra(dice(3), '#');
      PageBuffer& page = pages[tick % 2];
      const std::string_view previous = pages[1 - tick % 2].view();
      renderer.Render(host.Latest(), extra, tick % 50 == 7 ? std::string_view() : previous, page);
      ASSERT_EQ(page.view(), RenderPage(host.Latest(), format, extra)) << "tick " << tick;
    }
  }
}

TEST(PageCache, RendersOnceATickAndKeepsAPageThatIsBeingSent) {
  Host host;
  SelfRegistry self;
  PageCache cache(host.table(), self);
  EXPECT_FALSE(cache.Update());
  host.Tick([](Recorder& to) { to.Set(kGauge, 1); });
  ASSERT_TRUE(cache.Update());
  const PageRef first = cache.Get(PageFormat::kText, PageEncoding::kIdentity);
  EXPECT_EQ(first, cache.Get(PageFormat::kText, PageEncoding::kIdentity));
  for (int i = 0; i < 5; ++i) {
    host.Tick([i](Recorder& to) { to.Set(kGauge, 2 + i); });
    ASSERT_TRUE(cache.Update());
    const PageRef next = cache.Get(PageFormat::kText, PageEncoding::kIdentity);
    EXPECT_TRUE(next->view().ends_with("g " + std::to_string(2 + i) + "\n"));
  }
  EXPECT_TRUE(first->view().ends_with("g 1\n"));
}

TEST(PageCache, RefusesRatherThanKeepEveryPageThatSomebodyIsSlowToRead) {
  Host host;
  SelfRegistry self;
  PageCache cache(host.table(), self);
  std::vector<PageRef> held;
  const auto next = [&] {
    host.Tick([&](Recorder& to) { to.Set(kGauge, static_cast<double>(held.size())); });
    EXPECT_TRUE(cache.Update());
    return cache.Get(PageFormat::kText, PageEncoding::kGzip);
  };
  for (std::size_t i = 0; i < PageCache::kMaxPages; ++i) {
    held.push_back(next());
    ASSERT_NE(held.back(), nullptr);
  }
  EXPECT_EQ(next(), nullptr);
  held.pop_back();
  EXPECT_NE(next(), nullptr);
}

TEST(PageCache, PacksWhatItShows) {
  Host host;
  SelfRegistry self;
  prometheus::BuildCounter().Name("ecsward_c_total").Help("C.").Register(self.registry()).Add({});
  self.Refresh();
  PageCache cache(host.table(), self);
  host.Tick([](Recorder& to) { to.Set(kGauge, 1); });
  ASSERT_TRUE(cache.Update());
  const PageRef packed = cache.Get(PageFormat::kOpenMetrics, PageEncoding::kGzip);
  std::string text(10'000, '\0');
  std::size_t size = 0;
  libdeflate_decompressor* const d = libdeflate_alloc_decompressor();
  EXPECT_EQ(libdeflate_gzip_decompress(d, packed->view().data(), packed->view().size(), text.data(),
                                       text.size(), &size),
            LIBDEFLATE_SUCCESS);
  libdeflate_free_decompressor(d);
  text.resize(size);
  EXPECT_EQ(text,
            "# HELP g A gauge.\n# TYPE g gauge\ng 1.0\n"
            "# HELP ecsward_c C.\n# TYPE ecsward_c counter\necsward_c_total 0.0\n# EOF\n");
}

TEST(SelfRegistry, RendersHistogramsWithCumulativeBuckets) {
  SelfRegistry self;
  auto& h = prometheus::BuildHistogram()
                .Name("ecsward_h")
                .Help("H.")
                .Register(self.registry())
                .Add({{"a", "quote\""}}, prometheus::Histogram::BucketBoundaries{1, 2});
  h.Observe(0.5);
  h.Observe(7);
  self.Refresh();
  EXPECT_EQ(self.Text(PageFormat::kText),
            "# HELP ecsward_h H.\n# TYPE ecsward_h histogram\n"
            "ecsward_h_bucket{a=\"quote\\\"\",le=\"1\"} 1\n"
            "ecsward_h_bucket{a=\"quote\\\"\",le=\"2\"} 1\n"
            "ecsward_h_bucket{a=\"quote\\\"\",le=\"+Inf\"} 2\n"
            "ecsward_h_sum{a=\"quote\\\"\"} 7.5\n"
            "ecsward_h_count{a=\"quote\\\"\"} 2\n");
}

}  // namespace
}  // namespace ecsward
