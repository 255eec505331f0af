#include "collectors/text_scan.h"

#include <cmath>

namespace ecsward {

bool ParseDouble(std::string_view text, double& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(out);
}

}  // namespace ecsward
