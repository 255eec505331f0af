#include "cloud/endpoints.h"

#include <cctype>

namespace ecsward::cloud {
namespace {

struct RegionalHost {
  Product product;
  std::string_view region, host;
};

constexpr RegionalHost kRegional[] = {
    {Product::kSms, "ap-southeast-1", "dysmsapi.ap-southeast-1.aliyuncs.com"},
    {Product::kSms, "ap-southeast-5", "dysmsapi.ap-southeast-5.aliyuncs.com"},
    {Product::kSms, "cn-beijing", "dysmsapi-proxy.cn-beijing.aliyuncs.com"},
    {Product::kSms, "cn-hongkong", "dysmsapi-xman.cn-hongkong.aliyuncs.com"},
    {Product::kSms, "eu-central-1", "dysmsapi.eu-central-1.aliyuncs.com"},
    {Product::kSms, "us-east-1", "dysmsapi.us-east-1.aliyuncs.com"},
    {Product::kMail, "ap-southeast-1", "dm.ap-southeast-1.aliyuncs.com"},
    {Product::kMail, "eu-central-1", "dm.eu-central-1.aliyuncs.com"},
    {Product::kMail, "us-east-1", "dm.us-east-1.aliyuncs.com"},
};

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool OnlyOf(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

bool IsLoopback(std::string_view name) {
  return name == "localhost" || name == "[::1]" ||
         (name.starts_with("127.") && OnlyOf(name, "0123456789."));
}

}  // namespace

std::string Endpoint(Product product, std::string_view region) {
  for (const RegionalHost& row : kRegional) {
    if (row.product == product && row.region == region) return std::string(row.host);
  }
  switch (product) {
    case Product::kSms:
      return "dysmsapi.aliyuncs.com";
    case Product::kVoice:
      return "dyvmsapi.aliyuncs.com";
    case Product::kMail:
      return "dm.aliyuncs.com";
  }
  return {};
}

Result<ParsedEndpoint> ParseEndpoint(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  std::string_view rest = lower;
  const bool plain = TakePrefix(rest, "http://");
  if (!plain) (void)TakePrefix(rest, "https://");
  if (rest.ends_with('/')) rest.remove_suffix(1);
  std::string_view name = rest;
  std::string_view port;
  const auto colon = rest.rfind(':');
  if (colon != std::string_view::npos && !rest.ends_with(']')) {
    name = rest.substr(0, colon);
    port = rest.substr(colon + 1);
    if (!OnlyOf(port, "0123456789") || port.size() > 5) {
      return Fail(ErrorCode::kInvalidArgument, "endpoint: want a port of digits");
    }
  }
  constexpr std::string_view kHostCharacters = "abcdefghijklmnopqrstuvwxyz0123456789.-";
  if (!OnlyOf(name, kHostCharacters) && name != "[::1]") {
    return Fail(ErrorCode::kInvalidArgument, "endpoint: want a host such as dm.aliyuncs.com");
  }
  if (plain && !IsLoopback(name)) {
    return Fail(ErrorCode::kInvalidArgument, "endpoint: http:// is for this host itself only");
  }
  ParsedEndpoint endpoint;
  endpoint.host = name;
  // A client leaves its scheme's own port out of the Host header.
  if (!port.empty() && port != (plain ? "80" : "443")) endpoint.host += ':' + std::string(port);
  endpoint.url = (plain ? "http://" : "https://") + endpoint.host + '/';
  return endpoint;
}

}  // namespace ecsward::cloud
