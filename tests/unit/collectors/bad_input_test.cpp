// Every collector over damaged copies of the fixture machines. Whatever /proc and /sys hold, a
// collector returns in good time, says which file it fails on, reports nothing absurd, and is as it
// was once the damage is gone.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <iterator>
#include <random>
#include <tuple>

#include "metrics/exposition.h"
#include "tests/unit/collectors/machine_collectors.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr seconds kPastEveryCache{301};
constexpr std::size_t kMaxSeries = 20'000;  // of one collector, whatever it reads

std::string Slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {(std::istreambuf_iterator<char>(file)), {}};
}

// Keeps the inode, as /proc does: files that are kept open see the new text.
void Overwrite(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

// A copy of a fixture machine that is gone with the test.
class MachineCopy {
 public:
  explicit MachineCopy(const fs::path& machine) : machine_(machine) {
    // In memory if possible: some thousand small files are written.
    const fs::path base = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : fs::temp_directory_path();
    std::string pattern = (base / "ecsward-bad-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    folder_ = pattern;
    Restore();
    for (const char* tree : {"proc", "sys", "udev", "root"}) {
      if (!fs::exists(folder_ / tree)) continue;
      for (const auto& entry : fs::recursive_directory_iterator(folder_ / tree)) {
        if (entry.is_regular_file() && !entry.is_symlink()) files_.push_back(entry.path());
      }
    }
    std::sort(files_.begin(), files_.end());
  }
  ~MachineCopy() {
    MakeReadable();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  // Puts everything back as it was, in place where it can: files that are kept open see it.
  void Restore() {
    MakeReadable();
    for (const auto& entry : fs::recursive_directory_iterator(machine_)) {
      const fs::path path = folder_ / entry.path().lexically_relative(machine_);
      if (entry.is_symlink()) {
        if (!fs::is_symlink(path)) fs::copy_symlink(entry.path(), path);
      } else if (entry.is_directory()) {
        fs::create_directory(path);
      } else {
        if (fs::is_directory(path)) fs::remove_all(path);
        Overwrite(path, Slurp(entry.path()));
      }
    }
    fs::create_directory(folder_ / "textfile");
    Overwrite(folder_ / "textfile/a.prom", "some_metric 1\n");
  }

  const fs::path& folder() const { return folder_; }
  const std::vector<fs::path>& files() const { return files_; }

 private:
  void MakeReadable() const {
    for (const fs::path& file : files_) {
      std::error_code ignored;
      fs::permissions(file, fs::perms::owner_all, fs::perm_options::add, ignored);
    }
  }

  fs::path machine_, folder_;
  std::vector<fs::path> files_;
};

// Each run of digits of `text` made into another.
template <class Change>
std::string ChangeNumbers(std::string_view text, Change change) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
    if (end == i) {
      out += text[i++];
    } else {
      out += change(std::string(text.substr(i, end - i)));
      i = end;
    }
  }
  return out;
}

// --- what is done to a file ---

void TruncateAtHalf(const fs::path& file, unsigned) {
  fs::resize_file(file, fs::file_size(file) / 2);
}

void Empty(const fs::path& file, unsigned) { Overwrite(file, ""); }

void FillWithGarbage(const fs::path& file, unsigned seed) {
  static const std::string kNoise = [] {
    std::mt19937 random(1);
    std::string bytes(64 * 1024, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() & 0xff);
    return bytes;
  }();
  const std::size_t start = seed * 997 % kNoise.size();  // each file another
  Overwrite(file, kNoise.substr(start) + kNoise.substr(0, start));
}

// Its own words in another order: what is nearest to right is what parsers are most easily fooled
// by.
void Shuffle(const fs::path& file, unsigned seed) {
  std::mt19937 random(seed);
  std::string text = Slurp(file);
  for (std::size_t i = 0; i + 1 < text.size(); i += 1 + random() % 7) {
    std::swap(text[i], text[random() % text.size()]);
  }
  Overwrite(file, text);
}

void MakeNumbersHuge(const fs::path& file, unsigned) {
  Overwrite(file,
            ChangeNumbers(Slurp(file), [](const std::string&) { return "18446744073709551615"; }));
}

void MakeNumbersTooLong(const fs::path& file, unsigned) {
  Overwrite(file,
            ChangeNumbers(Slurp(file), [](const std::string&) { return std::string(400, '9'); }));
}

void MakeNumbersNegative(const fs::path& file, unsigned) {
  Overwrite(file, ChangeNumbers(Slurp(file), [](const std::string& n) { return "-" + n; }));
}

void PutQuotesAndBadBytes(const fs::path& file, unsigned) {
  std::string text;
  for (const char c : Slurp(file)) {
    text += c == 'e' ? std::string("\"\\\xff") : std::string(1, c);
  }
  Overwrite(file, text);
}

void ReplaceByFolder(const fs::path& file, unsigned) {
  fs::remove(file);
  fs::create_directory(file);
}

void ForbidReading(const fs::path& file, unsigned) { fs::permissions(file, fs::perms::none); }

void Remove(const fs::path& file, unsigned) { fs::remove(file); }

// --- what must hold ---

bool IsUtf8(std::string_view text) {
  std::string clean;
  AppendHelp(text, clean);  // replaces bad bytes
  return clean.find("\xef\xbf\xbd") == std::string::npos ||
         text.find("\xef\xbf\xbd") != std::string_view::npos;
}

// A prefix is `name{a="b"} `, one line of UTF-8, with a name that Prometheus takes.
bool IsGoodPrefix(std::string_view prefix) {
  if (prefix.find('\n') != std::string_view::npos || !IsUtf8(prefix)) return false;
  const std::string_view name = prefix.substr(0, prefix.find_first_of("{ "));
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == ':'; });
}

