#include "agent/host_status.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "agent/board_json.h"
#include "base/json_fields.h"
#include "metrics/evidence_json.h"

namespace ecsward {
namespace {

using nlohmann::json;

constexpr std::int64_t kLatelyMs = 60'000;
constexpr std::size_t kMaxUnexpected = 100;

void AddUse(std::string what, const OffenderRing& ring, std::int64_t now_ms, HostStatus& out) {
  RecentUse use{std::move(what), {}};
  if (ring.Average(now_ms - kLatelyMs, now_ms, use.lately)) out.uses.push_back(std::move(use));
}

void AddPorts(const PortPicture& picture, HostStatus& out) {
  out.ports_known = true;
  out.expected = picture.expected;
  for (const PortListener& listener : picture.listeners) {
    if (listener.verdict != PortVerdict::kLoopback) ++out.listeners;
    if (listener.verdict == PortVerdict::kUnexpected && out.unexpected.size() < kMaxUnexpected) {
      out.unexpected.push_back(listener);
    }
  }
  if (!picture.note.empty()) out.notes.push_back(picture.note);
}

json ToJson(const ProcessGroupUse& group) {
  return {{"group", group.group},
          {"processes", group.processes},
          {"threads", group.threads},
          {"cpu_cores", group.cpu_cores},
          {"resident_bytes", group.resident_bytes},
          {"io_bytes_per_second", group.io_bytes_per_second}};
}

ProcessGroupUse GroupFromJson(const json& from) {
  ProcessGroupUse to;
  to.group = TextAt(from, "group");
  to.processes = NumberAt<std::uint64_t>(from, "processes");
  to.threads = NumberAt<std::uint64_t>(from, "threads");
  to.cpu_cores = NumberAt<double>(from, "cpu_cores");
  to.resident_bytes = NumberAt<double>(from, "resident_bytes");
  to.io_bytes_per_second = NumberAt<double>(from, "io_bytes_per_second");
  return to;
}

}  // namespace

HostStatus StatusOf(const HostBoards& boards, std::int64_t now_ms) {
  HostStatus out;
  out.time_ms = now_ms;
  AddUse("cpu", boards.cpu, now_ms, out);
  AddUse("memory", boards.memory, now_ms, out);
  AddUse("disk", boards.disk, now_ms, out);
  AddUse("ports", boards.port_traffic, now_ms, out);
  AddUse("peers", boards.peer_traffic, now_ms, out);
  if (const auto groups = boards.groups.Read()) {
    out.groups = groups->groups;
    if (!groups->note.empty()) out.notes.push_back(groups->note);
  }
  if (const auto ports = boards.ports.Read()) AddPorts(*ports, out);
  return out;
}

std::string ToText(const HostStatus& status) {
  json uses = json::array(), groups = json::array(), unexpected = json::array(),
       expected = json::array();
  for (const RecentUse& use : status.uses) {
    uses.push_back({{"what", use.what}, {"lately", ToJson(use.lately)}});
  }
  for (const ProcessGroupUse& group : status.groups) groups.push_back(ToJson(group));
  for (const PortListener& listener : status.unexpected) unexpected.push_back(ToJson(listener));
  for (const ExpectedPort& port : status.expected) expected.push_back(ToJson(port));
  return Dump({{"time_ms", status.time_ms},
               {"uses", std::move(uses)},
               {"groups", std::move(groups)},
               {"ports_known", status.ports_known},
               {"listeners", status.listeners},
               {"unexpected", std::move(unexpected)},
               {"expected", std::move(expected)},
               {"notes", status.notes}});
}

Result<HostStatus> ParseStatus(std::string_view text) {
  const auto from = ParseJson(text);
  if (!from) return Error(from.error());
  if (!from->is_object()) return Fail(ErrorCode::kParse, "want an object");
  HostStatus to;
  to.time_ms = NumberAt<std::int64_t>(*from, "time_ms");
  to.ports_known = FlagAt(*from, "ports_known");
  to.listeners = NumberAt<std::uint64_t>(*from, "listeners");
  for (const json& item : ListAt(*from, "uses")) {
    if (!item.is_object() || !item.contains("lately")) continue;
    to.uses.push_back({TextAt(item, "what"), PeriodFromJson(item["lately"])});
  }
  for (const json& item : ListAt(*from, "groups")) {
    if (item.is_object()) to.groups.push_back(GroupFromJson(item));
  }
  for (const json& item : ListAt(*from, "unexpected")) {
    if (item.is_object()) to.unexpected.push_back(ListenerFromJson(item));
  }
  for (const json& item : ListAt(*from, "expected")) {
    if (item.is_object()) to.expected.push_back(ExpectedFromJson(item));
  }
  for (const json& note : ListAt(*from, "notes")) {
    if (note.is_string()) to.notes.push_back(note.get<std::string>());
  }
  return to;
}

}  // namespace ecsward
