// Alertmanager's functions, as far as they are not Prometheus's as well.
// source: https://prometheus.io/docs/alerting/latest/notifications/#functions
#include <array>
#include <utility>

#include "rules/template/escape.h"
#include "rules/template/fields.h"
#include "rules/template/functions.h"
#include "rules/template/json.h"
#include "rules/template/unicode.h"

namespace ecsward::templates {
namespace {

using Data = const TemplateData&;

Error Wrong(std::string message) { return Fail(ErrorCode::kInvalidArgument, std::move(message)); }

Result<Value> Join(Data, Arguments a) {
  std::string out;
  bool first = true;
  for (const Value& item : a[1].list().items) {
    if (!std::exchange(first, false)) out += a[0].text();
    out += item.text();
    if (out.size() > kMaxTextBytes) break;  // the evaluator says so
  }
  return Value::String(std::move(out));
}

Result<Value> StringSlice(Data, Arguments a) {
  std::vector<std::string> texts;
  texts.reserve(a.size());
  for (const Value& text : a) texts.push_back(text.text());
  return Value::TextsOf(std::move(texts));
}

Result<Value> TrimSpace(Data, Arguments a) {
  std::string_view text = a[0].text();
  for (Rune rune = DecodeRune(text); rune.size > 0 && IsSpace(rune.value);
       rune = DecodeRune(text)) {
    text.remove_prefix(rune.size);
  }
  // Backwards: a rune begins where no continuation byte is.
  while (!text.empty()) {
    std::size_t begin = text.size() - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
    if (!IsSpace(DecodeRune(text.substr(begin)).value)) break;
    text = text.substr(0, begin);
  }
  return Value::String(std::string(text));
}

// The first letter of every word in upper case and the others in lower: "HELLO wORLD" → "Hello
// World".
Result<Value> Title(Data, Arguments a) {
  std::string out;
  std::string_view rest = a[0].text();
  bool inside = false;
  while (!rest.empty()) {
    const Rune rune = DecodeRune(rest);
    AppendRune(inside ? ToLower(rune.value) : ToUpper(rune.value), out);
    // A point or an apostrophe between letters does not end a word.
    const bool joins =
        rune.value == '\'' || rune.value == '.' || rune.value == ':' || rune.value == '_';
    rest.remove_prefix(rune.size);
    const char32_t next = rest.empty() ? U' ' : DecodeRune(rest).value;
    inside = IsLetter(rune.value) || (inside && (IsDigit(rune.value) || (joins && IsLetter(next))));
  }
  return Value::String(std::move(out));
}

Result<Value> Date(Data, Arguments a) {
  return Value::String(FormatTime(a[1].moment(), a[0].text()));
}

Result<Value> Tz(Data data, Arguments a) {
  const std::int64_t ms = a[1].moment().unix_ms;
  if (const auto moment = InZone(ms, a[0].text())) return Value::Time(*moment);
  const auto offset = data.zone_offset ? data.zone_offset(a[0].text(), ms / 1000) : std::nullopt;
  if (!offset) return Wrong("unknown time zone " + a[0].text());
  return Value::Time(InZone(ms, *offset));
}

Result<Value> Since(Data data, Arguments a) {
  // As .Sub does it, which knows how long a duration may be.
  return FindMethod(a[0], "Sub")->call(Value::Time(data.time_ms), a[0]);
}

Result<Value> ToJson(Data, Arguments a) {
  std::string out;
  AppendJson(a[0], out);
  return Value::String(std::move(out));
}

// "a%20b+c" → "a b c".
Result<Value> UrlUnescape(Data, Arguments a) {
  const std::string& text = a[0].text();
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return Wrong("invalid URL escape " + Quote(text.substr(i, 3)));
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return Value::String(std::move(out));
}

Result<Value> Unchanged(Data, Arguments a) { return Value::Html(a[0].text()); }

constexpr auto kAny = Parameter::kAny;
constexpr auto kString = Parameter::kString;
constexpr auto kTime = Parameter::kTime;
constexpr auto kTexts = Parameter::kTexts;

constexpr std::array kFunctions = {
    Function{"date", 2, 2, kString, kTime, Date},
    Function{"join", 2, 2, kString, kTexts, Join},
    Function{"safeUrl", 1, 1, kString, kAny, Unchanged},
    Function{"since", 1, 1, kTime, kAny, Since},
    Function{"stringSlice", 0, -1, kString, kString, StringSlice},
    Function{"title", 1, 1, kString, kAny, Title},
    Function{"toJson", 1, 1, kAny, kAny, ToJson},
    Function{"trimSpace", 1, 1, kString, kAny, TrimSpace},
    Function{"tz", 2, 2, kString, kTime, Tz},
    Function{"urlUnescape", 1, 1, kString, kAny, UrlUnescape},
};

}  // namespace

std::span<const Function> NotificationFunctions() { return kFunctions; }

}  // namespace ecsward::templates
