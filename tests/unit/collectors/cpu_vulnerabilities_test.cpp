#include "collectors/cpu_vulnerabilities.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

void ExpectState(std::string_view text, std::string_view state, std::string_view mitigation) {
  const auto found = ParseVulnerability(text);
  ASSERT_TRUE(found) << text;
  EXPECT_EQ(found->state, state) << text;
  EXPECT_EQ(found->mitigation, mitigation) << text;
}

TEST(ParseVulnerability, SplitsStateAndMitigation) {
  ExpectState("Not affected\n", "not affected", "");
  ExpectState("Vulnerable\n", "vulnerable", "");
  ExpectState("Vulnerable: Safe RET, no microcode\n", "vulnerable", "Safe RET, no microcode");
  ExpectState("Mitigation: Retpolines; STIBP: disabled\n", "mitigation",
              "Retpolines; STIBP: disabled");
  ExpectState("KVM: Mitigation: Split huge pages\n", "mitigation", "Split huge pages");
  ExpectState("Unknown: No mitigations\n", "unknown", "No mitigations");
  ExpectState("Processor vulnerable\n", "unknown", "Processor vulnerable");
}

TEST(ParseVulnerability, RefusesAnEmptyFile) {
  EXPECT_FALSE(ParseVulnerability(""));
  EXPECT_FALSE(ParseVulnerability(" \n"));
}

TEST(CpuVulnerabilitiesCollector, ReportsEachFile) {
  HostFixture host;
  host.Write("sys/devices/system/cpu/vulnerabilities/mds", "Not affected\n");
  host.Write("sys/devices/system/cpu/vulnerabilities/l1tf", "Mitigation: PTE Inversion\n");
  EXPECT_EQ(
      *host.RunOnce("cpu_vulnerabilities"),
      "node_cpu_vulnerabilities_info{codename=\"l1tf\",state=\"mitigation\",mitigation=\"PTE "
      "Inversion\"} 1\n"
      "node_cpu_vulnerabilities_info{codename=\"mds\",state=\"not affected\",mitigation=\"\"} "
      "1\n");
}

TEST(CpuVulnerabilitiesCollector, IsNotSupportedByOlderKernels) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("cpu_vulnerabilities").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