// Our own gauges are made from two readings: a counter that jumps must not make them absurd.
bool IsSane(std::string_view name, double value) {
  if (!name.starts_with("ecsward_")) return true;
  if (name.find("_ratio") != std::string_view::npos) return value >= 0 && value <= 1;
  return std::isfinite(value) && value >= 0;
}

void ExpectGoodSeries(const MachineCollectors::One& one, std::string_view when) {
  std::size_t live = 0;
  for (std::size_t slot = 0; slot < one.set->series().size(); ++slot) {
    const SeriesSet::Series& series = one.set->series()[slot];
    const double value = one.set->values()[slot];
    if (series.metric == nullptr || IsStale(value)) continue;
    ++live;
    ASSERT_TRUE(IsGoodPrefix(series.prefix))
        << one.spec->name << ", " << when << ": " << series.prefix;
    ASSERT_TRUE(IsSane(series.metric->name, value))
        << one.spec->name << ", " << when << ": " << series.prefix << value;
  }
  EXPECT_LE(live, kMaxSeries) << one.spec->name << ", " << when;
}

void ExpectGoodRuns(MachineCollectors& collectors, const fs::path& folder, std::string_view when) {
  for (const MachineCollectors::One& one : collectors.all()) {
    EXPECT_LT(one.took, seconds(2)) << one.spec->name << ", " << when;
    ExpectGoodSeries(one, when);
    if (one.last || one.last.error().code == ErrorCode::kNotSupported) continue;
    EXPECT_NE(one.last.error().message.find(folder.string()), std::string::npos)
        << one.spec->name << ", " << when
        << ": the error does not name the file: " << one.last.error().message;
  }
}

// Names and labels of each collector's series, and how its run ended.
std::vector<std::string> Picture(MachineCollectors& collectors) {
  std::vector<std::string> picture;
  for (const MachineCollectors::One& one : collectors.all()) {
    std::vector<std::string> lines;
    for (std::size_t slot = 0; slot < one.set->series().size(); ++slot) {
      const SeriesSet::Series& series = one.set->series()[slot];
      if (series.metric == nullptr || IsStale(one.set->values()[slot])) continue;
      lines.push_back("  " + series.prefix + "\n");
    }
    std::sort(lines.begin(), lines.end());
    std::string text =
        std::string(one.spec->name) + ": " + (one.last ? "fine" : one.last.error().message) + "\n";
    for (const std::string& line : lines) text += line;
    picture.push_back(text);
  }
  return picture;
}

