// Metrics that other programs leave in files: cron jobs, backup scripts, package managers.
//
// A steady tick costs one stat for each directory and file. A file is parsed anew when its time,
// size or inode has changed; a directory is listed anew when its time has.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collectors/all.h"
#include "collectors/text_format.h"

namespace ecsward {

inline constexpr OptionSpec kTextfileOptions[] = {
    {"directory", OptionKind::kList, "",
     "Directories whose *.prom files are read; shell patterns are allowed."},
};

// source: <directory>/*.prom in Prometheus's text format
// note:   Files are refused whole: garbled ones, and ones whose samples bring their own time. Where
// two
//         files disagree on the help or type of a metric, the first one (by name) has it; where
//         they have the same series too.
// errors: the first problem with file and line. What is fine is reported all the same, and
//         node_textfile_scrape_error is 1.
class TextfileCollector final : public Collector {
 public:
  static constexpr std::size_t kMaxFiles = 1000;
  static constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20;
  static constexpr std::size_t kMaxSamples = 50'000;  // of all files together

  TextfileCollector(const CollectorEnv& env, const CollectorOptions& options);
  ~TextfileCollector() override;
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  // What tells one state of a file from the next.
  struct Stamp {
    std::int64_t mtime_ns = 0;
    std::int64_t ctime_ns = 0;  // also new permissions; nobody can set it back
    std::int64_t size = 0;
    std::uint64_t inode = 0;
    bool operator==(const Stamp&) const = default;
  };
  struct Directory {
    std::string path;
    Stamp stamp;
    bool settled = false;  // false: list it even if the stamp is the same
  };
  struct File {
    Stamp stamp;
    bool settled = false;
    bool listed = true;
    int stat_error = 0;
    TextPage page;
    std::optional<Error> error;  // then the page is empty
  };
  struct OwnedMetric;
  struct Shared;
  struct Sample {
    const Metric* metric;
    std::uint32_t first_value;  // into values_
    std::uint32_t value_count;
    double value;
  };

  void FindDirectories();
  bool LookAtDirectories(const Tick& tick);
  bool ListFiles();
  bool LookAtFiles(const Tick& tick);
  void Parse(const std::string& path, File& file);
  void Plan();
  bool PlanFamily(const TextFamily& family, Shared& shared);
  void Add(const Metric& metric, const TextMetric& from, const double* bound, double value);
  const Metric& Own(const TextFamily& family, const std::string& help, std::string_view suffix,
                    std::string_view extra_label);
  void Forget();
  void Complain(const Error& error);

  std::vector<std::string> patterns_;
  MonoTime directories_due_{};
  std::vector<Directory> directories_;
  std::optional<Error> directory_error_;
  std::map<std::string, File> files_;  // by path

  // What is reported: made when a file has changed, used on every tick.
  std::vector<Sample> samples_;
  std::vector<std::string_view> values_;  // into files_ and bounds_
  std::deque<std::string> bounds_;
  std::optional<Error> problem_;  // the first of
  std::size_t problem_count_ = 0;

  // By name, labels. Series point to their metric for SeriesSet::kKeepRuns runs after the last one
  // that reported them, so metrics are kept for longer.
  std::map<std::string, std::unique_ptr<OwnedMetric>, std::less<>> metrics_;
  std::vector<std::unique_ptr<OwnedMetric>> retired_;
  std::uint64_t run_ = 0;
  ReadBuffer buffer_;
};

}  // namespace ecsward
