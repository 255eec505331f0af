#include "collectors/process/cgroup_unit.h"

#include <gtest/gtest.h>

#include <string>

namespace ecsward {
namespace {

const std::string kId = "4f1c0a9be7d24f1c0a9be7d24f1c0a9be7d24f1c0a9be7d24f1c0a9be7d2abcd";

void ExpectUnit(std::string_view text, std::string_view unit, std::string_view container = {}) {
  const CgroupUnit found = ParseCgroupUnit(text);
  EXPECT_EQ(found.unit, unit) << text;
  EXPECT_EQ(found.container, container) << text;
}

TEST(ParseCgroupUnit, NamesTheServiceOfTheUnifiedTree) {
  ExpectUnit("0::/system.slice/nginx.service\n", "nginx.service");
  ExpectUnit("0::/system.slice/system-getty.slice/getty@tty1.service\n", "getty@tty1.service");
  ExpectUnit("0::/init.scope\n", "init.scope");
  ExpectUnit("0::/user.slice/user-0.slice/session-3.scope\n", "session-3.scope");
}

TEST(ParseCgroupUnit, TakesTheInnermostUnit) {
  ExpectUnit("0::/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service\n",
             "foo.service");
  ExpectUnit("0::/system.slice/containerd.service/worker/pool\n", "containerd.service");
  ExpectUnit("0::/user.slice/user-1000.slice/user@1000.service/init.scope\n", "user@1000.service");
}

TEST(ParseCgroupUnit, ReadsTheTreeOfSystemdWhereThereAreMany) {
  ExpectUnit(
      "12:devices:/system.slice/wrong.service\n1:name=systemd:/system.slice/sshd.service\n"
      "0::/system.slice/other.service\n",
      "sshd.service");
}

TEST(ParseCgroupUnit, NamesContainersOfAllEngines) {
  const std::string_view shown = "4f1c0a9be7d2";
  ExpectUnit("0::/system.slice/docker-" + kId + ".scope\n", "", shown);
  ExpectUnit("11:cpuset:/docker/" + kId + "\n1:name=systemd:/\n", "", shown);
  ExpectUnit("1:name=systemd:/docker/" + kId + "\n", "", shown);
  ExpectUnit(
      "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/"
      "cri-containerd-" +
          kId + ".scope\n",
      "", shown);
  ExpectUnit("0::/kubepods/besteffort/pod0b1a/" + kId + "\n", "", shown);
  ExpectUnit("0::/machine.slice/libpod-" + kId + ".scope/container\n", "", shown);
  ExpectUnit("0::/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:" + kId + "\n",
             "", shown);
}

TEST(ParseCgroupUnit, SeesUnitsInsideAContainer) {
  ExpectUnit("0::/system.slice/docker-" + kId + ".scope/system.slice/nginx.service\n",
             "nginx.service", "4f1c0a9be7d2");
}

TEST(ParseCgroupUnit, DoesNotTakeAMonitorForItsContainer) {
  ExpectUnit("0::/machine.slice/libpod-conmon-" + kId + ".scope\n", "");
}

TEST(ParseCgroupUnit, LeavesOutThatTheGroupHasGone) {
  ExpectUnit("0::/system.slice/foo.service (deleted)\n", "foo.service");
}

TEST(ParseCgroupUnit, FindsNothingInOtherText) {
  ExpectUnit("", "");
  ExpectUnit("0::/\n", "");
  ExpectUnit("nonsense\n:\n::\n0:x\n", "");
  ExpectUnit("0::/docker-1234.slice/abc\n", "");
}

}  // namespace
}  // namespace ecsward
