#include "collectors/cpu_table.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr std::string_view kHeading = "CPU";

// False when the headings are not "CPU0 CPU1 …".
bool ParseHeadings(std::string_view line, std::vector<std::string_view>& cpus) {
  std::string_view field;
  while (NextField(line, field)) {
    std::uint64_t number = 0;
    if (!field.starts_with(kHeading)) return false;
    field.remove_prefix(kHeading.size());
    if (!ParseUint(field, number)) return false;
    cpus.push_back(field);
  }
  return !cpus.empty();
}

}  // namespace

Result<void> ParseCpuTable(std::string_view text, CpuTable& out) {
  out.cpus.clear();
  out.rows.clear();
  out.values.clear();
  std::string_view line;
  if (!NextLine(text, line) || !ParseHeadings(line, out.cpus)) {
    return LineError(1, "want headings CPU0, CPU1, …");
  }
  for (std::size_t number = 2; NextLine(text, line); ++number) {
    // On aarch64 nothing may stand between the colon and the first count: "IPI0:1234".
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      if (Trim(line).empty()) continue;
      return LineError(number, "want a name and a colon");
    }
    const std::string_view name = Trim(line.substr(0, colon));
    if (name.empty()) return LineError(number, "want a name before the colon");
    line.remove_prefix(colon + 1);
    const std::size_t first = out.values.size();
    std::size_t counts = 0;
    std::string_view field;
    for (; counts < out.cpus.size() && NextField(line, field); ++counts) {
      std::uint64_t value = 0;
      if (!ParseUint(field, value)) return LineError(number, "want a count per CPU");
      out.values.push_back(static_cast<double>(value));
    }
    if (counts < out.cpus.size()) {
      out.values.resize(first);
    } else {
      out.rows.push_back({name, first, Trim(line)});
    }
  }
  return {};
}

}  // namespace ecsward