// A collector that was well, that meets the damage on a later tick, and that finds it gone again;
// and one that meets it at first. `damage` is done to `copy` and undone by Restore.
template <class Damage>
void ExpectSurvival(MachineCopy& copy, Damage damage) {
  MachineCollectors veterans(copy.folder());
  veterans.RunAll();
  veterans.RunAll();
  ExpectGoodRuns(veterans, copy.folder(), "well");
  const auto before = Picture(veterans);

  damage();
  veterans.RunAll();
  ExpectGoodRuns(veterans, copy.folder(), "just damaged");
  veterans.RunAll(kPastEveryCache);
  ExpectGoodRuns(veterans, copy.folder(), "damaged for a while");
  {
    MachineCollectors novices(copy.folder(), Switches::kAllOn);
    for (int i = 0; i < 2; ++i) {
      novices.RunAll();
      ExpectGoodRuns(novices, copy.folder(), "damaged from the start");
    }
  }

  copy.Restore();
  veterans.RunAll(kPastEveryCache);
  veterans.RunAll(kPastEveryCache);
  veterans.RunAll();
  ExpectGoodRuns(veterans, copy.folder(), "well again");
  const auto after = Picture(veterans);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(after[i], before[i]);
}

// --- the tests ---

struct FileDamage {
  const char* name;
  void (*apply)(const fs::path& file, unsigned seed);
};

constexpr FileDamage kFileDamages[] = {
    {"Truncated", TruncateAtHalf},
    {"Empty", Empty},
    {"Garbage", FillWithGarbage},
    {"Shuffled", Shuffle},
    {"HugeNumbers", MakeNumbersHuge},
    {"NumbersTooLong", MakeNumbersTooLong},
    {"NegativeNumbers", MakeNumbersNegative},
    {"QuotesAndBadBytes", PutQuotesAndBadBytes},
    {"Folders", ReplaceByFolder},
    {"Forbidden", ForbidReading},
    {"Removed", Remove},
};

std::string TestName(std::string name) {
  std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
  return name;
}

class BadFiles : public testing::TestWithParam<std::tuple<fs::path, FileDamage>> {};

TEST_P(BadFiles, NeitherStopNorFoolACollector) {
  const auto& [machine, damage] = GetParam();
  if (damage.apply == ForbidReading && ::geteuid() == 0) GTEST_SKIP() << "root may read all";
  MachineCopy copy(machine);
  ExpectSurvival(copy, [&copy, apply = damage.apply] {
    unsigned seed = 1;
    for (const fs::path& file : copy.files()) apply(file, seed++);
  });
}

INSTANTIATE_TEST_SUITE_P(Machines, BadFiles,
                         testing::Combine(testing::ValuesIn(FixtureMachines()),
                                          testing::ValuesIn(kFileDamages)),
                         [](const auto& test) {
                           return TestName(std::get<0>(test.param).filename()) + "_" +
                                  std::get<1>(test.param).name;
                         });

class BadMachine : public testing::TestWithParam<fs::path> {};

INSTANTIATE_TEST_SUITE_P(Machines, BadMachine, testing::ValuesIn(FixtureMachines()),
                         [](const auto& test) { return TestName(test.param.filename()); });

TEST_P(BadMachine, MayHaveNoProc) {
  MachineCopy copy(GetParam());
  ExpectSurvival(copy, [&copy] { fs::remove_all(copy.folder() / "proc"); });
}

TEST_P(BadMachine, MayHaveNoSys) {
  MachineCopy copy(GetParam());
  ExpectSurvival(copy, [&copy] { fs::remove_all(copy.folder() / "sys"); });
}

