#include "collectors/conntrack.h"

#include <array>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric Gauge(std::string_view name, std::string_view help) {
  return {name, help, MetricType::kGauge};
}
constexpr Metric kEntries =
    Gauge("node_nf_conntrack_entries", "Connections that are being tracked.");
constexpr Metric kLimit =
    Gauge("node_nf_conntrack_entries_limit", "Connections that can be tracked at most.");

// Counts, and yet gauges: node_exporter's type.
struct Column {
  std::string_view heading;
  double ConntrackStats::*member;
  Metric metric;
};
constexpr Column kColumns[] = {
    {"found", &ConntrackStats::found,
     Gauge("node_nf_conntrack_stat_found", "Searches of the table that found an entry.")},
    {"invalid", &ConntrackStats::invalid,
     Gauge("node_nf_conntrack_stat_invalid", "Packets that could not be tracked.")},
    {"ignore", &ConntrackStats::ignore,
     Gauge("node_nf_conntrack_stat_ignore", "Packets that already belonged to an entry.")},
    {"insert", &ConntrackStats::insert,
     Gauge("node_nf_conntrack_stat_insert", "Entries put into the table.")},
    {"insert_failed", &ConntrackStats::insert_failed,
     Gauge("node_nf_conntrack_stat_insert_failed",
           "Entries that could not be put into the table, mostly as it was there already.")},
    {"drop", &ConntrackStats::drop,
     Gauge("node_nf_conntrack_stat_drop", "Packets dropped because they could not be tracked.")},
    {"early_drop", &ConntrackStats::early_drop,
     Gauge("node_nf_conntrack_stat_early_drop", "Entries thrown out to make room for new ones.")},
    {"search_restart", &ConntrackStats::search_restart,
     Gauge("node_nf_conntrack_stat_search_restart",
           "Searches that began anew because the table was being resized.")},
};

constexpr std::size_t kMaxColumns = 32;

Result<double> ReadNumber(HostFile& file, ReadBuffer& buffer) {
  auto text = file.Read(buffer);
  if (!text) return NotOffered(std::move(text).error());
  double value = 0;
  if (!ParseNumber(Trim(*text), value)) {
    return Fail(ErrorCode::kParse, file.path() + ": want a number");
  }
  return value;
}

}  // namespace

Result<ConntrackStats> ParseConntrackStats(std::string_view text) {
  ConntrackStats stats;
  std::array<double ConntrackStats::*, kMaxColumns> members{};
  std::string_view line;
  std::string_view field;
  if (!NextLine(text, line)) return Fail(ErrorCode::kParse, "line 1: want headings");
  for (std::size_t i = 0; i < kMaxColumns && NextField(line, field); ++i) {
    for (const Column& column : kColumns) {
      if (column.heading == field) members[i] = column.member;
    }
  }
  for (std::size_t number = 2; NextLine(text, line); ++number) {
    for (std::size_t i = 0; i < kMaxColumns && NextField(line, field); ++i) {
      std::uint64_t value = 0;
      if (!ParseUint(field, value, 16)) {
        return Fail(ErrorCode::kParse,
                    "line " + std::to_string(number) + ": want hexadecimal columns");
      }
      if (members[i] != nullptr) stats.*members[i] += static_cast<double>(value);
    }
  }
  return stats;
}

ConntrackCollector::ConntrackCollector(const CollectorEnv& env)
    : count_(env.root.File(Tree::kProc, "sys/net/netfilter/nf_conntrack_count")),
      max_(env.root.File(Tree::kProc, "sys/net/netfilter/nf_conntrack_max")),
      stats_(env.root.File(Tree::kProc, "net/stat/nf_conntrack")),
      buffer_(env.shared.buffer) {}

Result<void> ConntrackCollector::Collect(const Tick&, Recorder& out) {
  auto count = ReadNumber(count_, buffer_);
  if (!count) return std::move(count).error();
  out.Set(kEntries, *count);
  auto max = ReadNumber(max_, buffer_);
  if (!max) return std::move(max).error();
  out.Set(kLimit, *max);

  std::string_view text;
  if (stats_.TryRead(buffer_, text) != 0) return {};  // a kernel without the proc files
  auto stats = ParseConntrackStats(text);
  if (!stats) return std::move(stats).error().Context(stats_.path());
  for (const Column& column : kColumns) out.Set(column.metric, *stats.*column.member);
  return {};
}

}  // namespace ecsward
