#include "collectors/ports/check_rule.h"

#include <arpa/inet.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "collectors/options.h"
#include "collectors/text_scan.h"

namespace ecsward {
namespace {

using Kind = CheckRule::Kind;

constexpr std::size_t kMaxItem = 1024;
constexpr std::chrono::milliseconds kLongest{60'000};

// What a label, a request line or a header may hold without being quoted.
bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool IsHostName(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
}

std::optional<Kind> KindOf(std::string_view word) {
  for (const Kind kind : {Kind::kConnect, Kind::kHttp, Kind::kHttps, Kind::kTls}) {
    if (word == ToString(kind)) return kind;
  }
  return std::nullopt;
}

bool IsAddress(const std::string& text) {
  in6_addr ignored{};
  return ::inet_pton(AF_INET, text.c_str(), &ignored) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
}

// "tcp:443", "tcp:10.0.0.5:443", "tcp:[::1]:443"
bool ParseTarget(std::string_view text, CheckRule& out) {
  if (!text.starts_with("tcp:")) return false;
  text.remove_prefix(4);
  const auto colon = text.rfind(':');
  std::string_view port = text;
  if (colon != std::string_view::npos) {
    std::string_view address = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (address.starts_with('[') != address.ends_with(']')) return false;
    const bool brackets = address.starts_with('[');
    if (brackets) address = address.substr(1, address.size() - 2);
    out.address = address;
    if (!IsAddress(out.address) || brackets != (address.find(':') != std::string_view::npos)) {
      return false;
    }
    if (out.address == "0.0.0.0" || out.address == "::") out.address.clear();
  }
  std::uint64_t number = 0;
  if (!ParseUint(port, number) || number == 0 || number > 0xffff) return false;
  out.port = static_cast<std::uint16_t>(number);
  return true;
}

bool ParseTime(std::string_view text, std::chrono::milliseconds& out) {
  std::uint64_t number = 0;
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (!ParseUint(text.substr(0, digits), number) || number == 0 || number > 60'000) return false;
  const std::string_view unit = text.substr(digits);
  if (unit != "ms" && unit != "s") return false;
  out = std::chrono::milliseconds(unit == "s" ? number * 1000 : number);
  return out <= kLongest;
}

// What a word that is no kind wants to be; empty when it is that.
std::string_view TakeWord(std::string_view word, CheckRule& out) {
  if (word == "insecure") return out.insecure = true, "";
  if (word == "elsewhere") return out.elsewhere = true, "";
  const auto equals = word.find('=');
  const std::string_view key = word.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : word.substr(equals + 1);
  if (key == "host") {
    out.host = value;
    return IsHostName(value) ? "" : "host=NAME";
  }
  if (key == "path") {
    out.path = value;
    return value.starts_with('/') && IsPlain(value) ? "" : "path=/…";
  }
  if (key == "status") {
    std::uint64_t status = 0;
    const bool good = ParseUint(value, status) && status >= 100 && status <= 599;
    out.status = good ? static_cast<int>(status) : 0;
    return good ? "" : "status=100…599";
  }
  if (key == "body") {
    re2::RE2::Options quiet;
    quiet.set_log_errors(false);
    out.body = value;
    return !value.empty() && re2::RE2(out.body, quiet).ok() ? "" : "body=REGEX (RE2)";
  }
  if (key == "timeout") return ParseTime(value, out.timeout) ? "" : "timeout=1ms…60s";
  if (key == "max_latency") return ParseTime(value, out.max_latency) ? "" : "max_latency=1ms…60s";
  return "connect, http, https, tls, host=, path=, status=, body=, timeout=, max_latency=, "
         "insecure or elsewhere";
}

// Words that this kind of check would not look at; empty when there is none.
std::string_view Pointless(const CheckRule& rule) {
  const bool http = rule.kind == Kind::kHttp || rule.kind == Kind::kHttps;
  const bool tls = rule.kind == Kind::kTls || rule.kind == Kind::kHttps;
  if (!http && rule.path != "/") return "path=";
  if (!http && rule.status != 0) return "status=";
  if (!http && !rule.body.empty()) return "body=";
  if (!http && !tls && !rule.host.empty()) return "host=";
  if (!tls && rule.insecure) return "insecure";
  return "";
}

}  // namespace

std::string_view ToString(Kind kind) {
  switch (kind) {
    case Kind::kConnect:
      return "connect";
    case Kind::kHttp:
      return "http";
    case Kind::kHttps:
      return "https";
    case Kind::kTls:
      break;
  }
  return "tls";
}

Result<CheckRule> ParseCheck(std::string_view item) {
  const auto want = [&](std::string_view what, std::string_view got) {
    return Fail(ErrorCode::kInvalidArgument, std::string("want ")
                                                 .append(what)
                                                 .append(", got \"")
                                                 .append(got)
                                                 .append("\" in \"")
                                                 .append(item.substr(0, kMaxItem))
                                                 .append("\""));
  };
  if (item.size() > kMaxItem) return want("at most 1024 characters", "more");
  CheckRule out;
  std::optional<Kind> kind;
  std::string_view rest = item;
  std::string_view word;
  if (!NextField(rest, word)) return want("tcp:PORT and a check", "");
  if (!ParseTarget(word, out))
    return want("tcp:PORT, tcp:ADDRESS:PORT or tcp:[ADDRESS]:PORT", word);
  out.text = word;
  while (NextField(rest, word)) {
    out.text.append(" ").append(word);
    if (!IsPlain(word)) return want("printable ASCII", "another character");
    if (const auto named = KindOf(word)) {
      if (kind) return want("one check for each item", word);
      kind = named;
    } else if (const std::string_view wanted = TakeWord(word, out); !wanted.empty()) {
      return want(wanted, word);
    }
  }
  if (!kind) return want("one of connect, http, https, tls", out.text);
  out.kind = *kind;
  if (const std::string_view word_without_use = Pointless(out); !word_without_use.empty()) {
    return want(
        std::string("no ").append(word_without_use).append(" with ").append(ToString(*kind)),
        word_without_use);
  }
  return out;
}

std::vector<CheckRule> ParseCheckList(std::string_view list) {
  std::vector<CheckRule> out;
  std::string_view item;
  while (NextListItem(list, item)) {
    if (auto rule = ParseCheck(item)) out.push_back(std::move(*rule));
  }
  return out;
}

Result<void> CheckCheck(std::string_view item) {
  auto rule = ParseCheck(item);
  if (!rule) return std::move(rule).error();
  return {};
}

}  // namespace ecsward
