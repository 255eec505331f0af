// A systemd for tests: org.freedesktop.systemd1 on the bus that DBUS_SYSTEM_BUS_ADDRESS names, with
// made-up units. It speaks through sd-bus, systemd's own library, so that what we write by hand
// (collectors/systemd/bus_wire.h) is read by somebody who knows better.
//   fake_systemd [FILLERS]    so many running services more; "ready" on stdout when it has its name
#include <fmt/format.h>
#include <systemd/sd-bus.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using Value = std::variant<std::string, std::uint32_t, std::uint64_t, std::int32_t>;
using Properties = std::map<std::string, Value>;

struct Unit {
  std::string name, load = "loaded", active = "active", sub = "running";
  Properties properties;
};

constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kMoment = 1'795'858'070'617'588;
using U = std::uint32_t;
using T = std::uint64_t;
using I = std::int32_t;

std::vector<Unit> MakeUnits(int fillers) {
  std::vector<Unit> units{
      {"ok.service",
       "loaded",
       "active",
       "running",
       {{"Type", "notify"},
        {"NRestarts", U{0}},
        {"TasksCurrent", T{7}},
        {"TasksMax", T{100}},
        {"ActiveEnterTimestamp", kMoment}}},
      {"dead.service",
       "loaded",
       "failed",
       "failed",
       {{"Type", "simple"},
        {"NRestarts", U{5}},
        {"TasksCurrent", kNone},
        {"TasksMax", kNone},
        {"Result", "oom-kill"},
        {"StateChangeTimestampMonotonic", T{12345}},
        {"ExecMainPID", U{4242}},
        {"ExecMainCode", I{2}},
        {"ExecMainStatus", I{9}},
        {"ExecMainExitTimestamp", kMoment}}},
      {"loop.service",
       "loaded",
       "activating",
       "auto-restart",
       {{"Type", "exec"},
        {"NRestarts", U{17}},
        {"Result", "exit-code"},
        {"TasksMax", T{5}},
        {"ExecMainPID", U{4343}},
        {"ExecMainCode", I{1}},
        {"ExecMainStatus", I{3}},
        {"ExecMainExitTimestamp", kMoment}}},
      {"systemd-fsck@dev-disk-by\\x2duuid-8f3a0b52\\x2d1c7e\\x2d4d6f\\x2d9a2b\\x2d0123456789ab."
       "service",
       "loaded",
       "active",
       "exited",
       {{"Type", "oneshot"}, {"ActiveEnterTimestamp", kMoment}}},
      {"0-digit:first_@x.service", "loaded", "inactive", "dead", {{"Type", "dbus"}}},
      {"absent.service", "not-found", "inactive", "dead", {}},
      {"reload.service", "loaded", "reloading", "reload", {{"Type", "notify"}}},
      {"web.socket",
       "loaded",
       "active",
       "listening",
       {{"NAccepted", U{12}}, {"NConnections", U{3}}, {"NRefused", U{2}}}},
      {"old.socket",
       "loaded",
       "active",
       "listening",
       {{"NAccepted", U{1}}, {"NConnections", U{0}}}},  // before systemd 239
      {"daily.timer", "loaded", "active", "waiting", {{"LastTriggerUSec", kMoment}}},
      {"never.timer", "loaded", "active", "waiting", {{"LastTriggerUSec", T{0}}}},
      {"srv.mount", "loaded", "failed", "failed", {{"Type", "ext4"}, {"Result", "timeout"}}},
      {"multi-user.target", "loaded", "active", "active", {{"ActiveEnterTimestamp", kMoment}}},
      {"sda.device", "loaded", "active", "plugged", {}},
  };
  for (int i = 0; i < fillers; ++i) {
    units.push_back({fmt::format("filler@{}.service", i),
                     "loaded",
                     "active",
                     "running",
                     {{"Type", "simple"}, {"NRestarts", U{0}}, {"ActiveEnterTimestamp", kMoment}}});
  }
  return units;
}

struct State {
  std::vector<Unit> units;
  std::map<std::string, const Properties*> by_path;
  Properties manager{{"Version", "252.38-1~deb12u1"}, {"SystemState", "degraded"}};
  std::uint64_t gets = 0;
};

