#include "collectors/process/cgroup_unit.h"

#include <algorithm>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr std::size_t kIdDigits = 64;     // Docker, containerd, CRI-O, Podman: all of them
constexpr std::size_t kShownDigits = 12;  // as `docker ps` shows it
constexpr std::string_view kScope = ".scope";
constexpr std::string_view kDeleted = " (deleted)";  // the cgroup went before its last process

bool IsContainerId(std::string_view text) {
  return text.size() == kIdDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// "docker-ID.scope", "cri-containerd-ID.scope", "ID", "kubepods-…:cri-containerd:ID" → ID.
std::string_view ContainerOf(std::string_view name) {
  if (name.ends_with(kScope)) name.remove_suffix(kScope.size());
  const auto split = name.find_last_of("-:");
  const std::string_view id = split == std::string_view::npos ? name : name.substr(split + 1);
  return IsContainerId(id) ? id : std::string_view();
}

CgroupUnit OfPath(std::string_view path) {
  CgroupUnit out;
  if (path.ends_with(kDeleted)) path.remove_suffix(kDeleted.size());
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (const auto id = ContainerOf(name); !id.empty()) {
      // What watches a container (conmon) is not in it; both have a scope with the id.
      const bool monitor = name.find("conmon-") != std::string_view::npos;
      if (!monitor) out = {{}, id.substr(0, kShownDigits)};
    } else if (name.ends_with(".service") || name.ends_with(kScope)) {
      // A manager's own process is in init.scope below the service that it is.
      if (name != "init.scope" || out.unit.empty()) out.unit = name;
    }
  }
  return out;
}

}  // namespace

CgroupUnit ParseCgroupUnit(std::string_view text) {
  CgroupUnit systemd;
  CgroupUnit unified;
  CgroupUnit other;
  std::string_view line;
  while (NextLine(text, line)) {
    // "hierarchy:controllers:path"; the path may hold colons
    const auto first = line.find(':');
    if (first == std::string_view::npos) continue;
    const auto second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const CgroupUnit found = OfPath(line.substr(second + 1));
    CgroupUnit& place = controllers == "name=systemd" ? systemd
                        : controllers.empty()         ? unified
                                                      : other;
    if (place.unit.empty()) place.unit = found.unit;
    if (place.container.empty()) place.container = found.container;
  }
  CgroupUnit out;
  // Where systemd has a tree of its own it names units there; an engine without systemd may have
  // made its group in any of the trees.
  out.unit = !systemd.unit.empty() ? systemd.unit : unified.unit;
  out.container = !systemd.container.empty()   ? systemd.container
                  : !unified.container.empty() ? unified.container
                                               : other.container;
  return out;
}

}  // namespace ecsward
