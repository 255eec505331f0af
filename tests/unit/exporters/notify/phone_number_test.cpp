#include "exporters/notify/channels/phone_number.h"

#include <gtest/gtest.h>

namespace ecsward::notify {
namespace {

using Kind = PhoneNumber::Kind;

std::string Digits(std::string_view text, Kind kind) {
  const auto number = ParsePhoneNumber(text);
  if (!number) return number.error().message;
  return number->kind == kind ? number->digits : "another kind";
}

TEST(ParsePhoneNumber, TakesMobileNumbersOfTheMainland) {
  for (const char* text :
       {"13900000000", "+8613900000000", "008613900000000", "+86 139-0000-0000", "(139)00000000"}) {
    EXPECT_EQ(Digits(text, Kind::kMobile), "13900000000") << text;
  }
  EXPECT_EQ(Digits("19900000000", Kind::kMobile), "19900000000");
}

TEST(ParsePhoneNumber, TakesLandlinesOfTheMainland) {
  EXPECT_EQ(Digits("0571-88888888", Kind::kLandline), "057188888888");
  EXPECT_EQ(Digits("+86 571 88888888", Kind::kLandline), "057188888888");
  EXPECT_EQ(Digits("01012345678", Kind::kLandline), "01012345678");
  EXPECT_EQ(Digits("0315-1234567", Kind::kLandline), "03151234567");
  EXPECT_EQ(Digits("021-1234567", Kind::kLandline), "0211234567");
}

TEST(ParsePhoneNumber, TakesNumbersAbroadWithTheirPlus) {
  EXPECT_EQ(Digits("+852 6000 0000", Kind::kAbroad), "85260000000");
  EXPECT_EQ(Digits("0085260000000", Kind::kAbroad), "85260000000");
  EXPECT_EQ(Digits("+123456789012345", Kind::kAbroad), "123456789012345");
  EXPECT_EQ(Digits("+1234567", Kind::kAbroad), "1234567");
}

TEST(ParsePhoneNumber, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "+",
                           "1390000000",
                           "139000000000",
                           "12000000000",
                           "85260000000",
                           "+86139000000000",
                           "+861200000000",
                           "+1234567890123456",
                           "+123456",
                           "+0123456789",
                           "0000571888888",
                           "057",
                           "0571-088888888",
                           "0571-888888",
                           "0571-888888888",
                           "010-123456",
                           "139O0000000",
                           "13900000000,13900000001",
                           "1+3900000000",
                           "++8613900000000",
                           "13900000000\n",
                           "１３９００００００００"}) {
    EXPECT_FALSE(ParsePhoneNumber(text)) << text;
  }
}

TEST(ParsePhoneNumber, SaysWhatIsWanted) {
  EXPECT_EQ(ParsePhoneNumber("85260000000").error().message,
            "want a number such as \"13900000000\" or \"+85260000000\", got \"85260000000\": a "
            "mobile number has 11 digits; abroad begins with \"+\"");
  EXPECT_EQ(ParsePhoneNumber("+86 1390").error().message,
            "want a number such as \"13900000000\" or \"+85260000000\", got \"+86 1390\": +86 is "
            "followed by 11 digits");
}

TEST(CheckSmsNumber, RefusesALandline) {
  EXPECT_FALSE(CheckSmsNumber("0571-88888888"));
  EXPECT_TRUE(CheckVoiceNumber("0571-88888888"));
  EXPECT_TRUE(CheckSmsNumber("13900000000"));
  EXPECT_FALSE(CheckSmsNumber("x"));
  EXPECT_FALSE(CheckVoiceNumber("x"));
}

TEST(MaskedNumber, ShowsNoWholeNumber) {
  EXPECT_EQ(MaskedNumber("13900000000"), "139****0000");
  EXPECT_EQ(MaskedNumber("123456"), "****");
}

}  // namespace
}  // namespace ecsward::notify
