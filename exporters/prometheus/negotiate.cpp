#include "exporters/prometheus/negotiate.h"

#include <algorithm>

namespace ecsward {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool Same(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(),
                    [](char x, char y) { return Lower(x) == y; });
}

std::string_view Trim(std::string_view s) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}

// Cuts `rest` at the first separator and returns what stood before it. None of the words we look
// for is quoted, so a separator inside a quoted string only cuts a word that we do not know.
std::string_view Next(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const std::string_view word = Trim(rest.substr(0, at));
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return word;
}

// "0.75" → 750; 0 for what is no weight.
int ParseWeight(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '1') return 0;
  int value = (text.front() - '0') * 1000;
  text.remove_prefix(1);
  if (text.empty()) return value;
  if (text.front() != '.' || text.size() > 4) return 0;
  int unit = 100;
  for (const char c : text.substr(1)) {
    if (c < '0' || c > '9') return 0;
    value += (c - '0') * unit;
    unit /= 10;
  }
  return std::min(value, 1000);
}

struct Choice {
  std::string_view name;
  std::string_view version;
  int weight = 1000;
};

Choice NextChoice(std::string_view& header) {
  std::string_view item = Next(header, ',');
  Choice out;
  out.name = Next(item, ';');
  while (!item.empty()) {
    std::string_view value = Next(item, ';');
    const std::string_view key = Next(value, '=');
    value = Trim(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    if (Same(key, "q")) out.weight = ParseWeight(value);
    if (Same(key, "version")) out.version = value;
  }
  return out;
}

}  // namespace

PageFormat ParseAccept(std::string_view accept) {
  int best = 0;
  PageFormat format = PageFormat::kText;
  while (!accept.empty()) {
    const Choice choice = NextChoice(accept);
    const bool open = Same(choice.name, "application/openmetrics-text") &&
                      (choice.version.empty() || choice.version == "1.0.0");
    const bool text = (Same(choice.name, "text/plain") &&
                       (choice.version.empty() || choice.version == "0.0.4")) ||
                      choice.name == "*/*" || Same(choice.name, "text/*");
    if ((open || text) && choice.weight > best) {
      best = choice.weight;
      format = open ? PageFormat::kOpenMetrics : PageFormat::kText;
    }
  }
  return format;
}

PageEncoding ParseAcceptEncoding(std::string_view accept_encoding) {
  constexpr int kUnsaid = -1;
  int gzip = kUnsaid, identity = kUnsaid, any = kUnsaid;
  while (!accept_encoding.empty()) {
    const Choice choice = NextChoice(accept_encoding);
    if (Same(choice.name, "gzip") || Same(choice.name, "x-gzip")) gzip = choice.weight;
    if (Same(choice.name, "identity")) identity = choice.weight;
    if (choice.name == "*") any = choice.weight;
  }
  if (gzip == kUnsaid) gzip = any;
  return gzip > 0 && gzip >= identity ? PageEncoding::kGzip : PageEncoding::kIdentity;
}

}  // namespace ecsward
