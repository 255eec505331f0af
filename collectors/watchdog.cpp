#include "collectors/watchdog.h"

namespace ecsward {
namespace {

constexpr Metric kBootStatus{"node_watchdog_bootstatus",
                             "Flags of the watchdog at boot: why the host started.",
                             MetricType::kGauge, "name"};
constexpr Metric kFirmware{"node_watchdog_fw_version", "Version of the watchdog's firmware.",
                           MetricType::kGauge, "name"};
constexpr Metric kNoWayOut{"node_watchdog_nowayout",
                           "1 when the watchdog cannot be stopped once it runs.",
                           MetricType::kGauge, "name"};
constexpr Metric kTimeLeft{"node_watchdog_timeleft_seconds",
                           "Seconds until the watchdog resets the host.", MetricType::kGauge,
                           "name"};
constexpr Metric kTimeout{"node_watchdog_timeout_seconds",
                          "Seconds without a sign of life after which the host is reset.",
                          MetricType::kGauge, "name"};
constexpr Metric kPretimeout{"node_watchdog_pretimeout_seconds",
                             "Seconds before the reset at which the watchdog warns.",
                             MetricType::kGauge, "name"};
constexpr Metric kAccessCs0{"node_watchdog_access_cs0",
                            "1 when the host runs from its second boot source.", MetricType::kGauge,
                            "name"};
constexpr Metric kInfo{"node_watchdog_info", "What the watchdog says of itself; always 1.",
                       MetricType::kGauge,
                       "name,options,identity,state,status,pretimeout_governor"};

struct Attribute {
  std::string_view file;
  const Metric& metric;
};
constexpr Attribute kNumbers[] = {
    {"bootstatus", kBootStatus}, {"fw_version", kFirmware}, {"nowayout", kNoWayOut},
    {"timeleft", kTimeLeft},     {"timeout", kTimeout},     {"pretimeout", kPretimeout},
    {"access_cs0", kAccessCs0},
};
constexpr std::string_view kWords[] = {"options", "identity", "state", "status",
                                       "pretimeout_governor"};

constexpr std::string_view kFolder = "class/watchdog";

}  // namespace

void WatchdogCollector::Scan() {
  readings_.Clear();
  const auto names = root_.List(Tree::kSys, kFolder);
  if (!names) return;
  for (const std::string& name : *names) {
    const std::string folder = std::string(kFolder) + "/" + name + "/";
    const auto file = [&](std::string_view attribute) {
      return root_.File(Tree::kSys, folder + std::string(attribute));
    };
    for (const Attribute& a : kNumbers) readings_.AddNumber(file(a.file), a.metric, 1, {name});
    std::vector<HostFile> words;
    for (const std::string_view word : kWords) words.push_back(file(word));
    readings_.AddInfo(kInfo, {name}, std::move(words));
  }
}

Result<void> WatchdogCollector::Collect(const Tick& tick, Recorder& out) {
  if (readings_.ScanIsDue(tick)) Scan();
  if (readings_.empty()) return Fail(ErrorCode::kNotSupported, "no watchdog");
  readings_.Report(out);
  return {};
}

}  // namespace ecsward
