// Which systemd unit and which container a process belongs to, from the name of its cgroup.
#pragma once

#include <string_view>

namespace ecsward {

// Views of the text, as the kernel gives them: not made safe for terminals.
struct CgroupUnit {
  std::string_view unit;       // "nginx.service", "session-3.scope"; empty: none
  std::string_view container;  // the first 12 digits of its id; empty: none
};

// Pure: the text of /proc/PID/cgroup.
//
//   0::/system.slice/nginx.service                                  → nginx.service
//   0::/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service → foo.service
//   1:name=systemd:/system.slice/sshd.service                       → sshd.service
//   0::/system.slice/docker-4f1c….scope                             → container 4f1c…
//   11:cpuset:/docker/4f1c…                                         → container 4f1c…
//   0::/kubepods.slice/…/cri-containerd-4f1c….scope                 → container 4f1c…
//
// The innermost service or scope is the unit; the scope that a container engine made is no unit of
// anybody's but the container. What looks like nothing known gives empty views.
// source: cgroups(7) "/proc/pid/cgroup", systemd.unit(5)
CgroupUnit ParseCgroupUnit(std::string_view text);

}  // namespace ecsward
