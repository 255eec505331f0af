#include "collectors/text_scan.h"

#include <cmath>
#include <string>

namespace ecsward {

bool ParseDouble(std::string_view text, double& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(out);
}

Error LineError(std::size_t number, std::string_view what) {
  return Fail(ErrorCode::kParse,
              std::string("line ").append(std::to_string(number)).append(": ").append(what));
}

}  // namespace ecsward
