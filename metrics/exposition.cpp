#include "metrics/exposition.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace ecsward {
namespace {

// The length of the UTF-8 sequence at the start of `s`, or 0 when there is none (RFC 3629: shortest
// form, no surrogates, at most U+10FFFF).
std::size_t Utf8Length(std::string_view s) {
  const auto byte = [s](std::size_t i) {
    return i < s.size() ? static_cast<unsigned char>(s[i]) : 0U;
  };
  const auto tail = [&byte](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : 0xbf;
    return tail(1, low, high) && tail(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
    return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

void AppendEscaped(std::string_view text, bool quotes, std::string& out) {
  while (!text.empty()) {
    const char c = text.front();
    std::size_t length = 1;
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else if (length = Utf8Length(text); length > 0) {
      out += text.substr(0, length);
    } else {
      out += "\xef\xbf\xbd";  // U+FFFD
      length = 1;
    }
    text.remove_prefix(length);
  }
}

std::size_t Put(std::string_view text, char* out) {
  std::memcpy(out, text.data(), text.size());
  return text.size();
}

}  // namespace

std::size_t FormatValue(double value, char* out) {
  if (std::isnan(value)) return Put("NaN", out);
  if (std::isinf(value)) return Put(value > 0 ? "+Inf" : "-Inf", out);
  // Small whole numbers are most of what a host reports.
  if (value > -1e6 && value < 1e6) {
    const auto whole = static_cast<long>(value);
    if (static_cast<double>(whole) == value && (whole != 0 || !std::signbit(value))) {
      return static_cast<std::size_t>(std::to_chars(out, out + kMaxValueText, whole).ptr - out);
    }
  }
  // The general format switches to an exponent below 1e-4 and from 1e6 on, as Go's does.
  return static_cast<std::size_t>(
      std::to_chars(out, out + kMaxValueText, value, std::chars_format::general).ptr - out);
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void AppendLabelValue(std::string_view value, std::string& out) { AppendEscaped(value, true, out); }

void AppendHelp(std::string_view help, std::string& out) { AppendEscaped(help, false, out); }

void AppendSeriesPrefix(const Metric& metric, std::span<const std::string_view> label_values,
                        std::string& out) {
  out += metric.name;
  if (!label_values.empty()) {
    std::string_view names = metric.labels;
    char separator = '{';
    for (const std::string_view value : label_values) {
      const auto comma = names.find(',');
      out += separator;
      out += names.substr(0, comma);
      out += "=\"";
      AppendLabelValue(value, out);
      out += '"';
      names.remove_prefix(comma == std::string_view::npos ? names.size() : comma + 1);
      separator = ',';
    }
    out += '}';
  }
  out += ' ';
}

}  // namespace ecsward
