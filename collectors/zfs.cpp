#include "collectors/zfs.h"

#include <algorithm>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

struct Source {
  std::string_view file;
  std::string_view prefix;
};
// Which of them there are depends on the version.
constexpr Source kSources[] = {
    {"abdstats", "node_zfs_abd_"},
    {"arcstats", "node_zfs_arc_"},
    {"dbufstats", "node_zfs_dbuf_"},
    {"dmu_tx", "node_zfs_dmu_tx_"},
    {"dnodestats", "node_zfs_dnode_"},
    {"fm", "node_zfs_fm_"},
    {"vdev_cache_stats", "node_zfs_vdev_cache_"},
    {"vdev_mirror_stats", "node_zfs_vdev_mirror_"},
    {"xuio_stats", "node_zfs_xuio_"},
    {"zfetchstats", "node_zfs_zfetch_"},
    {"zil", "node_zfs_zil_"},
};

constexpr Metric kState{"node_zfs_zpool_state", "1 for the state that the pool is in.",
                        MetricType::kGauge, "zpool,state"};
constexpr std::string_view kStates[] = {"online",  "degraded", "faulted",  "offline",
                                        "removed", "unavail",  "suspended"};

constexpr std::string_view kFolder = "spl/kstat/zfs";

// Untyped, as node_exporter has them: the files do not say which of them count up.
FieldMetrics::Describe Fields(std::string_view file, std::string_view prefix,
                              std::string_view labels) {
  return [=](std::string_view field) {
    FieldMetrics::Texts texts;
    texts.name.append(prefix).append(field);
    texts.help.append(field).append(" of /proc/spl/kstat/zfs/").append(file).append(".");
    texts.labels = labels;
    return texts;
  };
}

bool SameLetters(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x) == y;
  });
}

constexpr std::string_view kInt64 = "3", kUint64 = "4", kString = "7";

// `dataset` is null where there is none to be expected.
Result<void> ParseNamed(std::string_view text, std::vector<KstatField>& out,
                        std::string_view* dataset) {
  out.clear();
  std::string_view line;
  bool titles = false;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    std::string_view rest = line, name, type;
    if (!NextField(rest, name) || !NextField(rest, type)) continue;
    const std::string_view data = Trim(rest);
    if (!titles) {
      titles = name == "name" && type == "type" && data == "data";
      continue;
    }
    if (type == kString && name == "dataset_name" && dataset != nullptr) *dataset = data;
    if (type != kInt64 && type != kUint64) continue;
    KstatField field{name, 0};
    if (!ParseNumber(data, field.value)) return LineError(number, "want a number");
    out.push_back(field);
  }
  if (!titles) return Fail(ErrorCode::kParse, "want a line \"name type data\"");
  return {};
}

}  // namespace

Result<void> ParseKstat(std::string_view text, std::vector<KstatField>& out) {
  return ParseNamed(text, out, nullptr);
}

Result<void> ParseZfsObjset(std::string_view text, ZfsObjset& out) {
  out.dataset = {};
  return ParseNamed(text, out.fields, &out.dataset);
}

Result<void> ParseZpoolIo(std::string_view text, std::vector<KstatField>& out) {
  out.clear();
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    std::string_view rest = line, field;
    if (out.empty()) {
      if (!Trim(line).starts_with("nread")) continue;
      while (NextField(rest, field)) out.push_back({field, 0});
      continue;
    }
    for (KstatField& column : out) {
      if (!NextNumber(rest, column.value)) {
        return LineError(number, "want a number for each title");
      }
    }
    return {};
  }
  out.clear();
  return Fail(ErrorCode::kParse, "want a line of titles and one of numbers");
}

ZfsCollector::ZfsCollector(const CollectorEnv& env)
    : root_(env.root),
      io_metrics_(Fields("<pool>/io", "node_zfs_zpool_", "zpool")),
      objset_metrics_(Fields("<pool>/objset-*", "node_zfs_zpool_dataset_", "zpool,dataset")) {
  for (const Source& source : kSources) {
    const std::string path = std::string(kFolder).append("/").append(source.file);
    stats_.emplace_back(source.file, root_.File(Tree::kProc, path),
                        Fields(source.file, source.prefix, ""));
  }
}

