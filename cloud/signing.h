// ACS3-HMAC-SHA256, the signature that Alibaba Cloud's OpenAPI asks for.
//
// A request is written down in one canonical way, and hashed:
//
//   POST                                        method
//   /                                           path
//   PhoneNumbers=139…&SignName=%E9%98%BF        CanonicalQuery: sorted, encoded
//   host:dysmsapi.aliyuncs.com                  signed headers, sorted, names in lower case …
//   x-acs-action:SendSms
//                                               … with an empty line after them
//   host;x-acs-action                           their names
//   e3b0c442…                                   SHA-256 of the body
//
// The HMAC of that hash, with the secret as its key, goes into the Authorization header. All here
// is pure: whoever calls brings time and nonce in as headers. source: docs/aliyun.md, signing;
// judged by tests/fixtures/aliyun/signature-vectors.json
#pragma once

#include <string>
#include <string_view>

#include "base/net.h"
#include "base/secret.h"
#include "cloud/parameters.h"

namespace ecsward::cloud {

// {b: "1 2", B: ""} → "B=&b=1%202". It is the URL's query as well: what is signed is what is sent.
// Only values are encoded; names are taken to need none (see Parameters).
std::string CanonicalQuery(const Parameters& query);

// A form's body, in the order given: "AccountName=ops%40example.com&Subject=…".
std::string FormBody(const Parameters& form);

struct CanonicalRequest {
  std::string text;
  std::string signed_headers;  // "host;x-acs-action;…"
};

// Signed are `host`, `content-type` and all that begins with `x-acs-`, whatever their case; other
// headers may be there. `query` is CanonicalQuery's, `body_sha256` in lower-case hex.
CanonicalRequest Canonicalize(std::string_view method, std::string_view path,
                              std::string_view query, const HttpHeaders& headers,
                              std::string_view body_sha256);

// "ACS3-HMAC-SHA256\n" and the hash of the canonical request.
std::string StringToSign(const Digests& digests, std::string_view canonical_request);

// The value of the Authorization header.
std::string Authorization(const Digests& digests, const CanonicalRequest& request,
                          std::string_view access_key_id, const Secret& access_key_secret);

std::string Sha256Hex(const Digests& digests, std::string_view bytes);

}  // namespace ecsward::cloud
