#include "collectors/netstat.h"

#include <cerrno>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

Error BadLine(std::size_t number, std::string_view want) {
  return Fail(ErrorCode::kParse, "line " + std::to_string(number) + ": want " + std::string(want));
}

ProtocolMetrics Metrics() {
  return {"node_netstat_", "The kernel's network statistic ", MetricType::kUntyped};
}

}  // namespace

Result<void> ParseNetstat(std::string_view text, std::vector<NetstatField>& out) {
  out.clear();
  std::string_view names;
  std::string_view values;
  for (std::size_t number = 1; NextLine(text, names); number += 2) {
    std::string_view protocol;
    std::string_view again;
    if (!NextLine(text, values) || !NextField(names, protocol) || !NextField(values, again) ||
        protocol != again || !protocol.ends_with(':')) {
      return BadLine(number, "\"Protocol: names…\" and \"Protocol: values…\"");
    }
    protocol.remove_suffix(1);
    NetstatField field{.protocol = protocol, .name = {}};
    while (NextField(names, field.name)) {
      if (!NextNumber(values, field.value)) return BadLine(number + 1, "a number for every name");
      out.push_back(field);
    }
    if (NextField(values, again)) return BadLine(number + 1, "a name for every number");
  }
  return {};
}

Result<void> ParseSnmp6(std::string_view text, std::vector<NetstatField>& out) {
  out.clear();
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    std::string_view name;
    NetstatField field;
    if (!NextField(line, name)) continue;
    const auto six = name.find('6');
    if (six == std::string_view::npos) continue;
    if (!NextNumber(line, field.value)) return BadLine(number, "a name and a number");
    field.protocol = name.substr(0, six + 1);
    field.name = name.substr(six + 1);
    out.push_back(field);
  }
  return {};
}

NetstatCollector::NetstatCollector(const CollectorEnv& env, const CollectorOptions& options)
    : wanted_(options.String("fields"), ""),
      netstat_{env.root.File(Tree::kProc, "net/netstat"), Metrics(), ParseNetstat},
      snmp_{env.root.File(Tree::kProc, "net/snmp"), Metrics(), ParseNetstat},
      snmp6_{env.root.File(Tree::kProc, "net/snmp6"), Metrics(), ParseSnmp6},
      buffer_(env.shared.buffer) {}

Result<void> NetstatCollector::Collect(const Tick&, Recorder& out) {
  for (Source* source : {&netstat_, &snmp_, &snmp6_}) {
    auto done = CollectFrom(*source, out);
    if (!done) return NotOffered(std::move(done).error());
  }
  return {};
}

Result<void> NetstatCollector::CollectFrom(Source& source, Recorder& out) {
  std::string_view text;
  const int error = source.file.TryRead(buffer_, text);
  if (error == ENOENT && &source == &snmp6_) return {};  // no IPv6 on this host
  if (error != 0) return ErrnoError(error, source.file.path());
  auto parsed = source.parse(text, fields_);
  source.metrics.Begin();
  for (const NetstatField& field : fields_) {
    const Metric* metric = source.metrics.Next(
        field.protocol, field.name, [this](std::string_view key) { return wanted_.Takes(key); });
    if (metric != nullptr) out.Set(*metric, field.value);
  }
  if (!parsed) return std::move(parsed).error().Context(source.file.path());
  return {};
}

}  // namespace ecsward
