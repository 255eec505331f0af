// Prometheus's own tool reads our pages.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "exporters/prometheus/page.h"

namespace ecsward {
namespace {

TEST(Promtool, FindsNothingInAPageWithHostileLabels) {
  const char* const judges = std::getenv("ECSWARD_JUDGES");
  const auto tool = std::filesystem::path(judges == nullptr ? "/usr/bin" : judges) / "promtool";
  if (!std::filesystem::exists(tool)) {
    GTEST_SKIP() << "NOT CHECKED: no promtool in " << tool.parent_path()
                 << "; set ECSWARD_JUDGES to the folder that has it";
  }
  static constexpr Metric kFiles{"x_files", "Help with \"quotes\", \\ and\na new line.",
                                 MetricType::kGauge, "path"};
  static constexpr Metric kBucket{"x_seconds_bucket", "A histogram.", MetricType::kHistogram, "le",
                                  "x_seconds"};
  static constexpr Metric kSum{"x_seconds_sum", "", MetricType::kHistogram, "", "x_seconds"};
  static constexpr Metric kCount{"x_seconds_count", "", MetricType::kHistogram, "", "x_seconds"};
  SeriesTable table;
  SeriesSet& set = table.AddSet();
  set.BeginRun();
  Recorder to(set);
  for (const std::string_view path :
       {"/a\nb", "/\"", "\\", "\xff\xfe", "中文", "", "{a=\"b\"} 1"}) {
    to.Set(kFiles, {path}, 1e300);
  }
  to.Set(kBucket, {"1"}, 1);
  to.Set(kBucket, {"+Inf"}, 2);
  to.Set(kSum, 2.5);
  to.Set(kCount, 2);
  set.EndRun();
  table.Publish(1, {});
  Snapshot snapshot;
  ASSERT_TRUE(table.ReadLatest(snapshot));
  const std::string page = RenderPage(snapshot, PageFormat::kText);
  FILE* const pipe = popen((tool.string() + " check metrics").c_str(), "w");
  ASSERT_NE(pipe, nullptr);
  std::fwrite(page.data(), 1, page.size(), pipe);
  EXPECT_EQ(pclose(pipe), 0) << page;
}

}  // namespace
}  // namespace ecsward
