#include "agent/ports_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "agent/ask_text.h"
#include "agent/board_json.h"

namespace ecsward {
namespace {

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

std::string QueueText(const PortListener& listener) {
  if (listener.proto != "tcp" || listener.accept_limit == 0) return "-";
  return fmt::format("{}/{}", listener.accept_queue, listener.accept_limit);
}

// Where it runs: the unit, and the container when there is one.
std::string RunsIn(const PortListener& listener) {
  if (listener.container.empty()) return OrDash(listener.unit);
  return "container " + listener.container;
}

}  // namespace

std::string PlaceText(const PortListener& listener) {
  const bool v6 = listener.address.find(':') != std::string::npos;
  return fmt::format("{} {}{}{}:{}", listener.proto, v6 ? "[" : "", listener.address, v6 ? "]" : "",
                     listener.port);
}

std::string ExpectedText(const ExpectedPort& expected, std::int64_t now_ms) {
  std::string who = expected.process;
  if (!expected.up && !expected.how_it_ended.empty()) {
    who += (who.empty() ? "" : ": ") + expected.how_it_ended;
  }
  return fmt::format("{}  {} for {}{}", expected.expect, expected.up ? "listening" : "missing",
                     Ago(now_ms, expected.since_ms), who.empty() ? "" : " (" + who + ")");
}

std::string PortsText(const PortPicture& picture, std::int64_t now_ms) {
  std::vector<Row> rows = {{"PROTO", "ADDRESS", "PORT", "PROCESS", "PID", "USER", "UNIT", "QUEUE",
                            "SINCE", picture.judged ? "VERDICT" : ""}};
  for (const PortListener& listener : picture.listeners) {
    std::string process = OrDash(listener.process);
    if (listener.sockets > 1) process += fmt::format(" ({} sockets)", listener.sockets);
    rows.push_back({listener.proto, listener.address, std::to_string(listener.port),
                    std::move(process), listener.pid == 0 ? "-" : std::to_string(listener.pid),
                    OrDash(listener.user), RunsIn(listener), QueueText(listener),
                    Ago(now_ms, listener.since_ms),
                    picture.judged ? std::string(ToString(listener.verdict)) : ""});
  }
  std::string text = picture.listeners.empty() ? "nobody listens\n" : Table(rows);
  if (!picture.expected.empty()) text += "\nexpected:\n";
  for (const ExpectedPort& expected : picture.expected) {
    text += "  " + ExpectedText(expected, now_ms) + "\n";
  }
  if (!picture.note.empty()) text += "\n" + picture.note + "\n";
  return ForTerminal(text);
}

}  // namespace ecsward
