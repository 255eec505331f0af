#include "collectors/interrupts.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kInterrupts{"node_interrupts_total",
                             "Interrupts handled, by CPU, kind and devices behind it.",
                             MetricType::kCounter, "cpu,type,info,devices"};

bool IsSingleSpaced(std::string_view text) {
  return text.find("  ") == std::string_view::npos && text.find('\t') == std::string_view::npos;
}

// The fields of `text` with one blank between them.
std::string_view Joined(std::string_view text, std::string& joined) {
  text = Trim(text);
  if (IsSingleSpaced(text)) return text;
  joined.clear();
  std::string_view field;
  while (NextField(text, field)) {
    if (!joined.empty()) joined += ' ';
    joined.append(field);
  }
  return joined;
}

}  // namespace

InterruptText DescribeInterrupt(const CpuTable::Row& row, std::string& joined) {
  std::uint64_t number = 0;
  if (!ParseUint(row.name, number)) return {Joined(row.rest, joined), {}};
  std::string_view rest = row.rest;
  std::string_view info;
  (void)NextField(rest, info);  // empty when there is nothing: then so is info
  return {info, Joined(rest, joined)};
}

InterruptsCollector::InterruptsCollector(const CollectorEnv& env, const CollectorOptions& options)
    : file_(env.root.File(Tree::kProc, "interrupts")),
      filter_(options.String("name_include"), options.String("name_exclude")),
      filters_(!options.String("name_include").empty() || !options.String("name_exclude").empty()),
      include_zeros_(options.Bool("include_zeros")) {}

bool InterruptsCollector::Takes(std::string_view name, const InterruptText& text) {
  if (!filters_) return true;
  whole_name_.assign(name).append(1, ';').append(text.info).append(1, ';').append(text.devices);
  return filter_.Takes(whole_name_);
}

Result<void> InterruptsCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  if (auto ok = ParseCpuTable(*text, table_); !ok) {
    return std::move(ok).error().Context(file_.path());
  }
  for (const CpuTable::Row& row : table_.rows) {
    if (row.rest.empty())
      continue;  // with one CPU, ERR and MIS look like rows: they are not per CPU
    const InterruptText about = DescribeInterrupt(row, joined_);
    if (!Takes(row.name, about)) continue;
    const auto values = table_.ValuesOf(row);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] == 0 && !include_zeros_) continue;
      out.Set(kInterrupts, {table_.cpus[i], row.name, about.info, about.devices}, values[i]);
    }
  }
  return {};
}

}  // namespace ecsward
