// What makes markup is taken away from foreign text in the way that each style has:
//   kHtml, kSlack, kLark  their documented entities
//   kMarkdown, kWecom     a character that looks alike: neither vendor says how to escape one, and
//                         their apps and desktop clients do not agree
// In all chats a zero-width space behind an @ keeps it from calling somebody, and one before
// "# title" or "> quote" keeps a line what it is.
#include "exporters/notify/content/markup.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/template/escape.h"
#include "rules/template/unicode.h"

namespace ecsward::notify {
namespace {

using templates::DecodeRune;
using templates::Rune;

constexpr std::string_view kZeroWidth = "\u200B";

// What a character is between, where that matters.
struct Around {
  char32_t before = 0, after = 0;
};

bool IsWord(char32_t c) { return templates::IsLetter(c) || templates::IsDigit(c); }

// "snake_case" is a word, "_so_" is emphasis.
bool InsideWord(const Around& around) { return IsWord(around.before) && IsWord(around.after); }

std::string_view LookAlike(char32_t c, const Around& around) {
  switch (c) {
    case '<':
      return "＜";
    case '*':
      return "＊";
    case '[':
      return "［";
    case ']':
      return "］";
    case '`':
      return "ˋ";
    case '~':
      return "～";
    case '\\':
      return "＼";
    case '_':
      return InsideWord(around) ? "" : "＿";
    default:
      return "";
  }
}

// source: https://api.slack.com/reference/surfaces/formatting#escaping
std::string_view SlackForm(char32_t c, const Around& around) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '*':
    case '`':
    case '~':
    case '_':
      return LookAlike(c, around);
    default:
      return "";
  }
}

std::string_view HtmlForm(char32_t c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&#34;";
    case '\'':
      return "&#39;";
    default:
      return "";
  }
}

// source:
// https://open.feishu.cn/document/common-capabilities/message-card/message-cards-content/using-markdown-tags
std::string_view LarkForm(char32_t c, const Around& around) {
  switch (c) {
    case '&':
      return "&#38;";
    case '<':
      return "&#60;";
    case '>':
      return "&#62;";
    case '*':
      return "&#42;";
    case '~':
      return "&#126;";
    case '[':
      return "&#91;";
    case ']':
      return "&#93;";
    case '`':
      return "&#96;";
    case '_':
      return InsideWord(around) ? "" : "&#95;";
    default:
      return "";
  }
}

// What stands for the character in the style; "" for the character itself.
std::string_view FormOf(TextStyle style, char32_t c, const Around& around) {
  switch (style) {
    case TextStyle::kPlain:
      return "";
    case TextStyle::kMarkdown:
    case TextStyle::kWecom:
      return LookAlike(c, around);
    case TextStyle::kLark:
      return LarkForm(c, around);
    case TextStyle::kSlack:
      return SlackForm(c, around);
    case TextStyle::kHtml:
      break;
  }
  return HtmlForm(c);
}

bool IsChat(TextStyle style) { return style != TextStyle::kPlain && style != TextStyle::kHtml; }

// What makes a heading, quote, list or rule of a line.
bool BeginsBlock(std::string_view line) {
  if (line.empty()) return false;
  constexpr std::string_view kSigns = "#>+-=|";
  if (kSigns.find(line.front()) != std::string_view::npos) return true;
  const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
  return digits > 0 && digits < line.size() && (line[digits] == '.' || line[digits] == ')');
}

std::string_view Trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(' ') - begin + 1);
}

// "wiki.example.com": where a link leads, in few bytes. `safe` is an address that is safe.
std::string_view SiteOf(std::string_view safe) {
  safe.remove_prefix(safe.find("//") + 2);
  const std::size_t user = safe.substr(0, safe.find('/')).rfind('@');
  if (user != std::string_view::npos) safe.remove_prefix(user + 1);
  return safe.substr(0, safe.find_first_of("/?#"));
}

}  // namespace