TEST_P(BadMachine, MayLoseAnyFileBetweenTwoRuns) {
  MachineCopy copy(GetParam());
  std::mt19937 random(20);
  MachineCollectors collectors(copy.folder());
  collectors.RunAll();
  for (int i = 0; i < 25; ++i) {
    const fs::path file = copy.files()[random() % copy.files().size()];
    const std::string text = Slurp(file);
    fs::remove(file);
    collectors.RunAll();
    collectors.RunAll(kPastEveryCache);
    ExpectGoodRuns(collectors, copy.folder(), "without " + file.string());
    Overwrite(file, text);
  }
}

TEST_P(BadMachine, MayHaveAFileOf20MiB) {
  MachineCopy copy(GetParam());
  std::mt19937 random(21);
  for (int i = 0; i < 6; ++i) {
    const fs::path file = copy.files()[random() % copy.files().size()];
    const std::string text = Slurp(file);
    fs::resize_file(file, std::uintmax_t{20} << 20);
    MachineCollectors collectors(copy.folder());
    collectors.RunAll();
    ExpectGoodRuns(collectors, copy.folder(), "20 MiB of " + file.string());
    Overwrite(file, text);
  }
}

// "cpu3 …" lines of proc/stat and proc/schedstat, and the CPU's folder.
void TakeCpuOffline(const fs::path& folder, const std::string& number) {
  for (const char* name : {"proc/stat", "proc/schedstat"}) {
    if (!fs::exists(folder / name)) continue;
    std::ifstream in(folder / name);
    std::string line, text;
    while (std::getline(in, line)) {
      if (!line.starts_with("cpu" + number + " ")) text += line + "\n";
    }
    Overwrite(folder / name, text);
  }
  fs::remove_all(folder / "sys/devices/system/cpu" / ("cpu" + number));
}

TEST_P(BadMachine, MayTakeACpuOffline) {
  MachineCopy copy(GetParam());
  MachineCollectors collectors(copy.folder());
  collectors.RunAll();
  TakeCpuOffline(copy.folder(), "1");
  collectors.RunAll();
  ExpectGoodRuns(collectors, copy.folder(), "just offline");
  collectors.RunAll(kPastEveryCache);
  ExpectGoodRuns(collectors, copy.folder(), "offline");
  for (const MachineCollectors::One& one : collectors.all()) {
    if (one.spec->name != "cpu" && one.spec->name != "cpufreq") continue;
    EXPECT_EQ(Samples(*one.set).find("cpu=\"1\""), std::string::npos) << one.spec->name;
  }
  copy.Restore();
  collectors.RunAll();
  ExpectGoodRuns(collectors, copy.folder(), "online again");
}

TEST_P(BadMachine, MayCountBackwards) {
  MachineCopy copy(GetParam());
  MachineCollectors collectors(copy.folder());
  collectors.RunAll();
  collectors.RunAll();
  for (const fs::path& file : copy.files()) {
    const std::string text = Slurp(file);
    // Not short numbers: they are names and indexes.
    Overwrite(file, ChangeNumbers(text, [](const std::string& n) {
                return n.size() < 4 ? n : n.substr(0, n.size() - 1);
              }));
  }
  for (int i = 0; i < 3; ++i) {
    collectors.RunAll();
    ExpectGoodRuns(collectors, copy.folder(), "after going back");
    for (const MachineCollectors::One& one : collectors.all()) {
      for (std::size_t slot = 0; slot < one.set->series().size(); ++slot) {
        const SeriesSet::Series& series = one.set->series()[slot];
        if (series.metric == nullptr || IsStale(one.set->values()[slot])) continue;
        const std::string_view name = series.metric->name;
        if (!name.starts_with("ecsward_network_") || !name.ends_with("_per_second")) continue;
        EXPECT_EQ(one.set->values()[slot], 0) << series.prefix << "went backwards, yet is not 0";
      }
    }
  }
}

}  // namespace
}  // namespace ecsward
