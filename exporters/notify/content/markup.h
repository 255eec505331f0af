// A text in one style, that knows where it may be cut so that its markup stays whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/notify/content.h"
#include "exporters/notify/content/clean_text.h"

namespace ecsward::notify {

// Whose words these are.
enum class Author : std::uint8_t {
  kRule,     // an annotation: addresses in it may be followed
  kForeign,  // labels, names of processes: no link comes of them
};

class Markup {
 public:
  explicit Markup(TextStyle style) : style_(style) {}

  // Escaped, on one line.
  void Text(std::string_view text, Author author = Author::kRule);
  // Escaped, with its line breaks; `margin` begins every line but the first.
  void Lines(std::string_view text, std::string_view margin);
  // As it is: what the style reads as markup.
  void Raw(std::string_view markup);
  // The two halves of something that must be closed when it is cut in between.
  void Open(std::string_view open, std::string_view close);
  void Close();
  void Link(std::string_view url);

  const std::string& text() const { return text_; }
  // The longest beginning within the limit, with "…" and what closes it; nothing when not even a
  // character fits.
  std::optional<std::string> Cut(const TextLimit& limit) const;

 private:
  struct Mark {
    std::size_t at = 0;
    bool opens = false;  // else the innermost is closed here
    std::string close;
  };
  void Append(std::string_view cleaned, Author author);

  TextStyle style_;
  std::string text_;
  std::vector<Mark> marks_;
  std::vector<std::string> open_;
  std::vector<std::size_t> stops_;  // behind which characters it may be cut
};

// An http or https address with nothing in it that could end the markup around it; "" for others.
std::string SafeLink(std::string_view url);

}  // namespace ecsward::notify
