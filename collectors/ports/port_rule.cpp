#include "collectors/ports/port_rule.h"

#include <arpa/inet.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "base/suggest.h"
#include "collectors/options.h"
#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr std::uint64_t kMaxPort = 65535;
constexpr std::string_view kKinds[] = {"connect", "http", "https", "tls"};
constexpr std::string_view kCheckWords[] = {"connect", "http",   "https", "tls",     "host",
                                            "path",    "status", "body",  "timeout", "max_latency"};
constexpr std::string_view kConditions[] = {"process", "user", "unit"};

Error Want(std::string_view what, std::string_view got) {
  return Fail(ErrorCode::kInvalidArgument,
              std::string("want ").append(what).append(", got \"").append(got).append("\""));
}

// As the kernel's addresses are printed: "::1" for "0:0::1", "10.0.0.1" for "::ffff:10.0.0.1".
bool Normalize(std::string_view text, std::string& out) {
  if (text == "*") {
    out = text;  // a dual-stack socket
    return true;
  }
  const std::string address(text);
  std::array<char, INET6_ADDRSTRLEN> printed{};
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) {
    out = ::inet_ntop(AF_INET, &v4, printed.data(), printed.size());
    return true;
  }
  in6_addr v6{};
  if (::inet_pton(AF_INET6, address.c_str(), &v6) != 1) return false;
  out = IN6_IS_ADDR_V4MAPPED(&v6)
            ? ::inet_ntop(AF_INET, &v6.s6_addr[12], printed.data(), printed.size())
            : ::inet_ntop(AF_INET6, &v6, printed.data(), printed.size());
  return true;
}

struct Place {
  std::string proto, address;
  std::string_view port;
};

// "tcp:443", "tcp:10.0.0.5:6379", "tcp:[::1]:8080"; what the port may be is the caller's business.
Result<Place> ParsePlace(std::string_view word, std::string_view want) {
  Place place;
  const auto colon = word.find(':');
  if (colon == std::string_view::npos) return Want(want, word);
  place.proto = word.substr(0, colon);
  if (place.proto != "tcp" && place.proto != "udp") return Want(want, word);
  std::string_view rest = word.substr(colon + 1);
  const auto last = rest.rfind(':');
  if (last == std::string_view::npos) {
    place.port = rest;
    return place;
  }
  place.port = rest.substr(last + 1);
  std::string_view address = rest.substr(0, last);
  if (address.size() >= 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string_view::npos) {
    return Want("an IPv6 address in brackets, as in \"tcp:[::1]:8080\"", word);
  }
  if (!Normalize(address, place.address)) return Want("an IP address before the port", word);
  return place;
}

bool ParsePort(std::string_view text, std::uint16_t& out) {
  std::uint64_t port = 0;
  if (!ParseUint(text, port) || port == 0 || port > kMaxPort) return false;
  out = static_cast<std::uint16_t>(port);
  return true;
}

Result<void> CheckDuration(const CheckWord& word) {
  const OptionSpec spec{word.key, OptionKind::kDuration, "", ""};
  auto ok = CheckOption(spec, word.value);
  if (!ok) return std::move(ok).error().Context(word.key);
  return {};
}

Result<void> CheckCheck(const CheckWord& word, bool has_value) {
  const auto& key = word.key;
  if (std::find(std::begin(kCheckWords), std::end(kCheckWords), key) == std::end(kCheckWords)) {
    return Fail(ErrorCode::kInvalidArgument,
                "unknown check \"" + key + "\"" + DidYouMean(key, kCheckWords));
  }
  const bool kind = std::find(std::begin(kKinds), std::end(kKinds), key) != std::end(kKinds);
  if (kind)
    return has_value ? Result<void>(Want("\"" + key + "\" alone", word.value)) : Result<void>();
  if (word.value.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "\"" + key + "\" wants a value: " + key + "=…");
  }
  if (key == "timeout" || key == "max_latency") return CheckDuration(word);
  if (key == "path" && word.value.front() != '/') return Want("path=/…", word.value);
  if (key == "status") {
    std::uint64_t status = 0;
    if (!ParseUint(word.value, status) || status < 100 || status > 599) {
      return Want("status=100 to 599", word.value);
    }
  }
  if (key == "body") {
    const OptionSpec spec{key, OptionKind::kRegex, "", ""};
    auto ok = CheckOption(spec, word.value);
    if (!ok) return std::move(ok).error().Context(key);
  }
  return {};
}

template <class Rule, Result<Rule> (*kParse)(std::string_view)>
std::vector<Rule> ParseList(std::string_view list) {
  std::vector<Rule> rules;
  std::string_view item;
  while (NextListItem(list, item)) {
    if (auto rule = kParse(item)) rules.push_back(std::move(*rule));
  }
  return rules;
}

// "10.0.0.5" is served by "0.0.0.0" and by "*", "::1" by "::" and by "*".
bool ServedBy(std::string_view wanted, std::string_view listening) {
  if (wanted == listening || listening == "*") return true;
  const bool v6 = wanted.find(':') != std::string_view::npos;
  return wanted != "*" && listening == (v6 ? "::" : "0.0.0.0");
}

}  // namespace

