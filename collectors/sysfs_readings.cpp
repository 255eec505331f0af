#include "collectors/sysfs_readings.h"

#include <cerrno>

#include "collectors/text_scan.h"

namespace ecsward {

bool SysfsReadings::ScanIsDue(const Tick& tick) {
  if (tick.mono < due_) return false;
  due_ = tick.mono + kRescan;
  return true;
}

void SysfsReadings::Clear() {
  numbers_.clear();
  infos_.clear();
}

void SysfsReadings::AddNumber(HostFile file, const Metric& metric, double divisor,
                              std::initializer_list<std::string_view> labels) {
  numbers_.push_back({.file = std::move(file),
                      .metric = &metric,
                      .divisor = divisor,
                      .labels = {labels.begin(), labels.end()}});
}

void SysfsReadings::AddInfo(const Metric& metric, std::initializer_list<std::string_view> labels,
                            std::vector<HostFile> files) {
  Info info{.metric = &metric, .labels = {labels.begin(), labels.end()}, .files = std::move(files)};
  info.labels.resize(labels.size() + info.files.size());
  infos_.push_back(std::move(info));
}

void SysfsReadings::Set(const Metric& metric, const std::vector<std::string>& labels, double value,
                        Recorder& out) {
  views_.assign(labels.begin(), labels.end());
  out.Set(metric, views_, value);
}

void SysfsReadings::Report(Recorder& out) {
  for (Number& number : numbers_) {
    if (number.refuses) continue;
    std::string_view text;
    double value = 0;
    const int error = number.file.TryRead(buffer_, text);
    if (error == 0 && ParseNumber(Trim(text), value)) {
      Set(*number.metric, number.labels, value / number.divisor, out);
    } else if (error != EAGAIN) {  // some sensors: not this time
      number.refuses = true;
      number.file.Close();
      if (error == ENODEV) due_ = {};
    }
  }
  for (Info& info : infos_) {
    const std::size_t first = info.labels.size() - info.files.size();
    for (std::size_t i = 0; i < info.files.size(); ++i) {
      std::string_view text;
      if (info.files[i].TryRead(buffer_, text) != 0) text = {};
      info.labels[first + i] = Trim(text);
    }
    Set(*info.metric, info.labels, 1, out);
  }
}

}  // namespace ecsward
