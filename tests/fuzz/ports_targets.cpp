#include "tests/fuzz/ports_targets.h"

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "collectors/ports/learned_ports.h"
#include "collectors/ports/listener_dump.h"
#include "collectors/ports/other_namespaces.h"
#include "collectors/ports/owner_process.h"
#include "collectors/ports/port_rule.h"
#include "collectors/ports/process_files.h"
#include "collectors/process/cgroup_unit.h"
#include "collectors/process/user_names.h"

namespace ecsward {
namespace {

// A broken promise is a finding, like a crash.
void Promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

}  // namespace

void FuzzCgroupUnit(std::string_view t) {
  const CgroupUnit found = ParseCgroupUnit(t);
  Promise(found.container.empty() || found.container.size() == 12, "12 digits of a container");
  Promise(found.unit.find('/') == std::string_view::npos, "a unit is one name");
}

void FuzzLearnedPorts(std::string_view t) {
  const auto learned = ParseLearnedPorts(t);
  if (!learned) return;
  const auto again = ParseLearnedPorts(FormatLearnedPorts(*learned));
  Promise(again.has_value() && again->allow == learned->allow, "what is written can be read");
}

void FuzzListenMessage(std::string_view t) {
  for (const bool udp : {false, true}) {
    ListenSocket socket;
    if (!ParseListenMessage(t, udp, socket)) continue;
    Promise(!AddressText(socket).empty(), "every address has a text");
    (void)IsLoopback(socket);
  }
}

void FuzzListenTable(std::string_view t) {
  for (const bool v6 : {false, true}) {
    std::vector<ListenSocket> sockets;
    (void)ParseListenTable(t, v6, v6, sockets);
    for (const ListenSocket& socket : sockets) (void)AddressText(socket);
  }
}

void FuzzPasswd(std::string_view t) {
  UserTable users;
  ParsePasswd(t, users);
}

void FuzzPortRule(std::string_view t) {
  if (const auto expect = ParseExpect(t)) {
    const auto again = ParseExpect(expect->text);
    Promise(again && again->port == expect->port, "a rule reads as it is written");
  }
  if (const auto allow = ParseAllow(t)) {
    const ListenerFacts facts{allow->proto, allow->address, allow->last_port, true, t, t, t};
    (void)Matches(*allow, facts);
  }
  // Whatever a process calls itself, what is learned of it allows it.
  const ListenerFacts named{"tcp", "*", 80, true, t, "root", ""};
  const auto learned = ParseAllow(LearnedItem(named, 0, 0));
  Promise(t.find_first_of("\r\n\v\f") != std::string_view::npos ||
              (learned && Matches(*learned, named)),
          "what was learned is allowed");
}

void FuzzProcessLinks(std::string_view t) {
  (void)ParseSocketLink(t);
  (void)ParseNamespaceLink(t);
  std::uint32_t uid = 0;
  (void)ParseStatusUser(t, uid);
}

}  // namespace ecsward
