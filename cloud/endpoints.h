// Which host answers for a product. A configured host always wins over these.
// source: the endpoint tables of the official SDK; docs/aliyun.md, endpoints
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ecsward::cloud {

enum class Product {
  kSms,    // dysmsapi 2017-05-25
  kVoice,  // dyvmsapi 2017-05-25: one host for all regions
  kMail,   // dm 2015-11-23: sender addresses belong to a region, and its host knows only its own
};

// The public host for who sits in `region` ("cn-hangzhou"; "" is the mainland's).
// Endpoint(Product::kMail, "us-east-1") → "dm.us-east-1.aliyuncs.com"
std::string Endpoint(Product product, std::string_view region);

struct ParsedEndpoint {
  std::string url;   // "https://dm.aliyuncs.com/"
  std::string host;  // as the Host header has it, and so as it is signed: "127.0.0.1:8080"
};

// Takes a host with or without port, or a URL without a path. http:// only to a loopback address:
// what is signed carries a token that must not be read on the way.
// errors: kInvalidArgument
Result<ParsedEndpoint> ParseEndpoint(std::string_view text);

}  // namespace ecsward::cloud
