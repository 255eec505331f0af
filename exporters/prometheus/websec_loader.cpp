#include <dlfcn.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "exporters/prometheus/websec.h"

namespace ecsward {

Result<const WebSecurity*> LoadWebSecurity(const std::string& folder) {
  static const WebSecurity* loaded = nullptr;
  if (loaded != nullptr) return loaded;
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
    const std::string path = (place / kWebSecurityModule).string();
    if (access(path.c_str(), F_OK) != 0) {
      tried += (tried.empty() ? "" : ", ") + place.string();
      continue;
    }
    void* const module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) return Fail(ErrorCode::kIo, dlerror());
    const auto make = reinterpret_cast<WebSecurityFactory>(dlsym(module, kWebSecuritySymbol));
    loaded = make == nullptr ? nullptr : make();
    if (loaded == nullptr)
      return Fail(ErrorCode::kIo, path + ": is not this version's, or cannot start");
    return loaded;
  }
  return Fail(ErrorCode::kNotFound, std::string(kWebSecurityModule) +
                                        ", which TLS and passwords need, is not in " + tried);
}

}  // namespace ecsward
