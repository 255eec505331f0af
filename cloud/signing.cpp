#include "cloud/signing.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <vector>

namespace ecsward::cloud {
namespace {

constexpr std::string_view kAlgorithm = "ACS3-HMAC-SHA256";

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool IsSigned(std::string_view lower_case_name) {
  return lower_case_name.starts_with("x-acs-") || lower_case_name == "host" ||
         lower_case_name == "content-type";
}

std::string_view Bytes(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

std::string CanonicalQuery(const Parameters& query) {
  std::vector<const Parameters::value_type*> sorted;
  for (const auto& parameter : query) sorted.push_back(&parameter);
  // std::string compares bytes as unsigned, which is the order asked for.
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  std::string text;
  for (const auto* parameter : sorted) {
    if (!text.empty()) text += '&';
    text += parameter->first + '=' + PercentEncode(parameter->second);
  }
  return text;
}

std::string FormBody(const Parameters& form) {
  std::string text;
  for (const auto& [name, value] : form) {
    if (!text.empty()) text += '&';
    text += PercentEncode(name) + '=' + PercentEncode(value);
  }
  return text;
}

CanonicalRequest Canonicalize(std::string_view method, std::string_view path,
                              std::string_view query, const HttpHeaders& headers,
                              std::string_view body_sha256) {
  std::map<std::string, std::vector<std::string_view>> by_name;
  for (const auto& [name, value] : headers) {
    std::string lower = LowerCase(name);
    if (IsSigned(lower)) by_name[std::move(lower)].push_back(Trim(value));
  }
  CanonicalRequest request;
  request.text = std::string(method) + '\n' + std::string(path) + '\n' + std::string(query) + '\n';
  for (auto& [name, values] : by_name) {
    std::sort(values.begin(), values.end());
    request.text += name + ':';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) request.text += ',';
      request.text += values[i];
    }
    request.text += '\n';
    if (!request.signed_headers.empty()) request.signed_headers += ';';
    request.signed_headers += name;
  }
  request.text += '\n' + request.signed_headers + '\n' + std::string(body_sha256);
  return request;
}

std::string StringToSign(const Digests& digests, std::string_view canonical_request) {
  return std::string(kAlgorithm) + '\n' + Sha256Hex(digests, canonical_request);
}

std::string Authorization(const Digests& digests, const CanonicalRequest& request,
                          std::string_view access_key_id, const Secret& access_key_secret) {
  const Sha256Digest signature =
      digests.HmacSha256(access_key_secret.Reveal(), StringToSign(digests, request.text));
  return std::string(kAlgorithm) + " Credential=" + std::string(access_key_id) +
         ",SignedHeaders=" + request.signed_headers + ",Signature=" + HexLower(Bytes(signature));
}

std::string Sha256Hex(const Digests& digests, std::string_view bytes) {
  const Sha256Digest digest = digests.Sha256(bytes);
  return HexLower(Bytes(digest));
}

}  // namespace ecsward::cloud
