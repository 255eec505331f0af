#include "cloud/signing.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/unit/base/fake_network.h"
#include "tests/unit/source_folder.h"

namespace ecsward::cloud {
namespace {

nlohmann::json Vectors() {
  std::ifstream file(SourceFolder() / "tests/fixtures/aliyun/signature-vectors.json");
  return nlohmann::json::parse(file).at("vectors");
}

// Every request that the official SDK signed, step by step as it did.
TEST(Acs3Signature, IsTheOfficialSdksInAll36Vectors) {
  const TestDigests digests;
  std::size_t checked = 0;
  for (const auto& vector : Vectors()) {
    SCOPED_TRACE(vector.at("id").get<std::string>());
    Parameters query;
    for (const auto& [name, value] : vector.at("query").items()) query.emplace_back(name, value);
    HttpHeaders headers;
    for (const auto& [name, value] : vector.at("headers").items())
      headers.emplace_back(name, value);
    const std::string hash = Sha256Hex(digests, vector.at("body").get<std::string>());
    EXPECT_EQ(hash, vector.at("bodySha256"));

    const CanonicalRequest request = Canonicalize(vector.at("method").get<std::string>(),
                                                  vector.at("pathname").get<std::string>(),
                                                  CanonicalQuery(query), headers, hash);
    EXPECT_EQ(request.text, vector.at("expectedCanonicalRequest"));
    EXPECT_EQ(StringToSign(digests, request.text), vector.at("expectedStringToSign"));
    EXPECT_EQ(Authorization(digests, request, vector.at("accessKeyId").get<std::string>(),
                            Secret(vector.at("accessKeySecret").get<std::string>())),
              vector.at("expectedAuthorization"));
    ++checked;
  }
  EXPECT_EQ(checked, 36u);
  RecordProperty("vectors", static_cast<int>(checked));
  std::printf("checked %zu vectors\n", checked);
}

TEST(CanonicalQuery, SortsByTheNamesBytesAndKeepsEmptyValues) {
  EXPECT_EQ(CanonicalQuery({{"b", "1 2"}, {"B", ""}, {"A.10", "x"}, {"A.2", "y"}}),
            "A.10=x&A.2=y&B=&b=1%202");
  EXPECT_EQ(CanonicalQuery({}), "");
}

TEST(FormBody, KeepsTheOrderAndEncodesBothSides) {
  EXPECT_EQ(FormBody({{"Subject", "磁盘 95%"}, {"A&B", "+"}}),
            "Subject=%E7%A3%81%E7%9B%98%2095%25&A%26B=%2B");
}

TEST(Canonicalize, JoinsAHeaderThatIsThereTwice) {
  const CanonicalRequest request = Canonicalize(
      "POST", "/", "", {{"X-Acs-A", " b\t"}, {"x-acs-a", "a"}, {"Accept", "never"}}, "hash");
  EXPECT_EQ(request.text, "POST\n/\n\nx-acs-a:a,b\n\nx-acs-a\nhash");
  EXPECT_EQ(request.signed_headers, "x-acs-a");
}

TEST(Canonicalize, SignsOnlyHostContentTypeAndAcsHeaders) {
  const CanonicalRequest request = Canonicalize("GET", "/", "",
                                                {{"Host", "h"},
                                                 {"Content-Type", "t"},
                                                 {"hosts", "no"},
                                                 {"content-types", "no"},
                                                 {"x-ac", "no"}},
                                                "hash");
  EXPECT_EQ(request.signed_headers, "content-type;host");
}

}  // namespace
}  // namespace ecsward::cloud