std::string PathOf(const std::string& name) {
  char* path = nullptr;
  if (sd_bus_path_encode("/org/freedesktop/systemd1/unit", name.c_str(), &path) < 0) std::abort();
  std::string text = path;
  std::free(path);
  return text;
}

int ReplyUnits(sd_bus_message* call, const State& state, bool filtered) {
  std::vector<std::string> wanted;
  if (filtered) {
    if (sd_bus_message_enter_container(call, 'a', "s") < 0) return -1;
    const char* text = nullptr;
    while (sd_bus_message_read(call, "s", &text) > 0) wanted.emplace_back(text);
    sd_bus_message_exit_container(call);
  }
  const auto takes = [&](const Unit& unit) {
    for (const std::string& one : wanted) {
      if (one == unit.load || one == unit.active || one == unit.sub) return true;
    }
    return !filtered;
  };
  sd_bus_message* reply = nullptr;
  sd_bus_message_new_method_return(call, &reply);
  sd_bus_message_open_container(reply, 'a', "(ssssssouso)");
  for (const Unit& unit : state.units) {
    if (!takes(unit)) continue;
    sd_bus_message_append(reply, "(ssssssouso)", unit.name.c_str(), "made up", unit.load.c_str(),
                          unit.active.c_str(), unit.sub.c_str(), "", PathOf(unit.name).c_str(), 0U,
                          "", "/");
  }
  sd_bus_message_close_container(reply);
  const int sent = sd_bus_send(nullptr, reply, nullptr);
  sd_bus_message_unref(reply);
  return sent < 0 ? sent : 1;
}

int ReplyProperty(sd_bus_message* call, State& state) {
  const char* interface = nullptr;
  const char* name = nullptr;
  if (sd_bus_message_read(call, "ss", &interface, &name) < 0) return -1;
  ++state.gets;
  const std::string path = sd_bus_message_get_path(call);
  const auto unit = state.by_path.find(path);
  const auto found =
      unit == state.by_path.end() ? Properties::const_iterator() : unit->second->find(name);
  if (unit == state.by_path.end() || found == unit->second->end()) {
    return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_UNKNOWN_PROPERTY, "no %s", name);
  }
  const Value& value = found->second;
  if (const auto* text = std::get_if<std::string>(&value)) {
    return sd_bus_reply_method_return(call, "v", "s", text->c_str());
  }
  if (const auto* number = std::get_if<std::uint32_t>(&value)) {
    return sd_bus_reply_method_return(call, "v", "u", *number);
  }
  if (const auto* number = std::get_if<std::int32_t>(&value)) {
    return sd_bus_reply_method_return(call, "v", "i", *number);
  }
  return sd_bus_reply_method_return(call, "v", "t", std::get<std::uint64_t>(value));
}

int OnMessage(sd_bus_message* message, void* user, sd_bus_error*) {
  auto& state = *static_cast<State*>(user);
  const char* member = sd_bus_message_get_member(message);
  if (sd_bus_message_is_method_call(message, nullptr, nullptr) <= 0 || member == nullptr) return 0;
  const std::string_view name = member;
  if (name == "ListUnits") return ReplyUnits(message, state, false);
  if (name == "ListUnitsFiltered") return ReplyUnits(message, state, true);
  if (name == "Get") return ReplyProperty(message, state);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  State state;
  state.units = MakeUnits(argc > 1 ? std::atoi(argv[1]) : 0);
  for (const Unit& unit : state.units) state.by_path[PathOf(unit.name)] = &unit.properties;
  state.by_path["/org/freedesktop/systemd1"] = &state.manager;
  sd_bus* bus = nullptr;
  int error = sd_bus_open_system(&bus);
  if (error >= 0) error = sd_bus_add_filter(bus, nullptr, OnMessage, &state);
  if (error >= 0) error = sd_bus_request_name(bus, "org.freedesktop.systemd1", 0);
  if (error < 0) {
    std::fprintf(stderr, "fake_systemd: %s\n", std::strerror(-error));
    return 1;
  }
  std::puts("ready");
  std::fflush(stdout);
  while (error >= 0) {
    error = sd_bus_process(bus, nullptr);
    if (error == 0) error = sd_bus_wait(bus, std::numeric_limits<std::uint64_t>::max());
  }
  return 0;
}
