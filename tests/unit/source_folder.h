// Where the tests' data is: tests run from any folder.
#pragma once

#include <filesystem>

namespace ecsward {

// SourceFolder() / "tests/fixtures". The one place that knows the checkout's path, so that
// everything else compiles alike in every checkout.
std::filesystem::path SourceFolder();

}  // namespace ecsward
