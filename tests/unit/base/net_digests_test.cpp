// The module's digests against the vectors of FIPS 180-4 and RFC 4231, and those that tests use
// in its place against it.
#include <gtest/gtest.h>

#include "base/net.h"
#include "tests/unit/base/fake_network.h"

namespace ecsward {
namespace {

std::string Hex(const Sha256Digest& digest) {
  return HexLower({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

class NetDigests : public testing::Test {
 protected:
  void SetUp() override {
    auto network = LoadNetwork(ECSWARD_MODULE_FOLDER);
    ASSERT_TRUE(network) << network.error().message;
    all_ = {*network, &test_};
  }
  TestDigests test_;
  std::vector<const Digests*> all_;
};

TEST_F(NetDigests, KnowTheAnswersOfSha256) {
  for (const Digests* digests : all_) {
    EXPECT_EQ(Hex(digests->Sha256("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(Hex(digests->Sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(Hex(digests->Sha256(std::string(1'000'000, 'a'))),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }
}

TEST_F(NetDigests, KnowTheAnswersOfHmac) {
  const std::string long_key(131, '\xaa');
  for (const Digests* digests : all_) {
    EXPECT_EQ(Hex(digests->HmacSha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(Hex(digests->HmacSha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(Hex(digests->HmacSha256(std::string(20, '\xaa'), std::string(50, '\xdd'))),
              "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    EXPECT_EQ(Hex(digests->HmacSha256(long_key,
                                      "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    EXPECT_EQ(Hex(digests->HmacSha256("", "")),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    EXPECT_EQ(Hex(digests->HmacSha256({}, {})),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  }
}

TEST_F(NetDigests, RandomHexIsNeverTheSame) {
  const std::string one = all_.front()->RandomHex(16);
  EXPECT_EQ(one.size(), 32U);
  EXPECT_EQ(one.find_first_not_of("0123456789abcdef"), std::string::npos) << one;
  EXPECT_NE(one, all_.front()->RandomHex(16));
  EXPECT_EQ(all_.front()->RandomHex(0), "");
}

TEST_F(NetDigests, TheTestsOwnCount) {
  const TestDigests digests;
  EXPECT_EQ(digests.RandomHex(2), "0001");
  EXPECT_EQ(digests.RandomHex(2), "0002");
}

}  // namespace
}  // namespace ecsward
