// Whole machines: every collector over each folder of
// tests/fixtures/hosts/<machine>/{proc,sys,root,udev}, compared with
// tests/golden/<machine>/<collector>.prom. A collector that finds nothing has no file.
// ECSWARD_UPDATE_GOLDEN=1 ctest -R Golden rewrites them; review the diff like code.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/collectors/fixture_machine.h"
#include "tests/unit/source_folder.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;

std::string Slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {(std::istreambuf_iterator<char>(file)), {}};
}

// The samples, below the kind of error if there was one.
std::string Scrape(const CollectorSpec& spec, const fs::path& machine) {
  const MachineScrape scrape(spec, machine);
  const Result<void>& done = scrape.done();
  const bool failed = !done && done.error().code != ErrorCode::kNotSupported;
  return (failed ? "# error: " + std::string(ToString(done.error().code)) + "\n" : "") +
         Samples(scrape.set());
}

TEST(Golden, EveryMachineScrapesAsItDid) {
  const bool update = std::getenv("ECSWARD_UPDATE_GOLDEN") != nullptr;
  std::size_t machines = 0;
  for (const fs::path& machine : FixtureMachines()) {
    ++machines;
    const fs::path golden = SourceFolder() / "tests/golden" / machine.filename();
    for (const CollectorSpec& spec : AllCollectors()) {
      const std::string text = Scrape(spec, machine);
      const fs::path file = golden / (std::string(spec.name) + ".prom");
      if (update) {
        fs::create_directories(golden);
        fs::remove(file);
        if (!text.empty()) std::ofstream(file, std::ios::binary) << text;
        continue;
      }
      EXPECT_EQ(text, Slurp(file)) << file;
    }
  }
  EXPECT_GE(machines, 3u);
}

}  // namespace
}  // namespace ecsward
