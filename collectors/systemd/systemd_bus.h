// What the collectors ask systemd: two questions, over the system bus. Asking costs PID 1 time, so
// calls of one look are sent together and it wakes up once for many of them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/host_root.h"
#include "base/result.h"
#include "collectors/systemd/bus_wire.h"

namespace ecsward {

struct UnitEntry {
  std::string name;  // one that ValidUnitName accepts
  std::string load_state, active_state, sub_state;
};

// One property to ask for, and its answer: monostate where systemd has no such unit or property.
struct PropertyQuery {
  std::string path;  // UnitPath(name), or kManagerPath
  std::string_view interface, name;
  BusValue value = {};

  // 0 and "" where the value is of another type, or there is none.
  std::uint64_t Number() const;
  std::string_view Text() const;
  std::string SafeText() const;  // for labels and terminals
  bool answered() const { return !std::holds_alternative<std::monostate>(value); }
};

inline constexpr std::string_view kManagerPath = "/org/freedesktop/systemd1";
inline constexpr std::string_view kManagerInterface = "org.freedesktop.systemd1.Manager";
inline constexpr std::string_view kUnitInterface = "org.freedesktop.systemd1.Unit";

// Whether systemd could have a unit of that name: up to 255 letters, digits and ":-_.\@". Such a
// name is safe in a label and on a terminal; all others are left out wherever they come from.
bool ValidUnitName(std::string_view name);
// "a-b.service" → "/org/freedesktop/systemd1/unit/a_2db_2eservice"
std::string UnitPath(std::string_view name);
// "a.service" → "org.freedesktop.systemd1.Service"; empty for a name of no known type.
std::string_view UnitTypeInterface(std::string_view name);

// Not thread-safe.
class SystemdBus {
 public:
  virtual ~SystemdBus() = default;
  // All units in memory, or those with one of these load, active or sub states. Cleared and
  // refilled. Names that cannot be are left out.
  // errors: kNotSupported (no bus, no systemd on it), kDenied, kTimeout, kParse, kIo
  virtual Result<void> ListUnits(std::span<const std::string_view> states,
                                 std::vector<UnitEntry>& out) = 0;
  // Fills in the answers. errors: as above; what systemd refuses for one query is no error
  virtual Result<void> GetProperties(std::span<PropertyQuery> queries) = 0;
};

// The system bus of the host whose files these are: where DBUS_SYSTEM_BUS_ADDRESS says, else
// run/dbus/system_bus_socket below its root. Where the files are not the running host's, one that
// answers kNotSupported.
std::unique_ptr<SystemdBus> MakeSystemdBus(const HostRoot& root);

}  // namespace ecsward
