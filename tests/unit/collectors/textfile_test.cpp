#include "collectors/textfile.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "metrics/series_table.h"
#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

// A folder of *.prom files and the collector that reads it, run after run.
class Textfile : public ::testing::Test {
 protected:
  void Put(const std::string& name, std::string_view text) {
    host_.Write("root/" + name, text);
    const timespec old[2] = {{1'600'000'000, 5}, {1'600'000'000, 5}};
    ASSERT_EQ(::utimensat(AT_FDCWD, Path(name).c_str(), old, 0), 0);
  }
  std::string Path(const std::string& name) { return host_.Env().root.Path(Tree::kRoot, name); }

  // The samples without those of the collector itself; `error_` is what it returned.
  std::string Run(const std::string& directories = "t") {
    if (!collector_) {
      std::string list;
      for (std::string_view rest = directories; !rest.empty();) {
        const auto comma = rest.find(',');
        list += (list.empty() ? "" : ",") + Path(std::string(rest.substr(0, comma)));
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
      }
      collector_ = host_.Make("textfile", {{"directory", list}});
    }
    const auto run = host_.Run(*collector_, set_);
    error_ = run ? "" : run.error().message;
    std::string text = Samples(set_), kept;
    own_.clear();
    while (!text.empty()) {
      const std::string line = text.substr(0, text.find('\n') + 1);
      text.erase(0, line.size());
      (line.starts_with("node_textfile_") ? own_ : kept) += line;
    }
    return kept;
  }

  HostFixture host_;
  std::unique_ptr<Collector> collector_;
  SeriesSet set_;
  std::string error_, own_;
};

TEST_F(Textfile, ReportsEveryFilesMetricsAndTime) {
  Put("t/a.prom", "# TYPE a gauge\na 1\n");
  Put("t/b.prom", "b{x=\"y\"} 2\n");
  Put("t/b.prom.tmp", "half{");
  EXPECT_EQ(Run(), "a 1\nb{x=\"y\"} 2\n");
  EXPECT_EQ(own_, "node_textfile_mtime_seconds{file=\"" + Path("t/a.prom") +
                      "\"} 1.6e+09\nnode_textfile_mtime_seconds{file=\"" + Path("t/b.prom") +
                      "\"} 1.6e+09\nnode_textfile_scrape_error 0\n");
  EXPECT_EQ(error_, "");
}

TEST_F(Textfile, PrintsBoundsAsPrometheusDoes) {
  Put("t/a.prom",
      "# TYPE h histogram\nh_bucket{le=\"1.0\"} 3\nh_sum 4.5\nh_count 7\n"
      "# TYPE s summary\ns{quantile=\"0.50\"} 1\n");
  EXPECT_EQ(Run(),
            "h_bucket{le=\"+Inf\"} 7\nh_bucket{le=\"1\"} 3\nh_count 7\nh_sum 4.5\n"
            "s_count 0\ns_sum 0\ns{quantile=\"0.5\"} 1\n");
}

TEST_F(Textfile, NoDirectoryIsNothingToDo) {
  collector_ = host_.Make("textfile");
  EXPECT_EQ(Run(), "");
  EXPECT_EQ(own_, "node_textfile_scrape_error 0\n");
  EXPECT_EQ(error_, "");
}

TEST_F(Textfile, AMissingDirectoryIsAnErrorUntilItIsThere) {
  Run();
  EXPECT_EQ(own_, "node_textfile_scrape_error 1\n");
  EXPECT_NE(error_.find(Path("t")), std::string::npos) << error_;
  Put("t/a.prom", "a 1\n");
  EXPECT_EQ(Run(), "a 1\n");
  EXPECT_EQ(error_, "");
}

TEST_F(Textfile, AGarbledFileDoesNotSpoilTheOthers) {
  Put("t/a.prom", "a 1\n");
  Put("t/bad.prom", "ok 1\nbad{\n");
  Put("t/worse.prom", "cut 1");
  EXPECT_EQ(Run(), "a 1\n");
  EXPECT_EQ(error_, Path("t/bad.prom") + ": line 2: want a label name or } (and 1 more)");
  EXPECT_EQ(own_.find("bad.prom"), std::string::npos) << "its time would look fresh\n" << own_;
  EXPECT_NE(own_.find("node_textfile_scrape_error 1"), std::string::npos);
}