void Markup::Append(std::string_view cleaned, Author author) {
  char32_t before = 0;
  while (!cleaned.empty()) {
    const Rune rune = DecodeRune(cleaned);
    const std::string_view rest = cleaned.substr(rune.size);
    const Around around{before, rest.empty() ? 0 : DecodeRune(rest).value};
    const std::string_view form = FormOf(style_, rune.value, around);
    text_ += form.empty() ? cleaned.substr(0, rune.size) : form;
    if (IsChat(style_)) {
      const bool calls = rune.value == '@' && !IsWord(before);
      const bool leads = author == Author::kForeign && rune.value == ':' && rest.starts_with("//");
      if (calls || leads) text_ += kZeroWidth;
    }
    stops_.push_back(text_.size());
    before = rune.value;
    cleaned = rest;
  }
}

void Markup::Text(std::string_view text, Author author) {
  Append(CleanText(text, LineBreaks::kOne), author);
}

void Markup::Lines(std::string_view text, std::string_view margin) {
  const std::string cleaned = CleanText(text, LineBreaks::kKept);
  std::string_view rest = cleaned;
  bool first = true;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = Trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) continue;
    if (!first) {
      Raw(margin);
      if (IsChat(style_) && BeginsBlock(line)) Raw(kZeroWidth);
    }
    first = false;
    Append(line, Author::kRule);
  }
}

void Markup::Raw(std::string_view markup) { text_ += markup; }

void Markup::Open(std::string_view open, std::string_view close) {
  marks_.push_back({text_.size(), true, std::string(close)});
  open_.emplace_back(close);
  text_ += open;
}

void Markup::Close() {
  marks_.push_back({text_.size(), false, ""});
  text_ += open_.back();
  open_.pop_back();
}

void Markup::Link(std::string_view url) {
  const std::string safe = SafeLink(url);
  if (safe.empty()) return Text(url, Author::kForeign);
  switch (style_) {
    case TextStyle::kPlain:
      return Raw(safe);
    case TextStyle::kHtml:
      return Raw(fmt::format("<a href=\"{0}\">{0}</a>", templates::EscapeHtml(safe)));
    case TextStyle::kSlack:
      return Raw(fmt::format("<{}|{}>", templates::EscapeHtml(safe), SiteOf(safe)));
    case TextStyle::kMarkdown:
    case TextStyle::kWecom:
    case TextStyle::kLark:
      return Raw(fmt::format("[{}]({})", SiteOf(safe), safe));
  }
}

std::optional<std::string> Markup::Cut(const TextLimit& limit) const {
  std::vector<std::string_view> open;
  std::size_t mark = 0, best = 0, counted = 0;
  std::string best_close;
  TextSize size = SizeOf(kEllipsis), closing;
  for (const std::size_t stop : stops_) {
    for (; mark < marks_.size() && marks_[mark].at < stop; ++mark) {
      if (marks_[mark].opens) {
        open.push_back(marks_[mark].close);
        closing += SizeOf(open.back());
      } else {
        const TextSize of = SizeOf(open.back());
        open.pop_back();
        closing.bytes -= of.bytes;
        closing.characters -= of.characters;
      }
    }
    size += SizeOf(std::string_view(text_).substr(counted, stop - counted));
    counted = stop;
    if (!Fits(size, limit)) break;  // from here on it only grows
    if (!Fits(size + closing, limit)) continue;
    best = stop;
    best_close.clear();
    for (auto it = open.rbegin(); it != open.rend(); ++it) best_close += *it;
  }
  if (best == 0) return std::nullopt;
  return text_.substr(0, best).append(kEllipsis).append(best_close);
}

std::string SafeLink(std::string_view url) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) return "";
  constexpr std::string_view kUnsafe = "\"'<>()[]{}|\\^`*~";
  std::string out;
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte >= 0x7F || kUnsafe.find(c) != std::string_view::npos) {
      out += fmt::format("%{:02X}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::string EscapeText(std::string_view text, TextStyle style) {
  Markup markup(style);
  markup.Text(text, Author::kForeign);
  return markup.text();
}

}  // namespace ecsward::notify
