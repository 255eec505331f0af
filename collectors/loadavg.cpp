#include "collectors/loadavg.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kLoad1{"node_load1", "Load average over 1 minute.", MetricType::kGauge};
constexpr Metric kLoad5{"node_load5", "Load average over 5 minutes.", MetricType::kGauge};
constexpr Metric kLoad15{"node_load15", "Load average over 15 minutes.", MetricType::kGauge};

}  // namespace

Result<LoadAverages> ParseLoadavg(std::string_view text) {
  LoadAverages load;
  if (!NextNumber(text, load.load1) || !NextNumber(text, load.load5) ||
      !NextNumber(text, load.load15)) {
    return Fail(ErrorCode::kParse, "want three numbers");
  }
  return load;
}

Result<void> LoadavgCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return std::move(text).error();
  const auto load = ParseLoadavg(*text);
  if (!load) return Error(load.error()).Context(file_.path());
  out.Set(kLoad1, load->load1);
  out.Set(kLoad5, load->load5);
  out.Set(kLoad15, load->load15);
  return {};
}

}  // namespace ecsward
