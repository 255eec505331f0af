// A made-up host for a collector's test: files in a temporary folder, a kernel that answers what
// the test says, and everything a collector is made with.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/all.h"

namespace ecsward {

class FakeKernel : public Kernel {
 public:
  std::map<std::string, FsUsage> filesystems;  // by path; others answer kNotFound
  std::optional<ClockDiscipline> discipline;
  std::optional<UnameInfo> uname;
  ZoneInfo zone{"UTC", 0};

  Result<FsUsage> StatFs(const std::string& path) const override;
  StatFsCall DetachedStatFs() const override;  // answers from `filesystems` as they are now
  Result<ClockDiscipline> AdjTimex() const override;
  Result<void> Uname(UnameInfo& out) const override;
  ZoneInfo LocalZone(WallTime) const override { return zone; }
};

// Like the text of a scrape, but sorted lines without HELP and TYPE: `name{a="b"} 1`.
std::string Samples(const SeriesSet& set);

class HostFixture {
 public:
  HostFixture();
  ~HostFixture();

  // Write("proc/stat", "…"): the file below the host's root, made with its folders. "sys/…",
  // "root/…" and "udev/…" too.
  void Write(std::string_view path, std::string_view text);
  void Link(std::string_view path, std::string_view target);
  void Remove(std::string_view path);

  CollectorEnv Env() { return {root_, kernel, shared_, *boards, state_directory}; }
  // Makes the collector of that name with these settings.
  std::unique_ptr<Collector> Make(std::string_view name,
                                  const std::map<std::string, std::string>& options = {});
  // One run at the fixture's time, which then moves on by `step`. The samples, as Samples gives
  // them.
  Result<std::string> Run(Collector& collector, SeriesSet& set,
                          std::chrono::nanoseconds step = std::chrono::seconds(1));
  // Make and Run once: what most tests want.
  Result<std::string> RunOnce(std::string_view name,
                              const std::map<std::string, std::string>& options = {});

  FakeKernel kernel;
  FakeClock clock;
  std::shared_ptr<HostBoards> boards = std::make_shared<HostBoards>();
  std::string state_directory;  // empty until a test names one

 private:
  std::string folder_;
  HostRoot root_;
  SharedSources shared_;
  std::uint64_t tick_ = 0;
};

}  // namespace ecsward