TEST_F(Textfile, RefusesAFileWithTimestampsWhole) {
  Put("t/a.prom", "a 1\nb 2 1700000000000\n");
  EXPECT_EQ(Run(), "");
  EXPECT_EQ(error_, Path("t/a.prom") + ": line 2: samples may not bring their own timestamp");
}

TEST_F(Textfile, SeesFilesComeChangeAndGo) {
  Put("t/a.prom", "a 1\n");
  EXPECT_EQ(Run(), "a 1\n");
  Put("t/a.prom", "a 1234\n");
  Put("t/b.prom", "b 1\n");
  EXPECT_EQ(Run(), "a 1234\nb 1\n");
  host_.Remove("root/t/a.prom");
  EXPECT_EQ(Run(), "b 1\n");
}

TEST_F(Textfile, ParsesOnlyWhatHasChanged) {
  Put("t/a.prom", "a 1\n");
  ASSERT_EQ(Run(), "a 1\n");
  for (int i = 0; i < 70; ++i) ASSERT_EQ(Run(), "a 1\n");
  EXPECT_EQ(set_.structure_version(), 4u);  // three series, made once
}

TEST_F(Textfile, TheFirstFileHasTheHelpAndTheType) {
  Put("t/a.prom", "# HELP x First.\nx{f=\"a\"} 1\ny 1\n");
  Put("t/b.prom", "# HELP x Second.\nx{f=\"b\"} 2\n# TYPE y gauge\ny 2\n");
  EXPECT_EQ(Run(), "x{f=\"a\"} 1\ny 1\n");
  EXPECT_EQ(error_, Path("t/b.prom") + ": x has another help text in another file (and 1 more)");
}

TEST_F(Textfile, FilesMayShareAMetricButNotASeries) {
  Put("t/a.prom", "x{f=\"a\"} 1\n");
  Put("t/b.prom", "x{f=\"b\"} 2\nx{f=\"a\",g=\"\"} 3\n");
  EXPECT_EQ(Run(), "x{f=\"a\"} 1\nx{f=\"b\",g=\"\"} 2\n");
  EXPECT_EQ(error_, Path("t/b.prom") + ": x has a series that is in another file too");
}

TEST_F(Textfile, ReadsSeveralDirectoriesAndPatterns) {
  Put("t/a.prom", "a 1\n");
  Put("apps/one/a.prom", "one 1\n");
  Put("apps/two/a.prom", "two 1\n");
  EXPECT_EQ(Run("t,apps/*"), "a 1\none 1\ntwo 1\n");
}

TEST_F(Textfile, AFileThatIsNoneIsAnError) {
  Put("t/a.prom", "a 1\n");
  ASSERT_EQ(::mkfifo(Path("t/pipe.prom").c_str(), 0600), 0);
  EXPECT_EQ(Run(), "a 1\n");
  EXPECT_EQ(error_, Path("t/pipe.prom") + ": not a regular file");
}

// A metric whose type changes must be seen with its new type, and let its old self go.
TEST_F(Textfile, AMetricMayChangeItsType) {
  SeriesTable table;
  SeriesSet& set = table.AddSet();
  collector_ = host_.Make("textfile", {{"directory", Path("t")}});
  const auto type_after = [&](std::string_view text) {
    Put("t/a.prom", text);
    EXPECT_TRUE(host_.Run(*collector_, set));
    table.Publish(1, {});
    Snapshot snapshot;
    EXPECT_TRUE(table.ReadLatest(snapshot));
    for (const auto& family : snapshot.layout->families) {
      if (family.name == "x") return family.type;
    }
    return MetricType::kUntyped;
  };
  EXPECT_EQ(type_after("# TYPE x counter\nx 1\n"), MetricType::kCounter);
  EXPECT_EQ(type_after("# TYPE x gauge\nx 1\n"), MetricType::kGauge);
  EXPECT_EQ(type_after("# TYPE x counter\nx 123\n"), MetricType::kCounter);
  EXPECT_EQ(table.conflicts(), 0u);
  for (int i = 0; i < 200; ++i) {
    Put("t/a.prom", "# TYPE x " + std::string(i % 2 == 0 ? "gauge" : "counter") + "\nx " +
                        std::string(static_cast<std::size_t>(1 + i % 3), '1') + "\n");
    ASSERT_TRUE(host_.Run(*collector_, set));
  }
  EXPECT_LT(set.series().size(), 100u);
}

}  // namespace
}  // namespace ecsward
