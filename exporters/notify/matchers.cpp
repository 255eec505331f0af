// The classic form of Alertmanager 0.25, quirks included: what it takes we take, and it means the
// same. Two steps: commas outside of quotes separate matchers, then each is taken apart.
#include "exporters/notify/matchers.h"

#include <fmt/format.h>

#include "metrics/exposition.h"

namespace ecsward::notify {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// Nothing behind the last comma is no matcher; nothing before one is a wrong matcher.
std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> parts;
  bool quoted = false, escaped = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case ',':
        if (quoted) break;
        parts.push_back(text.substr(begin, i - begin));
        begin = i + 1;
        break;
      case '"':
        if (!escaped) quoted = !quoted;
        escaped = false;
        break;
      case '\\':
        escaped = !escaped;
        break;
      default:
        escaped = false;
    }
  }
  if (const auto last = Trimmed(text.substr(begin)); !last.empty()) parts.push_back(last);
  return parts;
}

bool IsNameByte(char c, bool first) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
         (!first && c >= '0' && c <= '9');
}

std::string_view TakeName(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && IsNameByte(text[length], length == 0)) ++length;
  const std::string_view name = text.substr(0, length);
  text = Trimmed(text.substr(length));
  return name;
}

bool TakeOperator(std::string_view& text, MatchType& type) {
  // "=~" before "=".
  for (const MatchType candidate :
       {MatchType::kRegexp, MatchType::kEqual, MatchType::kNotEqual, MatchType::kNotRegexp}) {
    const std::string_view word = ToString(candidate);
    if (!text.starts_with(word)) continue;
    text = Trimmed(text.substr(word.size()));
    type = candidate;
    return true;
  }
  return false;
}

// `"a\"b"` or `a\b`: \n, \" and \\ are escapes, another backslash stands for itself. A quote ends
// the value that one has begun, and has no business anywhere else.
Result<std::string> Unquoted(std::string_view text) {
  bool open = text.starts_with('"');
  if (open) text.remove_prefix(1);
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool last = i + 1 == text.size();
    if (text[i] == '"') {
      if (!open || !last) return Fail(ErrorCode::kInvalidArgument, "a quote inside needs a \\");
      open = false;
    } else if (text[i] != '\\' || last) {
      value += text[i];
    } else if (const char next = text[++i]; next == 'n') {
      value += '\n';
    } else {
      if (next != '"' && next != '\\') value += '\\';
      value += next;
    }
  }
  if (open) return Fail(ErrorCode::kInvalidArgument, "a quote is not closed");
  return value;
}

Result<LabelMatcher> ParseOne(std::string_view text) {
  text = Trimmed(text);
  const std::string_view name = TakeName(text);
  MatchType type{};
  if (name.empty() || !TakeOperator(text, type)) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "want a label's name, one of = != =~ !~, and a value such as severity=\"critical\"");
  }
  auto value = Unquoted(text);
  if (!value) return std::move(value).error();
  return LabelMatcher::Make(type, std::string(name), std::move(*value));
}

}  // namespace

Result<std::vector<LabelMatcher>> ParseMatchers(std::string_view text) {
  if (!IsUtf8(text)) return Fail(ErrorCode::kInvalidArgument, "want UTF-8");
  if (text.starts_with('{')) text.remove_prefix(1);
  if (text.ends_with('}')) text.remove_suffix(1);
  std::vector<LabelMatcher> matchers;
  const auto parts = Split(text);
  for (const std::string_view part : parts) {
    auto matcher = ParseOne(part);
    if (!matcher) {
      const std::string which =
          parts.size() > 1 ? fmt::format("matcher {} of {}: ", matchers.size() + 1, parts.size())
                           : std::string();
      return Fail(ErrorCode::kInvalidArgument, which + matcher.error().message);
    }
    matchers.push_back(std::move(*matcher));
  }
  return matchers;
}

}  // namespace ecsward::notify
