// UTF-8 that is fit to leave: what a text becomes before it is shown, and how long it is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "exporters/notify/content.h"

namespace ecsward::notify {

struct TextSize {
  std::size_t bytes = 0, characters = 0;
  TextSize& operator+=(const TextSize& other) {
    bytes += other.bytes;
    characters += other.characters;
    return *this;
  }
  friend TextSize operator+(TextSize a, const TextSize& b) { return a += b; }
};
TextSize SizeOf(std::string_view text);
bool Fits(const TextSize& size, const TextLimit& limit);
// What is left of a limit; nothing left is not "no limit", so ask Fits first.
TextLimit Without(const TextLimit& limit, const TextSize& used);

enum class LineBreaks : std::uint8_t {
  kOne,   // a line break becomes a blank
  kKept,  // and stays
};
// Valid UTF-8 without control characters and without what turns the direction of writing around,
// which could make one name look like another.
std::string CleanText(std::string_view text, LineBreaks breaks);

inline constexpr std::string_view kEllipsis = "…";

}  // namespace ecsward::notify
