#include "exporters/prometheus/address.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

bool In(const char* network, const char* address) {
  const auto n = ParseCidr(network);
  const auto a = ParseCidr(address);  // an address is a network of one
  EXPECT_TRUE(n && a) << network << " " << address;
  return n && a && Contains(*n, a->network);
}

TEST(Cidr, ContainsItsAddresses) {
  EXPECT_TRUE(In("10.0.0.0/8", "10.255.1.2"));
  EXPECT_FALSE(In("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(In("172.16.0.0/12", "172.31.255.255"));
  EXPECT_FALSE(In("172.16.0.0/12", "172.32.0.0"));
  EXPECT_TRUE(In("100.64.0.0/10", "100.100.100.200"));
  EXPECT_TRUE(In("fe80::/10", "febf::1"));
  EXPECT_FALSE(In("fe80::/10", "fec0::1"));
  EXPECT_TRUE(In("0.0.0.0/0", "8.8.8.8"));
  EXPECT_TRUE(In("127.0.0.1", "127.0.0.1"));
}

TEST(Cidr, TreatsMappedAddressesAsIpv4) {
  EXPECT_TRUE(In("10.0.0.0/8", "::ffff:10.1.2.3"));
  EXPECT_TRUE(In("::ffff:10.0.0.0/104", "10.1.2.3"));
  EXPECT_FALSE(In("::/0", "10.1.2.3"));
  EXPECT_FALSE(In("0.0.0.0/0", "::1"));
}

TEST(Cidr, SaysWhatItWants) {
  for (const char* bad : {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0/8",
                          "10.0.0.0/8x", "localhost", "1.2.3.4/8", "fe80::1%eth0/64"}) {
    EXPECT_FALSE(ParseCidr(bad)) << bad;
  }
  EXPECT_EQ(ParseCidr("10.1.2.3/8").error().message,
            "want \"10.0.0.0/8\" or one address, got \"10.1.2.3/8\"");
}

TEST(ListenAddress, IsAnAddressAndAPort) {
  const auto v4 = ParseListenAddress("0.0.0.0:9100");
  ASSERT_TRUE(v4);
  EXPECT_EQ(*v4, (ListenAddress{"0.0.0.0", false, 9100}));
  const auto v6 = ParseListenAddress("[::]:0");
  ASSERT_TRUE(v6);
  EXPECT_EQ(*v6, (ListenAddress{"::", true, 0}));
  for (const char* bad : {"", ":9100", "9100", "0.0.0.0", "0.0.0.0:", "0.0.0.0:65536", "::9100",
                          "[0.0.0.0]:1", "[::]", "localhost:1", "[::]:-1", "[]:1", "]:1", "[:1"}) {
    EXPECT_FALSE(ParseListenAddress(bad)) << bad;
  }
}

}  // namespace
}  // namespace ecsward
