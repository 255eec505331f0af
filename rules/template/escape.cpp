#include "rules/template/escape.h"

#include <fmt/format.h>

#include "rules/template/unicode.h"

namespace ecsward::templates {

std::string EscapeHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&#34;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\0':
        AppendRune(kReplacement, out);
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string EscapeScript(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Rune rune = DecodeRune(text);
    const char32_t c = rune.value;
    if (c == '\\' || c == '\'' || c == '"') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < ' ' || c == '<' || c == '>' || c == '&' || c == '=' ||
               (rune.valid() && !IsPrintable(c))) {
      out += fmt::format("\\u{:04X}", static_cast<std::uint32_t>(c));
    } else {
      out += text.substr(0, rune.size);
    }
    text.remove_prefix(rune.size);
  }
  return out;
}

std::string EscapeQuery(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte < 0x80 && IsLetter(byte)) || IsDigit(byte) ||
                       std::string_view("-_.~").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += fmt::format("%{:02X}", byte);
    }
  }
  return out;
}

}  // namespace ecsward::templates
