#include "base/suggest.h"

#include <gtest/gtest.h>

#include <array>

namespace ecsward {
namespace {

constexpr std::array<std::string_view, 4> kWords{"for", "expr", "filesystem", "diskstats"};

TEST(Suggest, FindsASlipOfTheFinger) {
  EXPECT_EQ(Suggest("fro", kWords), "for");
  EXPECT_EQ(Suggest("filesytem", kWords), "filesystem");
  EXPECT_EQ(Suggest("diskstat", kWords), "diskstats");
}

TEST(Suggest, StaysSilentAboutOtherWords) {
  EXPECT_EQ(Suggest("network", kWords), "");
  EXPECT_EQ(Suggest("", kWords), "");
  EXPECT_EQ(Suggest(std::string(10'000, 'x'), kWords), "");
}

TEST(Suggest, PutsTheHintIntoWords) {
  EXPECT_EQ(DidYouMean("fro", kWords), "; did you mean \"for\"?");
  EXPECT_EQ(DidYouMean("network", kWords), "");
}

}  // namespace
}  // namespace ecsward
