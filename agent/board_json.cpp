#include "agent/board_json.h"

#include <array>
#include <nlohmann/json.hpp>

#include "base/json_fields.h"
#include "metrics/evidence_json.h"

namespace ecsward {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 6> kVerdicts = {"not judged", "loopback", "expected",
                                                       "allowed",    "learned",  "unexpected"};

PortVerdict VerdictFrom(std::string_view text) {
  for (std::size_t i = 0; i < kVerdicts.size(); ++i) {
    if (kVerdicts[i] == text) return static_cast<PortVerdict>(i);
  }
  return PortVerdict::kNotJudged;
}

}  // namespace

std::string_view ToString(PortVerdict verdict) {
  return kVerdicts[static_cast<std::size_t>(verdict)];
}

json ToJson(const PortListener& listener) {
  return {{"proto", listener.proto},
          {"address", listener.address},
          {"port", listener.port},
          {"sockets", listener.sockets},
          {"pid", listener.pid},
          {"process", listener.process},
          {"executable", listener.executable},
          {"user", listener.user},
          {"unit", listener.unit},
          {"container", listener.container},
          {"holders", listener.holders},
          {"inode", listener.inode},
          {"accept_queue", listener.accept_queue},
          {"accept_limit", listener.accept_limit},
          {"refused", listener.refused},
          {"since_ms", listener.since_ms},
          {"verdict", std::string(ToString(listener.verdict))},
          {"other_namespace", listener.other_namespace}};
}

json ToJson(const ExpectedPort& expected) {
  return {{"expect", expected.expect},
          {"proto", expected.proto},
          {"address", expected.address},
          {"port", expected.port},
          {"up", expected.up},
          {"since_ms", expected.since_ms},
          {"last_outage_seconds", expected.last_outage_seconds},
          {"process", expected.process},
          {"how_it_ended", expected.how_it_ended}};
}

std::string ToText(const PortPicture& picture) {
  json listeners = json::array(), expected = json::array();
  for (const PortListener& listener : picture.listeners) listeners.push_back(ToJson(listener));
  for (const ExpectedPort& port : picture.expected) expected.push_back(ToJson(port));
  return Dump({{"time_ms", picture.time_ms},
               {"judged", picture.judged},
               {"note", picture.note},
               {"listeners", std::move(listeners)},
               {"expected", std::move(expected)}});
}

PortListener ListenerFromJson(const json& from) {
  PortListener to;
  to.proto = TextAt(from, "proto");
  to.address = TextAt(from, "address");
  to.port = NumberAt<std::uint16_t>(from, "port");
  to.sockets = NumberAt<std::uint32_t>(from, "sockets");
  to.pid = NumberAt<std::int64_t>(from, "pid");
  to.process = TextAt(from, "process");
  to.executable = TextAt(from, "executable");
  to.user = TextAt(from, "user");
  to.unit = TextAt(from, "unit");
  to.container = TextAt(from, "container");
  for (const json& holder : ListAt(from, "holders")) {
    if (holder.is_number_integer()) to.holders.push_back(holder.get<std::int64_t>());
  }
  to.inode = NumberAt<std::uint64_t>(from, "inode");
  to.accept_queue = NumberAt<std::uint32_t>(from, "accept_queue");
  to.accept_limit = NumberAt<std::uint32_t>(from, "accept_limit");
  to.refused = NumberAt<std::uint64_t>(from, "refused");
  to.since_ms = NumberAt<std::int64_t>(from, "since_ms");
  to.verdict = VerdictFrom(TextAt(from, "verdict"));
  to.other_namespace = TextAt(from, "other_namespace");
  return to;
}

ExpectedPort ExpectedFromJson(const json& from) {
  ExpectedPort to;
  to.expect = TextAt(from, "expect");
  to.proto = TextAt(from, "proto");
  to.address = TextAt(from, "address");
  to.port = NumberAt<std::uint16_t>(from, "port");
  to.up = FlagAt(from, "up");
  to.since_ms = NumberAt<std::int64_t>(from, "since_ms");
  to.last_outage_seconds = NumberAt<double>(from, "last_outage_seconds");
  to.process = TextAt(from, "process");
  to.how_it_ended = TextAt(from, "how_it_ended");
  return to;
}

Result<PortPicture> ParsePorts(std::string_view text) {
  const auto from = ParseJson(text);
  if (!from) return Error(from.error());
  if (!from->is_object()) return Fail(ErrorCode::kParse, "want an object");
  PortPicture picture;
  picture.time_ms = NumberAt<std::int64_t>(*from, "time_ms");
  picture.judged = FlagAt(*from, "judged");
  picture.note = TextAt(*from, "note");
  for (const json& item : ListAt(*from, "listeners")) {
    if (item.is_object()) picture.listeners.push_back(ListenerFromJson(item));
  }
  for (const json& item : ListAt(*from, "expected")) {
    if (item.is_object()) picture.expected.push_back(ExpectedFromJson(item));
  }
  return picture;
}

}  // namespace ecsward
