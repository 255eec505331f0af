#include "base/late_module.h"

#include <dlfcn.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

namespace ecsward {

Result<void*> LoadLateModule(const std::string& name, const std::string& symbol,
                             const std::string& folder, const std::string& purpose) {
  std::vector<std::filesystem::path> folders;
  if (!folder.empty()) folders.emplace_back(folder);
  std::error_code ec;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ec).parent_path();
  if (!ec) {
    folders.push_back(program);
    folders.push_back(program.parent_path() / "lib" / "ecsward");
  }
  folders.emplace_back(ECSWARD_MODULE_DIR);

  std::string tried;
  for (const auto& place : folders) {
    const std::string path = (place / name).string();
    if (access(path.c_str(), F_OK) != 0) {
      tried += (tried.empty() ? "" : ", ") + place.string();
      continue;
    }
    void* const module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) return Fail(ErrorCode::kIo, dlerror());
    void* const address = dlsym(module, symbol.c_str());
    if (address == nullptr) return Fail(ErrorCode::kIo, path + ": is not this version's");
    return address;
  }
  return Fail(ErrorCode::kNotFound, name + ", which " + purpose + " need, is not in " + tried);
}

}  // namespace ecsward
