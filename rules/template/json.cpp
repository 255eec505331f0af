#include "rules/template/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rules/template/fields.h"
#include "rules/template/format.h"
#include "rules/template/unicode.h"

namespace ecsward::templates {
namespace {

bool Full(const std::string& out) { return out.size() > kMaxTextBytes; }

bool IsPlainAscii(char c) {
  return c >= ' ' && c < 0x7F && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

void AppendEscaped(char32_t rune, std::string& out) {
  switch (rune) {
    case '"':
    case '\\':
      out += '\\';
      out += static_cast<char>(rune);
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const bool plain = rune >= 0x20 && rune != '<' && rune != '>' && rune != '&' && rune != 0x2028 &&
                     rune != 0x2029 && rune != kReplacement;
  if (plain) {
    AppendRune(rune, out);
  } else {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(rune));
  }
}

// "Name" → "name"; but a pair's fields have no names of their own in Go.
std::string FieldName(const Object& object, std::string_view name) {
  std::string out(name);
  if (object.type() == "template.Pair" || out.front() < 'A' || out.front() > 'Z') return out;
  out.front() = static_cast<char>(out.front() - 'A' + 'a');
  return out;
}

void AppendObject(const Object& object, std::string& out) {
  char before = '{';
  for (const std::string_view name : object.fields()) {
    if (Full(out)) return;
    out += before;
    before = ',';
    AppendJsonText(FieldName(object, name), out);
    out += ':';
    AppendJson(object.Field(name).value_or(Value()), out);
  }
  out += before == '{' ? "{}" : "}";
}

// Whatever EachElement goes over.
void AppendElements(const Value& value, bool named, std::string& out) {
  const char open = named ? '{' : '[';
  char before = open;
  EachElement(value, [&](const Value& index, const Value& element) {
    if (Full(out)) return false;
    out += before;
    before = ',';
    if (named) {
      AppendJsonText(index.text(), out);
      out += ':';
    }
    AppendJson(element, out);
    return true;
  });
  if (before == open) out += open;
  out += named ? '}' : ']';
}

}  // namespace

void AppendJsonText(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), IsPlainAscii) - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Rune rune = DecodeRune(text);
    // A replacement character that stands there is one, and no error.
    if (rune.value == kReplacement && rune.valid()) {
      AppendRune(rune.value, out);
    } else {
      AppendEscaped(rune.value, out);
    }
    text.remove_prefix(rune.size);
  }
  out += '"';
}

void AppendJsonNumber(double number, std::string& out) {
  if (std::isnan(number)) {
    out += "\"NaN\"";
  } else if (std::isinf(number)) {
    out += number > 0 ? "\"+Inf\"" : "\"-Inf\"";
  } else {
    const bool whole = number == std::trunc(number) && std::abs(number) < 1e15;
    out += whole ? fmt::format("{:.0f}", number) : fmt::format("{}", number);
  }
}

void AppendJson(const Value& value, std::string& out) {
  if (Full(out)) return;
  switch (value.kind()) {
    case Kind::kNone:
      out += "null";
      return;
    case Kind::kBool:
      out += value.boolean() ? "true" : "false";
      return;
    case Kind::kInt:
    case Kind::kByte:
    case Kind::kMonth:
    case Kind::kWeekday:
    case Kind::kDuration:
      out += std::to_string(value.integer());
      return;
    case Kind::kFloat:
      AppendJsonNumber(value.real(), out);
      return;
    case Kind::kString:
    case Kind::kHtml:
      AppendJsonText(value.text(), out);
      return;
    case Kind::kTime:
      AppendJsonText(FormatTime(value.moment(), kJsonTime), out);
      return;
    case Kind::kLabels:
    case Kind::kKv:
    case Kind::kMap:
      AppendElements(value, true, out);
      return;
    case Kind::kList:
      AppendElements(value, false, out);
      return;
    case Kind::kObject:
      AppendObject(value.object(), out);
      return;
    case Kind::kSamples:
    case Kind::kSample:
    case Kind::kData:
      break;
  }
  std::string text;
  FormatValue(value, 'v', {}, text);
  AppendJsonText(text, out);
}

}  // namespace ecsward::templates
