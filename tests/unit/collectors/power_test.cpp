// What the host draws and stores: power supplies and RAPL zones.
#include <gtest/gtest.h>

#include "collectors/powersupplyclass.h"
#include "collectors/rapl.h"
#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(PowerCollector, ConvertsUnitsAndLabelsWhatIsKnown) {
  HostFixture host;
  const std::string bat = "sys/class/power_supply/BAT0/";
  for (const auto& [file, text] : {std::pair{"capacity", "81"},
                                   {"current_now", "4830000"},
                                   {"temp", "286"},
                                   {"cycle_count", "0"},
                                   {"type", "Battery"},
                                   {"status", "Discharging"},
                                   {"manufacturer", ""},
                                   {"voltage_now", "unknown"}}) {
    host.Write(bat + file, std::string(text) + "\n");
  }
  EXPECT_EQ(*host.RunOnce("powersupplyclass"),
            "node_power_supply_capacity{power_supply=\"BAT0\"} 81\n"
            "node_power_supply_current_ampere{power_supply=\"BAT0\"} 4.83\n"
            "node_power_supply_cyclecount{power_supply=\"BAT0\"} 0\n"
            "node_power_supply_info{power_supply=\"BAT0\",status=\"Discharging\","
            "type=\"Battery\"} 1\n"
            "node_power_supply_temp_celsius{power_supply=\"BAT0\"} 28.6\n");
  EXPECT_EQ(host.RunOnce("powersupplyclass", {{"ignored_supplies", "^BAT"}}).error().code,
            ErrorCode::kNotSupported);
}

TEST(ParseRaplName, TakesTheNumberOff) {
  EXPECT_EQ(ParseRaplName("package-1").name, "package");
  EXPECT_EQ(ParseRaplName("package-1").index, 1);
  EXPECT_EQ(ParseRaplName("dram").index, -1);
  EXPECT_EQ(ParseRaplName("package-0-die-1").name, "package-0-die-1");
}

TEST(RaplCollector, NumbersZonesOfTheSameName) {
  HostFixture host;
  const std::string folder = host.Env().root.Path(Tree::kSys, "class/powercap");
  for (const auto& [zone, name] : {std::pair{"intel-rapl:0", "package-0"},
                                   {"intel-rapl:0:0", "dram"},
                                   {"intel-rapl:1:0", "dram"}}) {
    host.Write("sys/class/powercap/" + std::string(zone) + "/name", std::string(name) + "\n");
    host.Write("sys/class/powercap/" + std::string(zone) + "/energy_uj", "2500000\n");
  }
  host.Write("sys/class/powercap/intel-rapl/enabled", "1\n");
  EXPECT_EQ(
      *host.RunOnce("rapl"),
      "node_rapl_dram_joules_total{index=\"0\",path=\"" + folder + "/intel-rapl:0:0\"} 2.5\n" +
          "node_rapl_dram_joules_total{index=\"1\",path=\"" + folder + "/intel-rapl:1:0\"} 2.5\n" +
          "node_rapl_package_joules_total{index=\"0\",path=\"" + folder + "/intel-rapl:0\"} 2.5\n");
  EXPECT_NE(host.RunOnce("rapl", {{"enable_zone_label", "true"}})
                ->find("node_rapl_joules_total{index=\"0\",path=\"" + folder +
                       "/intel-rapl:0\",rapl_zone=\"package\"} 2.5"),
            std::string::npos);
}

}  // namespace
}  // namespace ecsward
