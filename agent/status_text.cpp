#include "agent/status_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "agent/ask_text.h"
#include "agent/ports_text.h"

namespace ecsward {
namespace {

constexpr std::size_t kNamed = 3;    // offenders of a line
constexpr std::size_t kListed = 10;  // lines of a list

// "0 B", "3.2 MiB"
std::string Bytes(double bytes) {
  constexpr std::string_view kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  for (; std::abs(bytes) >= 1024 && unit + 1 < std::size(kUnits); ++unit) bytes /= 1024;
  return fmt::format("{:.{}f} {}", bytes, unit == 0 || bytes >= 100 ? 0 : 1, kUnits[unit]);
}

std::string Percent(double ratio) { return fmt::format("{:.0f} %", std::round(ratio * 100)); }

const RecentUse* Find(const HostStatus& status, std::string_view what) {
  const auto found = std::find_if(status.uses.begin(), status.uses.end(),
                                  [&](const RecentUse& use) { return use.what == what; });
  return found == status.uses.end() ? nullptr : &*found;
}

// "php-fpm 61 %, mysqld 12 %": those that had a whole percent.
std::string Who(const HostStatus& status, std::string_view what) {
  const RecentUse* const use = Find(status, what);
  std::string text;
  if (use == nullptr) return text;
  for (std::size_t i = 0; i < std::min(kNamed, use->lately.offenders.size()); ++i) {
    const Offender& offender = use->lately.offenders[i];
    if (offender.share < 0.005) break;
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", offender.name, Percent(offender.share));
  }
  return text;
}

std::string Line(std::string_view name, const std::string& figure, const std::string& who = "") {
  return fmt::format("{:<9} {}{}{}\n", name, figure, who.empty() ? "" : "   ", who);
}

// "/data 95 %, / 83 %": of those after the first only what had a whole percent.
std::string Parts(const std::vector<HostFigures::Part>& parts) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kNamed, parts.size()); ++i) {
    if (i > 0 && parts[i].ratio < 0.005) break;
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", parts[i].name, Percent(parts[i].ratio));
  }
  return text;
}

std::string HostLines(const HostFigures& f, const HostStatus& status) {
  std::string text;
  if (f.cpu_ratio) {
    text += Line("cpu",
                 fmt::format("{} of {:.0f}, load {:.2f}", Percent(*f.cpu_ratio), f.cpus,
                             f.load1.value_or(0)),
                 Who(status, "cpu"));
  }
  if (f.memory_bytes > 0) {
    text += Line("memory",
                 fmt::format("{} of {}", Percent(1 - f.memory_available_bytes / f.memory_bytes),
                             Bytes(f.memory_bytes)),
                 Who(status, "memory"));
  }
  if (!f.disks.empty()) {
    std::string figure = Parts(f.disks) + " busy";
    if (const RecentUse* const use = Find(status, "disk")) {
      figure += ", " + Bytes(use->lately.total) + "/s";
    }
    text += Line("disk", figure, Who(status, "disk"));
  }
  if (!f.filesystems.empty()) text += Line("full", Parts(f.filesystems));
  std::string talkers = Who(status, "ports");
  if (const std::string peers = Who(status, "peers"); !peers.empty()) {
    talkers += (talkers.empty() ? "with " : "; with ") + peers;
  }
  text += Line("network",
               fmt::format("{}/s in, {}/s out", Bytes(f.receive_bytes_per_second),
                           Bytes(f.transmit_bytes_per_second)),
               talkers);
  return text;
}

std::string GroupLines(const HostStatus& status) {
  if (status.groups.empty()) return "";
  std::size_t width = 5;
  const std::size_t count = std::min(kListed, status.groups.size());
  for (std::size_t i = 0; i < count; ++i) width = std::max(width, Width(status.groups[i].group));
  std::string text = fmt::format("\n  {}  {:>9}  {:>7}  {:>9}  {:>11}\n", Padded("GROUP", width),
                                 "PROCESSES", "CPU", "MEMORY", "DISK");
  for (std::size_t i = 0; i < count; ++i) {
    const ProcessGroupUse& group = status.groups[i];
    text += fmt::format("  {}  {:>9}  {:>7}  {:>9}  {:>11}\n", Padded(group.group, width),
                        group.processes, fmt::format("{:.1f} %", group.cpu_cores * 100),
                        Bytes(group.resident_bytes), Bytes(group.io_bytes_per_second) + "/s");
  }
  if (status.groups.size() > count) {
    text += fmt::format("  and {} more\n", status.groups.size() - count);
  }
  return text + "\n";
}

