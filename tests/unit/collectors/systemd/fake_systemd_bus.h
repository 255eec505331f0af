// A systemd for tests: units and properties as the test says.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/systemd/systemd_bus.h"

namespace ecsward {

// What the test looks at and changes; outlives the bus.
struct FakeSystemd {
  std::vector<UnitEntry> units;
  std::map<std::string, std::map<std::string, BusValue>> properties;  // by path, by name
  std::optional<Error> error;                                         // instead of any answer
  std::size_t lists = 0, queries = 0;

  void Set(std::string_view unit, const std::string& property, BusValue value) {
    properties[UnitPath(unit)][property] = std::move(value);
  }
};

class FakeSystemdBus final : public SystemdBus {
 public:
  explicit FakeSystemdBus(FakeSystemd& systemd) : systemd_(systemd) {}

  Result<void> ListUnits(std::span<const std::string_view> states,
                         std::vector<UnitEntry>& out) override {
    out.clear();
    ++systemd_.lists;
    if (systemd_.error) return *systemd_.error;
    const auto listed = [&](const std::string& state) {
      return std::find(states.begin(), states.end(), state) != states.end();
    };
    for (const UnitEntry& unit : systemd_.units) {
      if (states.empty() || listed(unit.active_state) || listed(unit.sub_state)) {
        out.push_back(unit);
      }
    }
    return {};
  }

  Result<void> GetProperties(std::span<PropertyQuery> queries) override {
    if (systemd_.error) return *systemd_.error;
    for (PropertyQuery& query : queries) {
      ++systemd_.queries;
      const auto unit = systemd_.properties.find(query.path);
      if (unit == systemd_.properties.end()) continue;
      const auto property = unit->second.find(std::string(query.name));
      if (property != unit->second.end()) query.value = property->second;
    }
    return {};
  }

 private:
  FakeSystemd& systemd_;
};

}  // namespace ecsward
