// Settings that several kinds of channel have, and what is checked of settings when they are read.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/notify/channel.h"

namespace ecsward::notify {

// One table out of several.
template <std::size_t... kSizes>
constexpr auto JoinOptions(const std::array<ChannelOption, kSizes>&... tables) {
  std::array<ChannelOption, (kSizes + ...)> all{};
  std::size_t at = 0;
  const auto add = [&](const auto& table) {
    for (const ChannelOption& option : table) all[at++] = option;
  };
  (add(tables), ...);
  return all;
}

// errors: kInvalidArgument `want a URL such as "https://host/path"`; without the URL
Result<void> CheckHttpUrl(std::string_view url);
// "13900000000", "+86-13900000000"
Result<void> CheckMobile(std::string_view number);
// A positive number of bytes that a short message fits into.
Result<void> CheckMessageBytes(std::string_view bytes);

inline constexpr std::array<ChannelOption, 3> kHttpOptions{{
    {"ca_file", OptionKind::kText, "", "PEM file of certificates to trust besides the system's"},
    {"proxy_url", OptionKind::kUrl, "", "HTTP proxy to go through; the environment's is not used",
     false, CheckHttpUrl},
    {"timeout", OptionKind::kDuration, "10s", "how long one attempt may take, all of it"},
}};

// `http_config` as Alertmanager has it.
inline constexpr std::array<ChannelOption, 7> kHttpConfigOptions{{
    {"http_config.basic_auth.username", OptionKind::kText, "", "user of HTTP basic authentication"},
    {"http_config.basic_auth.password", OptionKind::kSecret, "", "and the password"},
    {"http_config.authorization.type", OptionKind::kText, "Bearer",
     "scheme in the Authorization header"},
    {"http_config.authorization.credentials", OptionKind::kSecret, "", "what follows the scheme"},
    {"http_config.tls_config.ca_file", OptionKind::kText, "", "the same as ca_file"},
    {"http_config.proxy_url", OptionKind::kUrl, "", "the same as proxy_url", false, CheckHttpUrl},
    {"http_config.follow_redirects", OptionKind::kBool, "false",
     "read and left aside: redirects are never followed"},
}};

// What is wrong between them.
std::vector<std::string> CheckHttpConfig(const ChannelSettings& settings);
// `url: give it, or access_token` unless exactly one of the two is there.
std::vector<std::string> WantOneOf(const ChannelSettings& settings, std::string_view a,
                                   std::string_view b);

}  // namespace ecsward::notify
