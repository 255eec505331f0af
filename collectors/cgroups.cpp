#include "collectors/cgroups.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kGroups{"node_cgroups_cgroups", "Control groups of the controller.",
                         MetricType::kGauge, "subsys_name"};
constexpr Metric kEnabled{"node_cgroups_enabled", "1 when the controller is enabled.",
                          MetricType::kGauge, "subsys_name"};

}  // namespace

Result<void> ParseCgroups(std::string_view text, std::vector<CgroupController>& out) {
  out.clear();
  if (text.empty()) return Fail(ErrorCode::kParse, "empty");
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    if (line.starts_with('#')) continue;
    CgroupController c;
    double hierarchy = 0;
    if (!NextField(line, c.name) || !NextNumber(line, hierarchy) || !NextNumber(line, c.groups) ||
        !NextNumber(line, c.enabled)) {
      return LineError(number, "want a name and three numbers");
    }
    out.push_back(c);
  }
  return {};
}

Result<void> CgroupsCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  if (auto ok = ParseCgroups(*text, controllers_); !ok) {
    return std::move(ok).error().Context(file_.path());
  }
  for (const CgroupController& c : controllers_) {
    out.Set(kGroups, {c.name}, c.groups);
    out.Set(kEnabled, {c.name}, c.enabled);
  }
  return {};
}

}  // namespace ecsward
