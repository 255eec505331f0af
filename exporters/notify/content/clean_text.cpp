#include "exporters/notify/content/clean_text.h"

#include <limits>

#include "rules/template/unicode.h"

namespace ecsward::notify {
namespace {

using templates::DecodeRune;
using templates::Rune;

bool IsUnseen(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

bool IsBreak(char32_t c) { return c == '\n' || c == 0x2028 || c == 0x2029; }

}  // namespace

TextSize SizeOf(std::string_view text) { return {text.size(), CountCharacters(text)}; }

bool Fits(const TextSize& size, const TextLimit& limit) {
  return (limit.bytes == 0 || size.bytes <= limit.bytes) &&
         (limit.characters == 0 || size.characters <= limit.characters);
}

TextLimit Without(const TextLimit& limit, const TextSize& used) {
  return {limit.bytes == 0 ? 0 : limit.bytes - used.bytes,
          limit.characters == 0 ? 0 : limit.characters - used.characters};
}

std::string CleanText(std::string_view text, LineBreaks breaks) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Rune rune = DecodeRune(text);
    text.remove_prefix(rune.size);
    if (IsBreak(rune.value)) {
      out += breaks == LineBreaks::kKept ? '\n' : ' ';
    } else if (rune.value == '\t') {
      out += ' ';
    } else if (!IsUnseen(rune.value)) {
      templates::AppendRune(rune.value, out);
    }
  }
  return out;
}

// Every byte that does not go on with a character begins one, or is none and counts as one.
std::size_t CountCharacters(std::string_view text) { return templates::CountRunes(text); }

std::string CutText(std::string_view text, TextLimit limit) {
  if (limit.bytes == 0 && limit.characters == 0) return std::string(text);
  const auto of = [](std::size_t part) {
    return part == 0 ? std::numeric_limits<std::size_t>::max() : part;
  };
  const std::size_t most_bytes = of(limit.bytes), most_characters = of(limit.characters);
  // Where the beginning ends that leaves room for the ellipsis, and the one that leaves none.
  std::size_t with_ellipsis = 0, without = 0, characters = 0, at = 0;
  const bool ellipsis_fits = most_bytes >= kEllipsis.size();
  while (at < text.size()) {
    const Rune rune = DecodeRune(text.substr(at));
    at += rune.size;
    ++characters;
    if (at > most_bytes || characters > most_characters) {
      return ellipsis_fits ? std::string(text.substr(0, with_ellipsis)).append(kEllipsis)
                           : std::string(text.substr(0, without));
    }
    without = at;
    if (at + kEllipsis.size() <= most_bytes && characters < most_characters) with_ellipsis = at;
  }
  return std::string(text);
}

}  // namespace ecsward::notify
