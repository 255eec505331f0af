#include "exporters/notify/channels/mail_address.h"

#include <gtest/gtest.h>

namespace ecsward::notify {
namespace {

TEST(ParseMailAddress, TakesBareAddresses) {
  EXPECT_EQ(*ParseMailAddress(" ops@example.com "), (MailAddress{"", "ops@example.com"}));
  EXPECT_EQ(*ParseMailAddress("<ops+a.b@mx-1.example.com>"),
            (MailAddress{"", "ops+a.b@mx-1.example.com"}));
  EXPECT_EQ(*ParseMailAddress("root@localhost"), (MailAddress{"", "root@localhost"}));
}

TEST(ParseMailAddress, TakesNames) {
  EXPECT_EQ(*ParseMailAddress("值班 运维 <ops@example.com>"),
            (MailAddress{"值班 运维", "ops@example.com"}));
  EXPECT_EQ(*ParseMailAddress(R"("Ops, \"night\"" <ops@example.com>)"),
            (MailAddress{R"(Ops, "night")", "ops@example.com"}));
}

TEST(ParseMailAddress, RefusesWhatIsNone) {
  for (const char* text :
       {"", "ops", "@example.com", "ops@", "ops@.example.com", "ops@example..com", ".ops@x.example",
        "o..ps@x.example", "ops@x.example.", "a b@x.example", "ops@x.example>", "ops@exa mple.com",
        "Ops <ops@x.example", "<<ops@x.example>", "值班@x.example", "ops@例子.example",
        "\"Ops <ops@x.example>", "\"Ops\" x <ops@x.example>", "ops@x.example, b@x.example"}) {
    const auto address = ParseMailAddress(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(address.error().message.find('\n'), std::string::npos);
  }
  EXPECT_FALSE(ParseMailAddress(std::string(65, 'a') + "@x.example"));
  EXPECT_TRUE(ParseMailAddress(std::string(64, 'a') + "@x.example"));
  EXPECT_FALSE(ParseMailAddress("a@" + std::string(253, 'b')));
}

TEST(ParseMailAddress, RefusesWhatCouldBeginAnotherHeaderOrCommand) {
  EXPECT_FALSE(ParseMailAddress("ops@x.example\r\nBcc: y@x.example"));
  EXPECT_FALSE(ParseMailAddress("ops@x.example>\r\nRCPT TO:<y@x.example"));
  EXPECT_FALSE(ParseMailAddress("Ops\r\nBcc: y@x.example <ops@x.example>"));
  EXPECT_FALSE(ParseMailAddress("O\tps <ops@x.example>"));
  EXPECT_FALSE(ParseMailAddress("\xFFOps <ops@x.example>"));
}

TEST(ParseMailAddresses, SplitsAtCommas) {
  const auto two = ParseMailAddresses(R"("Ops, night" <a@x.example>, b@x.example)");
  ASSERT_TRUE(two);
  EXPECT_EQ(*two, (std::vector<MailAddress>{{"Ops, night", "a@x.example"}, {"", "b@x.example"}}));
  EXPECT_FALSE(ParseMailAddresses("a@x.example,"));
  EXPECT_FALSE(ParseMailAddresses(R"("a\",b" <a@x.example>, c)"));
}

TEST(DomainOf, IsBehindTheSign) {
  EXPECT_EQ(DomainOf("a@b.example"), "b.example");
  EXPECT_EQ(DomainOf("b.example"), "b.example");
}

}  // namespace
}  // namespace ecsward::notify
