#include "collectors/systemd/systemd_bus.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "collectors/offender_name.h"
#include "collectors/systemd/bus_connection.h"

namespace ecsward {
namespace {

constexpr std::string_view kService = "org.freedesktop.systemd1";
constexpr std::string_view kUnitFolder = "/org/freedesktop/systemd1/unit/";
constexpr std::chrono::seconds kTimeout{5};
// Sent together. Buses count how many answers a client is owed; these are far from any limit.
constexpr std::size_t kTogether = 64;

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

Error ErrorOf(const BusMessage& message) {
  const std::string_view name = message.error_name;
  ErrorCode code = ErrorCode::kIo;
  if (name == "org.freedesktop.DBus.Error.ServiceUnknown" ||
      name == "org.freedesktop.DBus.Error.NameHasNoOwner") {
    return Fail(ErrorCode::kNotSupported, "no systemd on the system bus");
  }
  if (name == "org.freedesktop.DBus.Error.AccessDenied") code = ErrorCode::kDenied;
  if (name == "org.freedesktop.DBus.Error.NoReply" || name == "org.freedesktop.DBus.Error.Timeout")
    code = ErrorCode::kTimeout;
  return Fail(code, "systemd: " + OffenderName(name, false));
}

// Whether an error is about the bus or about systemd as a whole. Any other is about the one unit or
// property that was asked for (gone meanwhile, not of this version, its file cannot be read).
bool IsFailure(std::string_view error) {
  constexpr std::array<std::string_view, 7> kFailures{
      "org.freedesktop.DBus.Error.AccessDenied",   "org.freedesktop.DBus.Error.Disconnected",
      "org.freedesktop.DBus.Error.LimitsExceeded", "org.freedesktop.DBus.Error.NameHasNoOwner",
      "org.freedesktop.DBus.Error.NoReply",        "org.freedesktop.DBus.Error.ServiceUnknown",
      "org.freedesktop.DBus.Error.Timeout",
  };
  return std::find(kFailures.begin(), kFailures.end(), error) != kFailures.end();
}

class RealBus final : public SystemdBus {
 public:
  explicit RealBus(std::string socket) : connection_(std::move(socket), kTimeout) {}

  Result<void> ListUnits(std::span<const std::string_view> states,
                         std::vector<UnitEntry>& out) override {
    out.clear();
    // ListUnitsFiltered, and not …ByPatterns, is known to systemd 219 as well.
    const BusCall call{kService,
                       kManagerPath,
                       kManagerInterface,
                       states.empty() ? "ListUnits" : "ListUnitsFiltered",
                       states,
                       !states.empty()};
    auto done = connection_.Call({&call, 1}, [&](std::size_t, const BusMessage& message) {
      return TakeUnits(message, out);
    });
    connection_.Shrink();
    units_ = {};
    return done;
  }

  Result<void> GetProperties(std::span<PropertyQuery> queries) override {
    while (!queries.empty()) {
      const auto some = queries.first(std::min(queries.size(), kTogether));
      if (auto ok = GetSome(some); !ok) return ok;
      queries = queries.subspan(some.size());
    }
    return {};
  }

 private:
  Result<void> TakeUnits(const BusMessage& message, std::vector<UnitEntry>& out) {
    if (message.type == BusMessage::Type::kError) return ErrorOf(message);
    if (message.signature != "a(ssssssouso)") {
      return Fail(ErrorCode::kParse, "systemd: want a list of units");
    }
    if (auto ok = ParseBusUnits(message.body, units_); !ok) {
      return std::move(ok).error().Context("systemd");
    }
    for (const BusUnit& unit : units_) {
      if (!ValidUnitName(unit.name)) continue;
      out.push_back({std::string(unit.name), std::string(unit.load_state),
                     std::string(unit.active_state), std::string(unit.sub_state)});
    }
    return {};
  }

