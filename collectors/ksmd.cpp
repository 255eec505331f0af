#include "collectors/ksmd.h"

#include <cerrno>
#include <iterator>
#include <string>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

struct Field {
  std::string_view file;
  Metric metric;
  double divisor = 1;
};

constexpr Field kFields[] = {
    {"full_scans",
     {"node_ksmd_full_scans_total", "Times that all mergeable memory was scanned.",
      MetricType::kCounter}},
    {"merge_across_nodes",
     {"node_ksmd_merge_across_nodes", "1 when pages of different NUMA nodes are merged.",
      MetricType::kGauge}},
    {"pages_shared",
     {"node_ksmd_pages_shared", "Pages kept once for several users.", MetricType::kGauge}},
    {"pages_sharing",
     {"node_ksmd_pages_sharing", "Further uses of the shared pages: what is saved.",
      MetricType::kGauge}},
    {"pages_to_scan",
     {"node_ksmd_pages_to_scan", "Pages to scan before the daemon sleeps.", MetricType::kGauge}},
    {"pages_unshared",
     {"node_ksmd_pages_unshared", "Pages looked at again and again that have no equal.",
      MetricType::kGauge}},
    {"pages_volatile",
     {"node_ksmd_pages_volatile", "Pages that change too fast to be looked for.",
      MetricType::kGauge}},
    {"run", {"node_ksmd_run", "0 stopped, 1 running, 2 unmerging.", MetricType::kGauge}},
    {"sleep_millisecs",
     {"node_ksmd_sleep_seconds", "How long the daemon sleeps between scans.", MetricType::kGauge},
     1000},
};

}  // namespace

KsmdCollector::KsmdCollector(const CollectorEnv& env) {
  for (const Field& field : kFields) {
    files_.push_back(env.root.File(Tree::kSys, "kernel/mm/ksm/" + std::string(field.file)));
  }
}

Result<void> KsmdCollector::Collect(const Tick&, Recorder& out) {
  std::size_t missing = 0;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    std::string_view text;
    const int error = files_[i].TryRead(buffer_, text);
    if (error == ENOENT) {  // kernels differ in what they have
      ++missing;
      continue;
    }
    if (error != 0) return ErrnoError(error, files_[i].path());
    double value = 0;
    if (!ParseNumber(Trim(text), value)) {
      return Fail(ErrorCode::kParse, "want a number").Context(files_[i].path());
    }
    out.Set(kFields[i].metric, value / kFields[i].divisor);
  }
  if (missing == files_.size()) return Fail(ErrorCode::kNotSupported, "no kernel samepage merging");
  return {};
}

}  // namespace ecsward
