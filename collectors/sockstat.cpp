#include "collectors/sockstat.h"

#include <unistd.h>

#include <cerrno>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

ProtocolMetrics Metrics() {
  return {"node_sockstat_", "Sockets (or the memory they take) counted as ", MetricType::kGauge};
}

bool Everything(std::string_view) { return true; }

// What node_exporter knows; a future kernel's word waits until we know its meaning too.
bool Known(std::string_view name) {
  return name == "inuse" || name == "orphan" || name == "tw" || name == "alloc" || name == "mem" ||
         name == "memory";
}

}  // namespace

Result<void> ParseSockstat(std::string_view text, std::vector<SockstatField>& out) {
  out.clear();
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    SockstatField field;
    bool good = NextField(line, field.protocol) && field.protocol.ends_with(':');
    if (good) field.protocol.remove_suffix(1);
    while (good && NextField(line, field.name)) {
      good = NextNumber(line, field.value);
      if (good) out.push_back(field);
    }
    if (!good) {
      return Fail(ErrorCode::kParse,
                  "line " + std::to_string(number) + ": want \"PROTOCOL: name number …\"");
    }
  }
  return {};
}

SockstatCollector::SockstatCollector(const CollectorEnv& env)
    : v4_{env.root.File(Tree::kProc, "net/sockstat"), Metrics(), Metrics()},
      v6_{env.root.File(Tree::kProc, "net/sockstat6"), Metrics(), Metrics()},
      buffer_(env.shared.buffer),
      page_size_(static_cast<double>(::sysconf(_SC_PAGESIZE))) {}

Result<void> SockstatCollector::Collect(const Tick&, Recorder& out) {
  auto v4 = CollectFrom(v4_, out);
  auto v6 = CollectFrom(v6_, out);
  if (!v4 && v4.error().code != ErrorCode::kNotFound) return v4;
  if (!v6 && v6.error().code != ErrorCode::kNotFound) return v6;
  if (!v4 && !v6) return NotOffered(std::move(v4).error());
  return {};
}

Result<void> SockstatCollector::CollectFrom(Source& source, Recorder& out) {
  std::string_view text;
  // Either version of IP may be switched off: no message is built for that on every tick.
  const int error = source.file.TryRead(buffer_, text);
  if (error == ENOENT) return Error{ErrorCode::kNotFound, {}};
  if (error != 0) return ErrnoError(error, source.file.path());
  auto parsed = ParseSockstat(text, fields_);
  source.metrics.Begin();
  source.bytes.Begin();
  for (const SockstatField& field : fields_) {
    if (field.protocol == "sockets" ? field.name != "used" || &source != &v4_
                                    : !Known(field.name)) {
      continue;
    }
    const Metric* metric = source.metrics.Next(field.protocol, field.name, Everything);
    if (metric != nullptr) out.Set(*metric, field.value);
    if (field.name != "mem") continue;
    const Metric* bytes = source.bytes.Next(field.protocol, "mem_bytes", Everything);
    if (bytes != nullptr) out.Set(*bytes, field.value * page_size_);
  }
  if (!parsed) return std::move(parsed).error().Context(source.file.path());
  return {};
}

}  // namespace ecsward