  Result<void> GetSome(std::span<PropertyQuery> queries) {
    std::array<std::array<std::string_view, 2>, kTogether> arguments;
    std::array<BusCall, kTogether> calls;
    for (std::size_t i = 0; i < queries.size(); ++i) {
      arguments[i] = {queries[i].interface, queries[i].name};
      calls[i] = {kService, queries[i].path, "org.freedesktop.DBus.Properties", "Get",
                  arguments[i]};
    }
    return connection_.Call({calls.data(), queries.size()},
                            [&](std::size_t index, const BusMessage& message) -> Result<void> {
                              if (message.type == BusMessage::Type::kError) {
                                if (IsFailure(message.error_name)) return ErrorOf(message);
                                return {};
                              }
                              auto value =
                                  message.signature == "v"
                                      ? ParseBusVariant(message.body)
                                      : Result<BusValue>(Fail(ErrorCode::kParse, "want a variant"));
                              if (!value) return std::move(value).error().Context("systemd");
                              queries[index].value = *std::move(value);
                              return {};
                            });
  }

  BusConnection connection_;
  std::vector<BusUnit> units_;
};

class NoBus final : public SystemdBus {
 public:
  explicit NoBus(std::string why) : why_(std::move(why)) {}
  Result<void> ListUnits(std::span<const std::string_view>, std::vector<UnitEntry>& out) override {
    out.clear();
    return Fail(ErrorCode::kNotSupported, why_);
  }
  Result<void> GetProperties(std::span<PropertyQuery>) override {
    return Fail(ErrorCode::kNotSupported, why_);
  }

 private:
  std::string why_;
};

}  // namespace

std::uint64_t PropertyQuery::Number() const {
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return *number;
  const auto* number = std::get_if<std::int64_t>(&value);
  return number != nullptr && *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
}

std::string_view PropertyQuery::Text() const {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::string PropertyQuery::SafeText() const {
  return Text().empty() ? std::string() : OffenderName(Text(), false);
}

// source: systemd.unit(5): "The unit name prefix must consist of one or more valid characters"
bool ValidUnitName(std::string_view name) {
  return !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), [](char c) {
    return IsAlphanumeric(c) || std::string_view(":-_.\\@").find(c) != std::string_view::npos;
  });
}

// source: sd_bus_path_encode(3)
std::string UnitPath(std::string_view name) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string path(kUnitFolder);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (IsAlphanumeric(c) && (i > 0 || c < '0' || c > '9')) {
      path += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    path += '_';
    path += kHex[byte >> 4U];
    path += kHex[byte & 15U];
  }
  return path;
}

std::string_view UnitTypeInterface(std::string_view name) {
  struct Type {
    std::string_view suffix, interface;
  };
  static constexpr Type kTypes[] = {
      {".service", "org.freedesktop.systemd1.Service"},
      {".socket", "org.freedesktop.systemd1.Socket"},
      {".mount", "org.freedesktop.systemd1.Mount"},
      {".timer", "org.freedesktop.systemd1.Timer"},
      {".swap", "org.freedesktop.systemd1.Swap"},
      {".path", "org.freedesktop.systemd1.Path"},
      {".automount", "org.freedesktop.systemd1.Automount"},
  };
  for (const Type& type : kTypes) {
    if (name.ends_with(type.suffix)) return type.interface;
  }
  return {};
}

std::unique_ptr<SystemdBus> MakeSystemdBus(const HostRoot& root) {
  if (!root.live()) return std::make_unique<NoBus>("no bus of the host that these files are of");
  // getenv is safe: nothing of ours ever sets a variable.
  const char* address = std::getenv("DBUS_SYSTEM_BUS_ADDRESS");  // NOLINT(concurrency-mt-unsafe)
  if (address != nullptr && *address != '\0') {
    auto socket = ParseBusAddress(address);
    if (socket) return std::make_unique<RealBus>(*std::move(socket));
    return std::make_unique<NoBus>("DBUS_SYSTEM_BUS_ADDRESS: " + socket.error().message);
  }
  return std::make_unique<RealBus>(root.Path(Tree::kRoot, "run/dbus/system_bus_socket"));
}

}  // namespace ecsward
