#include "collectors/vmstat.h"

#include <string>

#include "collectors/text_scan.h"

namespace ecsward {

Result<void> ParseVmstat(std::string_view text, std::vector<VmstatField>& out) {
  out.clear();
  std::string_view line;
  for (int number = 1; NextLine(text, line); ++number) {
    if (Trim(line).empty()) continue;
    VmstatField field;
    if (!NextField(line, field.name) || !NextNumber(line, field.value)) {
      return Fail(ErrorCode::kParse, "line " + std::to_string(number) + ": want \"name number\"");
    }
    out.push_back(field);
  }
  if (out.empty()) return Fail(ErrorCode::kParse, "no fields");
  return {};
}

VmstatCollector::VmstatCollector(const CollectorEnv& env, const CollectorOptions& options)
    : file_(env.root.File(Tree::kProc, "vmstat")),
      buffer_(env.shared.buffer),
      filter_(options.String("fields"), ""),
      metrics_([this](std::string_view field) {
        FieldMetrics::Texts texts;
        if (!filter_.Takes(field)) return texts;
        texts.name.append("node_vmstat_").append(field);
        texts.help.append(field).append(" of /proc/vmstat.");
        return texts;
      }) {}

Result<void> VmstatCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return std::move(text).error();
  auto parsed = ParseVmstat(*text, fields_);
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const Metric* metric = metrics_.At(i, fields_[i].name);
    if (metric != nullptr) out.Set(*metric, fields_[i].value);
  }
  if (!parsed) return std::move(parsed).error().Context(file_.path());
  return {};
}

}  // namespace ecsward
