#include "collectors/lnstat.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

bool IsWord(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

Result<void> ParseLnstat(std::string_view text, LnstatTable& out) {
  out.names.clear();
  out.values.clear();
  std::string_view line, field;
  NextLine(text, line);
  while (NextField(line, field)) {
    if (!IsWord(field)) return LineError(1, "want names of letters and digits");
    out.names.push_back(field);
  }
  if (out.names.empty()) return LineError(1, "want headings");
  for (std::size_t number = 2; NextLine(text, line); ++number) {
    for (std::size_t i = 0; i < out.names.size(); ++i) {
      std::uint64_t value = 0;
      if (!NextField(line, field) || !ParseUint(field, value, 16)) {
        return LineError(number, "want a hexadecimal number for each heading");
      }
      out.values.push_back(static_cast<double>(value));
    }
  }
  return {};
}

Result<void> LnstatCollector::Scan() {
  subsystems_.clear();
  auto names = root_.List(Tree::kProc, "net/stat");
  if (!names) return NotOffered(std::move(names).error());
  for (std::string& name : *names) {
    HostFile file = root_.File(Tree::kProc, "net/stat/" + name);
    subsystems_.push_back({std::move(name), std::move(file)});
  }
  return {};
}

void LnstatCollector::Report(const Subsystem& subsystem, Recorder& out) {
  for (std::size_t i = 0; i < table_.values.size(); ++i) {
    const std::string_view name = table_.names[i % table_.names.size()];
    const Metric* metric = metrics_.Find(name);
    if (metric == nullptr) {
      if (names_ == kMaxNames) continue;
      ++names_;
      const std::string whole = "node_lnstat_" + std::string(name) + "_total";
      metric = &metrics_.Add(name, {whole, "A count of one of the kernel's network caches.",
                                    MetricType::kCounter, "subsystem,cpu"});
    }
    std::array<char, 20> digits{};
    const char* end =
        std::to_chars(digits.data(), digits.data() + digits.size(), i / table_.names.size()).ptr;
    out.Set(*metric, {subsystem.name, std::string_view(digits.data(), end)}, table_.values[i]);
  }
}

Result<void> LnstatCollector::Collect(const Tick& tick, Recorder& out) {
  if (rescan_.Due(tick.mono)) scanned_ = Scan();
  if (!scanned_) return scanned_;
  Result<void> result;  // one file's trouble does not hide the others
  for (Subsystem& subsystem : subsystems_) {
    std::string_view text;
    if (subsystem.file.TryRead(buffer_, text) != 0) {
      rescan_.Hurry();  // its module was unloaded
      continue;
    }
    if (auto ok = ParseLnstat(text, table_); !ok) {
      if (result) result = std::move(ok).error().Context(subsystem.file.path());
      continue;
    }
    Report(subsystem, out);
  }
  return result;
}

}  // namespace ecsward
