// Attributes of sysfs devices: looked for now and then, kept open, read on every tick.
//
//   if (readings_.ScanIsDue(tick)) {
//     readings_.Clear();
//     for (each device) readings_.AddNumber(root.File(Tree::kSys, path), kTemp, 1000, {device});
//   }
//   return readings_.Report(out);
#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/host_file.h"
#include "collectors/collector.h"

namespace ecsward {

class SysfsReadings {
 public:
  static constexpr std::chrono::seconds kRescan{30};

  // True at first, every kRescan, and when a device has gone since the last scan.
  bool ScanIsDue(const Tick& tick);

  void Clear();
  // A file with one number, which is divided by `divisor`. A file that is not there, refuses or
  // does not hold a number is left out until the next scan: drivers offer attributes that they do
  // not have.
  void AddNumber(HostFile file, const Metric& metric, double divisor,
                 std::initializer_list<std::string_view> labels);
  // A metric that is always 1, with `labels` and then what each file says ("" where it is missing).
  void AddInfo(const Metric& metric, std::initializer_list<std::string_view> labels,
               std::vector<HostFile> files);
  bool empty() const { return numbers_.empty() && infos_.empty(); }

  void Report(Recorder& out);

 private:
  struct Number {
    HostFile file;
    const Metric* metric;
    double divisor;
    std::vector<std::string> labels;
    bool refuses = false;
  };
  struct Info {
    const Metric* metric;
    std::vector<std::string> labels;  // the given ones, then the files'
    std::vector<HostFile> files;
  };

  void Set(const Metric& metric, const std::vector<std::string>& labels, double value,
           Recorder& out);

  std::vector<Number> numbers_;
  std::vector<Info> infos_;
  std::vector<std::string_view> views_;
  ReadBuffer buffer_;
  MonoTime due_{};
};

}  // namespace ecsward
