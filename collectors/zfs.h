// OpenZFS: its cache, its queues, its pools and their file systems.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/field_metrics.h"
#include "collectors/rescan.h"

namespace ecsward {

struct KstatField {
  std::string_view name;  // part of the text parsed
  double value = 0;
};

// source: OpenZFS, include/os/linux/spl/sys/kstat.h, named kstats
//
//   9 1 0x01 7 1904 4712836541 98273645123
//   name                            type data
//   hits                            4    18273645
//
// What is a number of 64 bits (types 3 and 4); the rest is left out.
// errors: kParse naming the line, or where the line of titles is missing
Result<void> ParseKstat(std::string_view text, std::vector<KstatField>& out);

// The same with the name of the file system that an objset file is about (type 7, "dataset_name").
struct ZfsObjset {
  std::string_view dataset;
  std::vector<KstatField> fields;
};
Result<void> ParseZfsObjset(std::string_view text, ZfsObjset& out);

// source: <pool>/io, kstats of the I/O kind, until OpenZFS 2.1: titles, and below them the numbers
// errors: kParse naming the line, where there are not as many numbers as titles
Result<void> ParseZpoolIo(std::string_view text, std::vector<KstatField>& out);

// source: /proc/spl/kstat/zfs
//
// A slow collector: some of it is summed up over all CPUs, or waits for a pool's lock.
class ZfsCollector final : public Collector {
 public:
  explicit ZfsCollector(const CollectorEnv& env);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct StatsFile {
    StatsFile(std::string_view file_name, HostFile opened, FieldMetrics::Describe describe)
        : name(file_name), file(std::move(opened)), metrics(std::move(describe)) {}
    std::string_view name;
    HostFile file;
    FieldMetrics metrics;
    bool present = false;
  };
  struct Pool {
    std::string name;
    HostFile state, io;
    std::vector<HostFile> objsets;
  };

  bool Scan();  // false: no ZFS here
  Result<void> ReportStats(StatsFile& stats, Recorder& out);
  Result<void> ReportIo(Pool& pool, Recorder& out);
  Result<void> ReportObjset(const Pool& pool, HostFile& file, Recorder& out);
  void ReportState(Pool& pool, Recorder& out);

  const HostRoot& root_;        // outlives the collector
  std::list<StatsFile> stats_;  // for good: series point to their metrics
  FieldMetrics io_metrics_, objset_metrics_;
  std::vector<Pool> pools_;
  bool offered_ = false;
  std::vector<KstatField> fields_;
  ZfsObjset objset_;
  Rescan rescan_;
  ReadBuffer buffer_;
};

}  // namespace ecsward