std::string PortLines(const HostStatus& status, std::int64_t now_ms) {
  if (!status.ports_known) return "";
  const auto missing = std::count_if(status.expected.begin(), status.expected.end(),
                                     [](const ExpectedPort& port) { return !port.up; });
  std::string figure = fmt::format("{} reachable from outside", status.listeners);
  if (!status.unexpected.empty())
    figure += fmt::format(", {} unexpected", status.unexpected.size());
  if (!status.expected.empty()) {
    figure += fmt::format(", {} of {} expected missing", missing, status.expected.size());
  }
  std::string text = Line("ports", figure);
  for (std::size_t i = 0; i < std::min(kListed, status.unexpected.size()); ++i) {
    const PortListener& listener = status.unexpected[i];
    text += fmt::format("  unexpected  {}  {} (pid {}, {}, {})\n", PlaceText(listener),
                        listener.process.empty() ? "owner unknown" : listener.process, listener.pid,
                        listener.user, listener.executable);
  }
  for (const ExpectedPort& port : status.expected) {
    if (!port.up) text += "  " + ExpectedText(port, now_ms) + "\n";
  }
  return text;
}

std::string AlertLines(const std::vector<RuleAlert>& alerts, std::int64_t now_ms) {
  std::size_t firing = 0, pending = 0;
  std::string list;
  for (const RuleAlert& of : alerts) {
    if (of.alert.state == AlertState::kPending) ++pending;
    if (of.alert.state != AlertState::kFiring || ++firing > kListed) continue;
    const std::string_view summary = Get(of.alert.annotations, "summary");
    std::string line(summary.empty() ? std::string_view(of.rule) : summary);
    std::replace(line.begin(), line.end(), '\n', ' ');
    list += fmt::format("  for {:<8} {}\n", Ago(now_ms, of.alert.fired_at_ms), line);
  }
  return Line("alerts", fmt::format("{} firing, {} pending", firing, pending)) + list;
}

std::string AgentLine(const HostFigures& f, std::int64_t now_ms) {
  std::string figure = Bytes(f.agent_resident_bytes);
  const double seconds = static_cast<double>(now_ms) / 1000 - f.agent_start_seconds;
  if (f.agent_start_seconds > 0 && seconds > 1) {
    figure +=
        fmt::format(", {:.2f} % of a CPU since it started", f.agent_cpu_seconds / seconds * 100);
  }
  if (f.governor_level > 0) figure += fmt::format(", doing less (level {:.0f})", f.governor_level);
  for (std::size_t i = 0; i < f.failing_collectors.size(); ++i) {
    figure += (i == 0 ? "; failing: " : ", ") + f.failing_collectors[i];
  }
  return Line("agent", figure);
}

}  // namespace

std::string StatusText(const HostFigures& figures, const HostStatus& status,
                       const std::vector<RuleAlert>& alerts, std::int64_t now_ms) {
  std::string text = figures.name.empty() ? "this host" : figures.name;
  if (figures.boot_seconds > 0) {
    text += ", up " + Ago(now_ms, static_cast<std::int64_t>(figures.boot_seconds * 1000));
  }
  if (!figures.release.empty()) text += ", Linux " + figures.release;
  text += "\n" + HostLines(figures, status) + GroupLines(status) + PortLines(status, now_ms) +
          AlertLines(alerts, now_ms) + AgentLine(figures, now_ms);
  for (const std::string& note : status.notes) text += "note: " + note + "\n";
  return ForTerminal(text);
}

}  // namespace ecsward
