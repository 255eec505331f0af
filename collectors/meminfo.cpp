#include "collectors/meminfo.h"

#include <algorithm>
#include <string>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kUtilization{
    "ecsward_memory_utilization_ratio",
    "Part of the memory that programs could not get (1 - MemAvailable / MemTotal), over the last "
    "seconds.",
    MetricType::kGauge, "window,stat"};

// "Active(anon)" → node_memory_Active_anon, with _bytes behind it where it counts bytes.
FieldMetrics::Texts Describe(std::string_view field, bool bytes) {
  FieldMetrics::Texts texts;
  texts.name = "node_memory_";
  for (const char c : field) {
    if (c != ')') texts.name += c == '(' ? '_' : c;
  }
  if (bytes) texts.name += "_bytes";
  texts.help.append(field).append(" of /proc/meminfo").append(bytes ? ", in bytes." : ".");
  texts.type = texts.name.ends_with("_total") ? MetricType::kCounter : MetricType::kGauge;
  return texts;
}

}  // namespace

Result<void> ParseMeminfo(std::string_view text, std::vector<MemoryField>& out) {
  out.clear();
  std::string_view line;
  for (int number = 1; NextLine(text, line); ++number) {
    if (Trim(line).empty()) continue;
    std::string_view name, unit, rest = line;
    MemoryField field;
    const bool good = NextField(rest, name) && name.size() > 1 && name.ends_with(':') &&
                      NextNumber(rest, field.value);
    if (!good) {
      return Fail(ErrorCode::kParse, "line " + std::to_string(number) + ": want \"name: number\"");
    }
    field.name = name.substr(0, name.size() - 1);
    if (NextField(rest, unit)) {  // there is none but kB
      field.bytes = true;
      field.value *= 1024;
    }
    out.push_back(field);
  }
  if (out.empty()) return Fail(ErrorCode::kParse, "no fields");
  return {};
}

MeminfoCollector::MeminfoCollector(const CollectorEnv& env)
    : file_(env.root.File(Tree::kProc, "meminfo")),
      buffer_(env.shared.buffer),
      byte_metrics_([](std::string_view field) { return Describe(field, true); }),
      count_metrics_([](std::string_view field) { return Describe(field, false); }) {}

Result<void> MeminfoCollector::Collect(const Tick& tick, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return std::move(text).error();
  auto parsed = ParseMeminfo(*text, fields_);
  double total = 0, available = -1;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const MemoryField& field = fields_[i];
    const Metric* metric = (field.bytes ? byte_metrics_ : count_metrics_).At(i, field.name);
    if (metric != nullptr) out.Set(*metric, field.value);
    if (field.name == "MemTotal") total = field.value;
    if (field.name == "MemAvailable") available = field.value;  // since Linux 3.14
  }
  if (total > 0 && available >= 0) {
    utilization_.Add(tick.mono, std::clamp(1 - available / total, 0.0, 1.0));
  }
  utilization_.Emit(kUtilization, tick.mono, out);
  if (!parsed) return std::move(parsed).error().Context(file_.path());
  return {};
}

}  // namespace ecsward