bool ZfsCollector::Scan() {
  for (StatsFile& stats : stats_) stats.present = false;
  pools_.clear();
  const auto names = root_.List(Tree::kProc, kFolder);
  if (!names) return false;
  for (const std::string& name : *names) {
    const auto stats = std::find_if(stats_.begin(), stats_.end(),
                                    [&](const StatsFile& known) { return known.name == name; });
    if (stats != stats_.end()) {
      stats->present = true;
      continue;
    }
    const std::string path = std::string(kFolder).append("/").append(name);
    const auto files = root_.List(Tree::kProc, path);  // a pool is a folder
    if (!files) continue;
    Pool pool;
    pool.name = name;
    for (const std::string& file : *files) {
      HostFile opened = root_.File(Tree::kProc, std::string(path).append("/").append(file));
      if (file == "state") {
        pool.state = std::move(opened);
      } else if (file == "io") {
        pool.io = std::move(opened);
      } else if (file.starts_with("objset-")) {
        pool.objsets.push_back(std::move(opened));
      }
    }
    pools_.push_back(std::move(pool));
  }
  return true;
}

Result<void> ZfsCollector::ReportStats(StatsFile& stats, Recorder& out) {
  std::string_view text;
  if (stats.file.TryRead(buffer_, text) != 0) {  // the module was unloaded
    rescan_.Hurry();
    return {};
  }
  auto parsed = ParseKstat(text, fields_);
  if (!parsed) return std::move(parsed).error().Context(stats.file.path());
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const Metric* metric = stats.metrics.At(i, fields_[i].name);
    if (metric != nullptr) out.Set(*metric, fields_[i].value);
  }
  return {};
}

Result<void> ZfsCollector::ReportIo(Pool& pool, Recorder& out) {
  std::string_view text;
  if (pool.io.path().empty() || pool.io.TryRead(buffer_, text) != 0) return {};
  auto parsed = ParseZpoolIo(text, fields_);
  if (!parsed) return std::move(parsed).error().Context(pool.io.path());
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const Metric* metric = io_metrics_.At(i, fields_[i].name);
    if (metric != nullptr) out.Set(*metric, {pool.name}, fields_[i].value);
  }
  return {};
}

Result<void> ZfsCollector::ReportObjset(const Pool& pool, HostFile& file, Recorder& out) {
  std::string_view text;
  const int error = file.TryRead(buffer_, text);
  file.Close();      // there may be thousands of them
  if (error != 0) {  // unmounted
    rescan_.Hurry();
    return {};
  }
  auto parsed = ParseZfsObjset(text, objset_);
  if (!parsed) return std::move(parsed).error().Context(file.path());
  for (std::size_t i = 0; i < objset_.fields.size(); ++i) {
    const Metric* metric = objset_metrics_.At(i, objset_.fields[i].name);
    if (metric != nullptr) {
      out.Set(*metric, {pool.name, objset_.dataset}, objset_.fields[i].value);
    }
  }
  return {};
}

void ZfsCollector::ReportState(Pool& pool, Recorder& out) {
  std::string_view text;
  if (pool.state.path().empty()) return;         // before OpenZFS 0.8
  if (pool.state.TryRead(buffer_, text) != 0) {  // exported
    rescan_.Hurry();
    return;
  }
  for (const std::string_view state : kStates) {
    out.Set(kState, {pool.name, state}, SameLetters(Trim(text), state) ? 1 : 0);
  }
}

Result<void> ZfsCollector::Collect(const Tick& tick, Recorder& out) {
  if (rescan_.Due(tick.mono)) offered_ = Scan();
  if (!offered_) return Fail(ErrorCode::kNotSupported, "no ZFS");
  Result<void> result;
  const auto keep = [&](Result<void> part) {
    if (!part && result) result = std::move(part);
  };
  for (StatsFile& stats : stats_) {
    if (stats.present) keep(ReportStats(stats, out));
  }
  for (Pool& pool : pools_) {
    ReportState(pool, out);
    keep(ReportIo(pool, out));
    for (HostFile& file : pool.objsets) keep(ReportObjset(pool, file, out));
  }
  return result;
}

}  // namespace ecsward
