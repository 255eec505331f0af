#include "collectors/protocol_metrics.h"

namespace ecsward {

bool ProtocolMetrics::IsName(std::string_view key) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  return key.size() < 128 && key.find_first_not_of(kAllowed) == std::string_view::npos;
}

const Metric* ProtocolMetrics::Make(const std::string& key) {
  if (const Metric* known = metrics_.Find(key)) return known;
  if (made_ >= kMaxFields) return nullptr;
  ++made_;
  const std::string name = std::string(prefix_).append(key);
  const std::string help = std::string(help_).append(key).append(".");
  return &metrics_.Add(key, {name, help, type_});
}

}  // namespace ecsward
