#include "tests/unit/collectors/host_fixture.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "metrics/exposition.h"

namespace ecsward {
namespace {

std::string MakeFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "ecsward-host-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  return pattern;
}

}  // namespace

Result<FsUsage> FakeKernel::StatFs(const std::string& path) const {
  const auto it = filesystems.find(path);
  if (it == filesystems.end()) return Fail(ErrorCode::kNotFound, path);
  return it->second;
}

Kernel::StatFsCall FakeKernel::DetachedStatFs() const {
  return [copy = *this](const std::string& path) { return copy.StatFs(path); };
}

Result<ClockDiscipline> FakeKernel::AdjTimex() const {
  if (!discipline) return Fail(ErrorCode::kDenied, "adjtimex");
  return *discipline;
}

Result<void> FakeKernel::Uname(UnameInfo& out) const {
  if (!uname) return Fail(ErrorCode::kDenied, "uname");
  out = *uname;
  return {};
}

std::string Samples(const SeriesSet& set) {
  std::vector<std::string> lines;
  for (std::size_t slot = 0; slot < set.series().size(); ++slot) {
    const double value = set.values()[slot];
    if (set.series()[slot].metric == nullptr || IsStale(value)) continue;
    std::array<char, kMaxValueText> text{};
    lines.push_back(set.series()[slot].prefix +
                    std::string(text.data(), FormatValue(value, text.data())) + "\n");
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line;
  return all;
}

HostFixture::HostFixture()
    : folder_(MakeFolder()),
      root_({.procfs = folder_ + "/proc",
             .sysfs = folder_ + "/sys",
             .rootfs = folder_ + "/root",
             .udev_data = folder_ + "/udev"}),
      shared_(root_) {}

HostFixture::~HostFixture() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void HostFixture::Write(std::string_view path, std::string_view text) {
  const std::filesystem::path whole = std::filesystem::path(folder_) / path;
  std::filesystem::create_directories(whole.parent_path());
  std::ofstream(whole, std::ios::binary) << text;
}

void HostFixture::Link(std::string_view path, std::string_view target) {
  const std::filesystem::path whole = std::filesystem::path(folder_) / path;
  std::filesystem::create_directories(whole.parent_path());
  std::filesystem::create_symlink(target, whole);
}

void HostFixture::Remove(std::string_view path) {
  std::filesystem::remove_all(std::filesystem::path(folder_) / path);
}

std::unique_ptr<Collector> HostFixture::Make(std::string_view name,
                                             const std::map<std::string, std::string>& options) {
  const CollectorSpec* spec = FindCollector(name);
  if (spec == nullptr) throw std::runtime_error("no collector " + std::string(name));
  CollectorOptions set(spec->options);
  for (const auto& [key, value] : options) set.Set(key, value);
  return spec->make(Env(), set);
}

Result<std::string> HostFixture::Run(Collector& collector, SeriesSet& set,
                                     std::chrono::nanoseconds step) {
  const Tick tick{++tick_, clock.Wall(), clock.Mono()};
  clock.Advance(step);
  set.BeginRun();
  Recorder out(set);
  auto done = collector.Collect(tick, out);
  set.EndRun();
  if (!done) return std::move(done).error();
  return Samples(set);
}

Result<std::string> HostFixture::RunOnce(std::string_view name,
                                         const std::map<std::string, std::string>& options) {
  const auto collector = Make(name, options);
  SeriesSet set;
  return Run(*collector, set);
}

}  // namespace ecsward
