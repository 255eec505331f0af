#include "tests/unit/source_folder.h"

namespace ecsward {

std::filesystem::path SourceFolder() { return ECSWARD_SOURCE_FOLDER; }

}  // namespace ecsward
