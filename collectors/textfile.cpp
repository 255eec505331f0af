#include "collectors/textfile.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <utility>

#include "metrics/exposition.h"

namespace ecsward {
namespace {

constexpr Metric kMtime{"node_textfile_mtime_seconds",
                        "When each file that could be read was last modified, in seconds since "
                        "1970.",
                        MetricType::kGauge, "file"};
constexpr Metric kScrapeError{"node_textfile_scrape_error",
                              "1 when a file or directory could not be read, else 0.",
                              MetricType::kGauge};

// How often patterns are expanded anew, and directories listed whatever their time says.
constexpr std::chrono::seconds kRescan{30};

// A file that changed this recently may change again without its time showing it: the kernel's
// clock for file times moves in steps (4 ms; 2 s on some file systems).
constexpr std::int64_t kClockStepNs = 2'000'000'000;

bool MayChangeUnseen(std::int64_t ctime_ns, const Tick& tick) {
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(tick.wall.time_since_epoch()).count();
  return ctime_ns > now - kClockStepNs && ctime_ns <= now + kClockStepNs;
}

std::int64_t Nanoseconds(const timespec& t) {
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

bool IsPattern(std::string_view s) { return s.find_first_of("*?[") != std::string_view::npos; }

std::vector<std::string> Expand(const std::string& pattern) {
  std::vector<std::string> paths;
  glob_t found = {};
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  }
  ::globfree(&found);
  // What matches nothing is taken for a directory's name, and its absence reported as such.
  if (paths.empty()) paths.push_back(pattern);
  return paths;
}

}  // namespace

struct TextfileCollector::OwnedMetric {
  std::string name, help, labels, family;
  Metric metric;
  bool planned = true;         // what is planned is reported on every run
  std::uint64_t last_run = 0;  // otherwise: the last run that reported it
};

TextfileCollector::TextfileCollector(const CollectorEnv&, const CollectorOptions& options) {
  std::string_view list = options.String("directory");
  while (!list.empty()) {
    const auto comma = list.find(',');
    const std::string_view one = list.substr(0, comma);
    if (!one.empty()) patterns_.emplace_back(one);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
}

TextfileCollector::~TextfileCollector() = default;

void TextfileCollector::FindDirectories() {
  std::vector<Directory> found;
  for (const std::string& pattern : patterns_) {
    const auto paths = IsPattern(pattern) ? Expand(pattern) : std::vector<std::string>{pattern};
    for (const std::string& whole : paths) {
      std::string path = whole;
      while (path.size() > 1 && path.back() == '/') path.pop_back();
      const bool known = std::any_of(found.begin(), found.end(),
                                     [&path](const Directory& d) { return d.path == path; });
      if (!known) found.push_back({.path = std::move(path), .stamp = {}});
    }
  }
  directories_ = std::move(found);
}

// True when there are other files, or other errors, than before.
bool TextfileCollector::LookAtDirectories(const Tick& tick) {
  bool list = false;
  if (tick.mono >= directories_due_) {
    directories_due_ = tick.mono + kRescan;
    FindDirectories();
    list = true;
  }
  for (Directory& directory : directories_) {
    struct stat s = {};
    Stamp stamp;  // stays empty where there is no directory
    if (::stat(directory.path.c_str(), &s) == 0) {
      stamp = {Nanoseconds(s.st_mtim), Nanoseconds(s.st_ctim), s.st_size, s.st_ino};
    }
    if (directory.settled && stamp == directory.stamp) continue;
    directory.stamp = stamp;
    directory.settled = !MayChangeUnseen(stamp.ctime_ns, tick);
    list = true;
  }
  return list && ListFiles();
}

bool TextfileCollector::ListFiles() {
  bool changed = false;
  std::optional<Error> error;
  for (auto& [path, file] : files_) file.listed = false;
  for (const Directory& directory : directories_) {
    // The configuration's own path: not below --path.rootfs, as in node_exporter.
    const HostRoot folder({.procfs = "", .sysfs = "", .rootfs = directory.path, .udev_data = ""});
    const auto names = folder.List(Tree::kRoot, "");
    if (!names) {
      if (!error) error = names.error();
      continue;
    }
    for (const std::string& name : *names) {
      if (!name.ends_with(".prom")) continue;
      const std::string path = folder.Path(Tree::kRoot, name);
      auto it = files_.find(path);
      if (it == files_.end()) {
        if (files_.size() >= kMaxFiles) {
          error = Fail(ErrorCode::kParse, path + ": more than " + std::to_string(kMaxFiles) +
                                              " *.prom files; the rest is not read");
          break;
        }
        it = files_.try_emplace(path).first;
        changed = true;
      }
      it->second.listed = true;
    }
  }
  if (std::erase_if(files_, [](const auto& item) { return !item.second.listed; }) > 0) {
    changed = true;
  }
  if (error.has_value() != directory_error_.has_value() ||
      (error && error->message != directory_error_->message)) {
    directory_error_ = std::move(error);
    changed = true;
  }
  return changed;
}

// Parses what has changed. True when anything has.
bool TextfileCollector::LookAtFiles(const Tick& tick) {
  bool changed = false;
  for (auto& [path, file] : files_) {
    struct stat s = {};
    Stamp stamp;
    const int error = ::stat(path.c_str(), &s) == 0 ? 0 : errno;
    if (error == 0) {
      stamp = {Nanoseconds(s.st_mtim), Nanoseconds(s.st_ctim), s.st_size, s.st_ino};
    }
    if (file.settled && stamp == file.stamp && error == file.stat_error) continue;
    file.stamp = stamp;
    file.stat_error = error;
    file.settled = error != 0 || !MayChangeUnseen(stamp.ctime_ns, tick);
    file.error.reset();
    file.page = {};
    changed = true;
    if (error != 0) {
      file.error = ErrnoError(error, path);
    } else if (!S_ISREG(s.st_mode)) {
      file.error = Fail(ErrorCode::kParse, path + ": not a regular file");
    } else if (s.st_size > static_cast<off_t>(kMaxFileBytes)) {
      file.error = Fail(ErrorCode::kParse, path + ": longer than 4 MiB");
    } else {
      Parse(path, file);
    }
  }
  return changed;
}

void TextfileCollector::Parse(const std::string& path, File& file) {
  HostFile source(path);
  auto text = source.Read(buffer_);
  if (!text) {
    file.error = text.error();
    return;
  }
  auto page = ParseTextFormat(*text, kMaxSamples);
  if (!page) {
    file.error = std::move(page).error().Context(path);
  } else if (page->first_timestamp != 0) {
    file.error = Fail(ErrorCode::kParse, path + ": line " + std::to_string(page->first_timestamp) +
                                             ": samples may not bring their own timestamp");
  } else {
    file.page = std::move(*page);
  }
  constexpr std::size_t kKeptBuffer = std::size_t{64} << 10;
  if (buffer_.capacity() > kKeptBuffer) buffer_ = {};
}

// What all files together know of one metric name.
struct TextfileCollector::Shared {
  const TextFamily* first = nullptr;
  std::string help;
  std::string files;
  std::size_t file_count = 0;
  std::set<std::vector<std::string>> series;  // names and values of labels; only if several files
};

void TextfileCollector::Complain(const Error& error) {
  if (!problem_) problem_ = error;
  ++problem_count_;
}

// Works out what all files together say.
void TextfileCollector::Plan() {
  for (auto& [key, metric] : metrics_) {
    if (metric->planned) metric->last_run = run_;
    metric->planned = false;
  }
  samples_.clear();
  values_.clear();
  bounds_.clear();
  problem_.reset();
  problem_count_ = 0;
  if (directory_error_) Complain(*directory_error_);

  std::map<std::string_view, Shared> known;
  for (const auto& [path, file] : files_) {
    if (file.error) Complain(*file.error);
    if (file.page.first_duplicate != 0) {
      Complain(Fail(ErrorCode::kParse, path + ": line " +
                                           std::to_string(file.page.first_duplicate) +
                                           ": a series that was there before"));
    }
    for (const TextFamily& family : file.page.families) {
      Shared& shared = known[family.name];
      if (shared.first == nullptr) shared.first = &family;
      if (shared.help.empty()) shared.help = family.help;
      shared.files += (shared.file_count++ == 0 ? "" : ", ") + path;
    }
  }
  for (auto& [name, shared] : known) {
    if (shared.help.empty()) shared.help = "Metric read from " + shared.files;
  }
  std::size_t room = kMaxSamples;
  for (const auto& [path, file] : files_) {
    if (file.page.samples > room) {
      Complain(Fail(ErrorCode::kParse,
                    path + ": more than " + std::to_string(kMaxSamples) + " samples in all files"));
      continue;
    }
    room -= file.page.samples;
    for (const TextFamily& family : file.page.families) {
      Shared& shared = known[family.name];
      const auto refuse = [&, &at = path](const char* why) {
        Complain(Fail(ErrorCode::kParse, at + ": " + family.name + " " + why));
      };
      if (family.type != shared.first->type) {
        refuse("has another type in another file");
      } else if (family.has_help && family.help != shared.help) {
        refuse("has another help text in another file");
      } else if (!PlanFamily(family, shared)) {
        refuse("has a series that is in another file too");
      }
    }
  }
  if (problem_count_ > 1) {
    problem_->message += " (and " + std::to_string(problem_count_ - 1) + " more)";
  }
  Forget();
}

// Adds the samples of a family; false when some were left out because another file has them.
bool TextfileCollector::PlanFamily(const TextFamily& family, Shared& shared) {
  const bool histogram = family.type == MetricType::kHistogram;
  const bool compound = histogram || family.type == MetricType::kSummary;
  const Metric& metric = Own(family, shared.help, histogram ? "_bucket" : "",
                             histogram  ? "le"
                             : compound ? "quantile"
                                        : "");
  const Metric* sum = compound ? &Own(family, shared.help, "_sum", "") : nullptr;
  const Metric* count = compound ? &Own(family, shared.help, "_count", "") : nullptr;
  bool complete = true;
  for (const TextMetric& from : family.metrics) {
    if (shared.file_count > 1) {
      std::vector<std::string> identity;
      for (std::size_t i = 0; i < from.label_values.size(); ++i) {
        if (from.label_values[i].empty()) continue;  // as good as absent
        identity.push_back(family.label_names[i]);
        identity.push_back(from.label_values[i]);
      }
      if (!shared.series.insert(std::move(identity)).second) {
        complete = false;
        continue;
      }
    }
    if (!compound) {
      Add(metric, from, nullptr, from.value);
      continue;
    }
    for (const TextPoint& point : from.points) Add(metric, from, &point.bound, point.value);
    Add(*sum, from, nullptr, from.sum);
    Add(*count, from, nullptr, from.count);
  }
  return complete;
}

void TextfileCollector::Add(const Metric& metric, const TextMetric& from, const double* bound,
                            double value) {
  const auto first = static_cast<std::uint32_t>(values_.size());
  values_.insert(values_.end(), from.label_values.begin(), from.label_values.end());
  if (bound != nullptr) {
    std::array<char, kMaxValueText> text{};
    bounds_.emplace_back(text.data(), FormatValue(*bound, text.data()));
    values_.emplace_back(bounds_.back());
  }
  samples_.push_back({&metric, first, static_cast<std::uint32_t>(values_.size()) - first, value});
}

const Metric& TextfileCollector::Own(const TextFamily& family, const std::string& help,
                                     std::string_view suffix, std::string_view extra_label) {
  std::string labels;
  for (const std::string& name : family.label_names) {
    labels += (labels.empty() ? "" : ",") + name;
  }
  if (!extra_label.empty()) labels.append(labels.empty() ? "" : ",").append(extra_label);
  std::string name = family.name + std::string(suffix);
  std::unique_ptr<OwnedMetric>& owned = metrics_[name + "{" + labels];
  // Where a metric's type or help has changed, its old series must not come back to life: they
  // would be taken for the old type. A new metric makes new series.
  if (owned && (owned->metric.type != family.type || owned->help != help)) {
    retired_.push_back(std::exchange(owned, nullptr));
  }
  if (!owned) {
    owned = std::make_unique<OwnedMetric>(
        OwnedMetric{std::move(name), help, std::move(labels), family.name, {}});
    owned->metric = {owned->name, owned->help, family.type, owned->labels, owned->family};
  }
  owned->planned = true;
  return owned->metric;
}

// Lets go of metrics that no series points to any more.
void TextfileCollector::Forget() {
  const auto unused = [this](const OwnedMetric& metric) {
    return !metric.planned && run_ - metric.last_run > SeriesSet::kKeepRuns + 2;
  };
  std::erase_if(retired_, [&](const auto& metric) { return unused(*metric); });
  std::erase_if(metrics_, [&](const auto& item) { return unused(*item.second); });
}

Result<void> TextfileCollector::Collect(const Tick& tick, Recorder& out) {
  ++run_;
  const bool listed = LookAtDirectories(tick);
  const bool parsed = LookAtFiles(tick);
  if (listed || parsed) Plan();

  const std::span<const std::string_view> values(values_);
  for (const Sample& sample : samples_) {
    out.Set(*sample.metric, values.subspan(sample.first_value, sample.value_count), sample.value);
  }
  for (const auto& [path, file] : files_) {
    if (file.error) continue;
    const std::int64_t seconds = file.stamp.mtime_ns / 1'000'000'000;  // as node_exporter has it
    out.Set(kMtime, {path}, static_cast<double>(seconds));
  }
  out.Set(kScrapeError, problem_ ? 1 : 0);
  if (problem_) return *problem_;
  return {};
}

}  // namespace ecsward
