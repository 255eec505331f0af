// The items of `ports.expect` and `ports.allow`: what must listen, and what may.
//
//   expect:  tcp:443
//            udp:53
//            tcp:10.0.0.5:6379 connect timeout=2s
//            tcp:[::1]:8080 http path=/health status=200 max_latency=1s
//   allow:   tcp:22
//            tcp:8000-8999 unit=app@*.service
//            udp:68 process=dhclient
//            udp:* user=chrony
//            tcp:0.0.0.0:3306 user=mysql unit=mysql.service
//
// Pure: no file and no socket is touched.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecsward {

// A word behind the port of `expect`: "https" is {"https", ""}, "path=/x" is {"path", "/x"}.
struct CheckWord {
  std::string key, value;
  bool operator==(const CheckWord&) const = default;
};

struct ExpectRule {
  std::string text;     // as written
  std::string proto;    // "tcp", "udp"
  std::string address;  // as the kernel's would be printed; empty: any
  std::uint16_t port = 0;
  // What the collector `port_checks` does with it. Each is of a known kind and its value is one
  // that this kind can have: connect, http, https, tls (without a value; at most one of them),
  // host=, path=/…, status=100…599, body=REGEX (RE2), timeout=, max_latency= (durations).
  std::vector<CheckWord> checks;
};

struct AllowRule {
  std::string text;     // as written
  std::string proto;    // "tcp", "udp"
  std::string address;  // empty: any
  std::uint16_t first_port = 0, last_port = 0;
  // Patterns: "*" is any letters, "?" one byte. Empty: whatever it is.
  std::string process, user, unit;
};

// errors: kInvalidArgument saying what is wanted: `want tcp:PORT or udp:PORT, got "http"`
Result<ExpectRule> ParseExpect(std::string_view item);
Result<AllowRule> ParseAllow(std::string_view item);

// The items of a list option that has passed its check.
std::vector<ExpectRule> ParseExpectList(std::string_view list);
std::vector<AllowRule> ParseAllowList(std::string_view list);

// For the options' table.
Result<void> CheckExpect(std::string_view item);
Result<void> CheckAllow(std::string_view item);

// Who listens, as far as rules ask. Views.
struct ListenerFacts {
  std::string_view proto, address;
  std::uint16_t port = 0;
  bool owner_known = false;
  std::string_view process, user, unit;
};

// Whether the listener answers on what is expected. One that listens on all addresses of the right
// version of IP ("0.0.0.0", "::", "*") answers on every one of them.
bool Matches(const ExpectRule& rule, const ListenerFacts& listener);
// Whether the rule allows it: the very address, and all conditions. While the owner is unknown,
// process and unit are not held against it: an agent that may not see owners would else call
// everything unexpected.
bool Matches(const AllowRule& rule, const ListenerFacts& listener);

// "*" is any letters, "?" one byte.
bool MatchesPattern(std::string_view pattern, std::string_view text);

}  // namespace ecsward
