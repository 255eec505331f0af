#include "collectors/meminfo_numa.h"

#include <algorithm>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

bool IsWord(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// "MemFree" or "Active(anon)"
bool IsFieldName(std::string_view name) {
  const auto open = name.find('(');
  if (open == std::string_view::npos) return IsWord(name);
  return name.ends_with(')') && IsWord(name.substr(0, open)) &&
         IsWord(name.substr(open + 1, name.size() - open - 2));
}

// Active(anon) → node_memory_numa_Active_anon, numa_hit → node_memory_numa_numa_hit_total
std::string MetricName(std::string_view field, MetricType type) {
  std::string name("node_memory_numa_");
  for (const char c : field) {
    if (c != ')') name += c == '(' ? '_' : c;
  }
  if (type == MetricType::kCounter) name += "_total";
  return name;
}

}  // namespace

Result<void> ParseNodeMeminfo(std::string_view text, std::vector<NodeMemoryField>& out) {
  out.clear();
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    std::string_view word, node, unit;
    NodeMemoryField field;
    if (!NextField(line, word)) continue;
    if (word != "Node" || !NextField(line, node) || !NextField(line, field.name) ||
        !field.name.ends_with(':') || !NextNumber(line, field.value)) {
      return LineError(number, "want \"Node N NAME: NUMBER\"");
    }
    field.name.remove_suffix(1);
    if (!IsFieldName(field.name)) return LineError(number, "want a name of letters and digits");
    if (NextField(line, unit)) {
      if (unit != "kB") return LineError(number, "want kB or no unit");
      field.value *= 1024;
    }
    out.push_back(field);
  }
  if (out.empty()) return Fail(ErrorCode::kParse, "empty");
  return {};
}

Result<void> ParseNumastat(std::string_view text, std::vector<NodeMemoryField>& out) {
  out.clear();
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    NodeMemoryField field;
    if (!NextField(line, field.name)) continue;
    if (!IsWord(field.name) || !NextNumber(line, field.value)) {
      return LineError(number, "want a name and a number");
    }
    out.push_back(field);
  }
  if (out.empty()) return Fail(ErrorCode::kParse, "empty");
  return {};
}

Result<void> MeminfoNumaCollector::Scan() {
  nodes_.clear();
  const std::string folder = "devices/system/node";
  auto names = root_.List(Tree::kSys, folder);
  if (!names) return NotOffered(std::move(names).error());
  for (const std::string& name : *names) {
    std::uint64_t number = 0;
    if (!name.starts_with("node") || !ParseUint(name.substr(4), number)) continue;
    const std::string path = std::string(folder).append("/").append(name);
    nodes_.push_back({name.substr(4), root_.File(Tree::kSys, path + "/meminfo"),
                      root_.File(Tree::kSys, path + "/numastat")});
  }
  if (nodes_.empty()) return Fail(ErrorCode::kNotSupported, "no NUMA nodes");
  return {};
}

void MeminfoNumaCollector::Report(MetricType type, const Node& node, Recorder& out) {
  for (const NodeMemoryField& field : fields_) {
    const Metric* metric = metrics_.Find(field.name);
    if (metric == nullptr) {
      if (names_ == kMaxNames) continue;
      ++names_;
      const std::string name = MetricName(field.name, type);
      const std::string help = "The field " + std::string(field.name) + " of the node's memory.";
      metric = &metrics_.Add(field.name, {name, help, type, "node"});
    }
    out.Set(*metric, {node.number}, field.value);
  }
}

Result<void> MeminfoNumaCollector::CollectNode(Node& node, Recorder& out) {
  auto text = node.meminfo.Read(buffer_);
  if (!text) return std::move(text).error();
  if (auto ok = ParseNodeMeminfo(*text, fields_); !ok) {
    return std::move(ok).error().Context(node.meminfo.path());
  }
  Report(MetricType::kGauge, node, out);

  text = node.numastat.Read(buffer_);
  if (!text) return std::move(text).error();
  if (auto ok = ParseNumastat(*text, fields_); !ok) {
    return std::move(ok).error().Context(node.numastat.path());
  }
  Report(MetricType::kCounter, node, out);
  return {};
}

Result<void> MeminfoNumaCollector::Collect(const Tick& tick, Recorder& out) {
  if (rescan_.Due(tick.mono)) scanned_ = Scan();
  if (!scanned_) return scanned_;
  Result<void> result;  // one node's trouble does not hide the others
  for (Node& node : nodes_) {
    auto ok = CollectNode(node, out);
    if (ok) continue;
    if (ok.error().code == ErrorCode::kNotFound) {
      rescan_.Hurry();  // taken out in the meantime
    } else if (result) {
      result = std::move(ok);
    }
  }
  return result;
}

}  // namespace ecsward
