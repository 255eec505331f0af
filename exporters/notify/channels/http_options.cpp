#include "exporters/notify/channels/http_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace ecsward::notify {
namespace {

constexpr std::int64_t kFewestMessageBytes = 500;  // a title and one short alert

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool EqualsIgnoringCase(std::string_view text, std::string_view lower_case) {
  const auto same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b;
  };
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(), same);
}

// What is behind the last colon, unless that stands in an IPv6 address.
bool HasGoodPort(std::string_view authority) {
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos) return true;
  if (bracket != std::string_view::npos && colon < bracket) return true;
  const std::string_view digits = authority.substr(colon + 1);
  std::uint16_t port = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return read.ec == std::errc() && read.ptr == digits.data() + digits.size() && port != 0;
}

}  // namespace

Result<void> CheckHttpUrl(std::string_view url) {
  const auto refused = [] {
    return Fail(ErrorCode::kInvalidArgument, "want a URL such as \"https://host/path\"");
  };
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return refused();
  if (!EqualsIgnoringCase(url.substr(0, scheme), "http") &&
      !EqualsIgnoringCase(url.substr(0, scheme), "https")) {
    return refused();
  }
  const auto unprintable = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; };
  if (std::any_of(url.begin(), url.end(), unprintable)) return refused();
  std::string_view authority = url.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    authority.remove_prefix(at + 1);
  }
  if (authority.empty() || authority.front() == ':' || !HasGoodPort(authority)) return refused();
  return {};
}

Result<void> CheckMobile(std::string_view number) {
  const auto allowed = [](char c) { return IsDigit(c) || c == '-'; };
  const std::string_view digits = number.substr(number.starts_with('+') ? 1 : 0);
  const auto count = std::count_if(digits.begin(), digits.end(), IsDigit);
  if (!std::all_of(digits.begin(), digits.end(), allowed) || count < 5 || count > 20) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("want a mobile number such as \"13900000000\", got \"{}\"", number));
  }
  return {};
}

Result<void> CheckMessageBytes(std::string_view bytes) {
  std::int64_t value = 0;
  const auto read = std::from_chars(bytes.data(), bytes.data() + bytes.size(), value);
  if (read.ec != std::errc() || read.ptr != bytes.data() + bytes.size() ||
      value < kFewestMessageBytes) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("want a number of bytes, at least {}", kFewestMessageBytes));
  }
  return {};
}

std::vector<std::string> CheckHttpConfig(const ChannelSettings& settings) {
  std::vector<std::string> problems;
  const auto given = [&](std::string_view name) { return settings.Get(name).given; };
  for (const std::string_view name : {"tls_config.ca_file", "proxy_url"}) {
    const std::string theirs = fmt::format("http_config.{}", name);
    const std::string_view ours =
        name.substr(name.rfind('.') == name.npos ? 0 : name.rfind('.') + 1);
    if (given(theirs) && given(ours)) {
      problems.push_back(fmt::format("{}: give it, or {}, not both", theirs, ours));
    }
  }
  if (given("http_config.basic_auth.username") && given("http_config.authorization.credentials")) {
    problems.emplace_back(
        "http_config.authorization: give it, or http_config.basic_auth, not both");
  }
  if (given("http_config.basic_auth.password") && !given("http_config.basic_auth.username")) {
    problems.emplace_back("http_config.basic_auth.username: missing beside the password");
  }
  const std::string& type = settings.Text("http_config.authorization.type");
  const auto bad = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == ':' || c == 0x7F;
  };
  if (type.empty() || std::any_of(type.begin(), type.end(), bad)) {
    problems.emplace_back("http_config.authorization.type: want one word, such as \"Bearer\"");
  } else if (EqualsIgnoringCase(type, "basic")) {
    problems.emplace_back("http_config.authorization.type: for Basic there is basic_auth");
  }
  return problems;
}

std::vector<std::string> WantOneOf(const ChannelSettings& settings, std::string_view a,
                                   std::string_view b) {
  const bool has_a = !settings.SecretOf(a).empty(), has_b = !settings.SecretOf(b).empty();
  if (has_a != has_b) return {};
  if (has_a) return {fmt::format("{}: give it, or {}, not both", a, b)};
  return {fmt::format("{}: missing; give it, or {}", a, b)};
}

}  // namespace ecsward::notify
