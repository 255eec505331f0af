#include "collectors/offender_name.h"

#include <algorithm>

namespace ecsward {
namespace {

constexpr std::size_t kMaxNameBytes = 64;

// How many bytes at the front are one character that can be shown; 0: none.
std::size_t ShownBytes(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto goes_on = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return first >= ' ' && first != 0x7F ? 1 : 0;
  if (first >= 0xC2 && first < 0xE0 && goes_on(1)) {
    return first == 0xC2 && byte(1) < 0xA0 ? 0 : 2;  // U+0080 … U+009F control terminals, too
  }
  if (first >= 0xE0 && first < 0xF0 && goes_on(1) && goes_on(2)) {
    const unsigned value = ((first & 0xFU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU);
    const bool surrogate = value >= 0xD800 && value < 0xE000;
    // What has no width or turns the direction of writing: names could pretend to be others.
    const bool hidden = (value >= 0x200B && value <= 0x200F) ||
                        (value >= 0x2028 && value <= 0x202E) ||
                        (value >= 0x2060 && value <= 0x206F) || value == 0xFEFF;
    return value < 0x800 || surrogate || hidden ? 0 : 3;
  }
  if (first >= 0xF0 && first < 0xF5 && goes_on(1) && goes_on(2) && goes_on(3)) {
    const unsigned high = ((first & 0x7U) << 6U) | (byte(1) & 0x3FU);
    return high < 0x10 || high >= 0x110 ? 0 : 4;
  }
  return 0;
}

}  // namespace

std::string OffenderName(std::string_view name, bool kernel_thread) {
  if (kernel_thread) name = name.substr(0, name.find_first_of("/:"));
  std::string out;
  while (!name.empty() && out.size() < kMaxNameBytes) {
    const std::size_t bytes = ShownBytes(name);
    out += bytes == 0 ? std::string_view("?") : name.substr(0, bytes);
    name.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  if (out.empty()) out = "?";
  return kernel_thread ? "[" + out + "]" : out;
}

}  // namespace ecsward
