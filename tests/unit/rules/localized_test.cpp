#include "rules/localized.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

const LabelPairs kBoth = {{"runbook", "r"}, {"summary", "disk full"}, {"summary_zh", "磁盘已满"}};

TEST(Localized, PutsChineseInThePlaceOfEnglish) {
  EXPECT_EQ(Localized(kBoth, "zh"), (LabelPairs{{"runbook", "r"}, {"summary", "磁盘已满"}}));
}

TEST(Localized, LeavesChineseOutForEnglish) {
  EXPECT_EQ(Localized(kBoth, "en"), (LabelPairs{{"runbook", "r"}, {"summary", "disk full"}}));
}

TEST(Localized, WithoutALanguageChangesNothing) { EXPECT_EQ(Localized(kBoth, ""), kBoth); }

TEST(Localized, TakesATextThatIsThereInOneLanguageOnly) {
  EXPECT_EQ(Localized({{"hint_zh", "重启"}}, "zh"), (LabelPairs{{"hint", "重启"}}));
}

TEST(Localized, KnowsOtherUnderscores) {
  EXPECT_EQ(Localized({{"_zh", "a"}, {"runbook_url", "u"}}, "en"),
            (LabelPairs{{"_zh", "a"}, {"runbook_url", "u"}}));
}

}  // namespace
}  // namespace ecsward
