#include "base/late_module.h"
#include "exporters/prometheus/websec.h"

namespace ecsward {

Result<const WebSecurity*> LoadWebSecurity(const std::string& folder) {
  static const WebSecurity* loaded = nullptr;
  if (loaded != nullptr) return loaded;
  auto symbol = LoadLateModule(kWebSecurityModule, kWebSecuritySymbol, folder, "TLS and passwords");
  if (!symbol) return std::move(symbol).error();
  loaded = reinterpret_cast<WebSecurityFactory>(*symbol)();
  if (loaded == nullptr) {
    return Fail(ErrorCode::kIo, std::string(kWebSecurityModule) + ": cannot start");
  }
  return loaded;
}

}  // namespace ecsward
