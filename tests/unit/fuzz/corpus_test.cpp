// Every parser over its seed corpus: what the fuzzer starts from, and every input it ever broke on.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/targets.h"
#include "tests/unit/source_folder.h"

namespace ecsward {
namespace {

TEST(FuzzCorpus, EveryParserSurvivesItsSeeds) {
  for (const FuzzTarget& target : FuzzTargets()) {
    const auto folder = SourceFolder() / "tests/fuzz/corpus" / target.name;
    std::size_t seeds = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string text((std::istreambuf_iterator<char>(file)), {});
      target.run(text);
      target.run(std::string_view(text).substr(0, text.size() / 2));
      ++seeds;
    }
    target.run({});
    EXPECT_GT(seeds, 0u) << target.name << " has no seeds in " << folder;
  }
}

}  // namespace
}  // namespace ecsward