Result<ExpectRule> ParseExpect(std::string_view item) {
  constexpr std::string_view kWant = "tcp:PORT or udp:PORT";
  ExpectRule rule;
  rule.text = Trim(item);
  std::string_view rest = rule.text;
  std::string_view word;
  if (!NextField(rest, word)) return Want(kWant, item);
  auto place = ParsePlace(word, kWant);
  if (!place) return std::move(place).error();
  if (!ParsePort(place->port, rule.port)) return Want("a port from 1 to 65535", word);
  rule.proto = std::move(place->proto);
  rule.address = std::move(place->address);
  int kinds = 0;
  while (NextField(rest, word)) {
    const auto equals = word.find('=');
    const bool has_value = equals != std::string_view::npos;
    CheckWord check{std::string(word.substr(0, equals)),
                    std::string(has_value ? word.substr(equals + 1) : std::string_view())};
    if (auto ok = CheckCheck(check, has_value); !ok) return std::move(ok).error();
    for (const CheckWord& other : rule.checks) {
      if (other.key == check.key) {
        return Fail(ErrorCode::kInvalidArgument, "\"" + check.key + "\" is there twice");
      }
    }
    if (!has_value && ++kinds > 1) return Want("one of connect, http, https and tls", rule.text);
    rule.checks.push_back(std::move(check));
  }
  if (rule.proto == "udp" && !rule.checks.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "only tcp ports can be checked, got \"" + rule.text + "\"");
  }
  return rule;
}

Result<AllowRule> ParseAllow(std::string_view item) {
  constexpr std::string_view kWant = "tcp:PORT, tcp:FIRST-LAST, udp:PORT or udp:*";
  AllowRule rule;
  rule.text = Trim(item);
  std::string_view rest = rule.text;
  std::string_view word;
  if (!NextField(rest, word)) return Want(kWant, item);
  auto place = ParsePlace(word, kWant);
  if (!place) return std::move(place).error();
  const std::string_view ports = place->port;
  const auto dash = ports.find('-');
  if (ports == "*") {
    rule.first_port = 1;
    rule.last_port = kMaxPort;
  } else if (!ParsePort(ports.substr(0, dash), rule.first_port) ||
             !ParsePort(dash == std::string_view::npos ? ports : ports.substr(dash + 1),
                        rule.last_port)) {
    return Want("a port from 1 to 65535, FIRST-LAST or *", word);
  }
  if (rule.last_port < rule.first_port) return Want("the lower port first", word);
  rule.proto = std::move(place->proto);
  rule.address = std::move(place->address);
  while (NextField(rest, word)) {
    const auto equals = word.find('=');
    const std::string_view key = word.substr(0, equals);
    std::string* const out = key == "process" ? &rule.process
                             : key == "user"  ? &rule.user
                             : key == "unit"  ? &rule.unit
                                              : nullptr;
    if (out == nullptr) {
      return Fail(ErrorCode::kInvalidArgument, std::string("unknown condition \"")
                                                   .append(key)
                                                   .append("\"")
                                                   .append(DidYouMean(key, kConditions)));
    }
    if (!out->empty()) {
      return Fail(ErrorCode::kInvalidArgument, std::string("\"").append(key) + "\" is there twice");
    }
    if (equals == std::string_view::npos || equals + 1 == word.size()) {
      return Fail(ErrorCode::kInvalidArgument,
                  std::string("\"").append(key).append("\" wants a value: ").append(key) + "=…");
    }
    *out = word.substr(equals + 1);
  }
  return rule;
}

std::vector<ExpectRule> ParseExpectList(std::string_view list) {
  return ParseList<ExpectRule, ParseExpect>(list);
}

std::vector<AllowRule> ParseAllowList(std::string_view list) {
  return ParseList<AllowRule, ParseAllow>(list);
}

Result<void> CheckExpect(std::string_view item) {
  if (auto rule = ParseExpect(item); !rule) return std::move(rule).error();
  return {};
}

Result<void> CheckAllow(std::string_view item) {
  if (auto rule = ParseAllow(item); !rule) return std::move(rule).error();
  return {};
}

bool MatchesPattern(std::string_view pattern, std::string_view text) {
  // Back to the last "*" when the rest does not fit: at most |pattern| × |text| steps.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool Matches(const ExpectRule& rule, const ListenerFacts& listener) {
  return rule.port == listener.port && rule.proto == listener.proto &&
         (rule.address.empty() || ServedBy(rule.address, listener.address));
}

bool Matches(const AllowRule& rule, const ListenerFacts& listener) {
  const auto holds = [](const std::string& pattern, std::string_view text) {
    return pattern.empty() || MatchesPattern(pattern, text);
  };
  return listener.port >= rule.first_port && listener.port <= rule.last_port &&
         rule.proto == listener.proto &&
         (rule.address.empty() || rule.address == listener.address) &&
         holds(rule.user, listener.user) &&
         (!listener.owner_known ||
          (holds(rule.process, listener.process) && holds(rule.unit, listener.unit)));
}

}  // namespace ecsward
