#include "exporters/notify/channels/http_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "exporters/notify/channel_defaults.h"
#include "tests/unit/exporters/notify/channel_world.h"

namespace ecsward::notify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(CheckHttpUrl, TakesHttpAndHttps) {
  for (const char* url : {"http://h", "HTTPS://h/p?q", "http://h:8080/", "http://[::1]:80/x",
                          "http://[::1]", "https://user:pass@h:1/"}) {
    EXPECT_TRUE(CheckHttpUrl(url)) << url;
  }
}

TEST(CheckHttpUrl, RefusesTheRestWithoutRepeatingIt) {
  for (const char* url :
       {"", "h/secret", "ftp://h/secret", "file:///secret", "http://", "http:///p", "http://h:0/",
        "http://h:99999/", "http://h:x/", "http://h:/", "http://h/a secret", "http://h/\n",
        "http://user@/p", "http://:80/"}) {
    const auto result = CheckHttpUrl(url);
    ASSERT_FALSE(result) << url;
    EXPECT_EQ(result.error().message, "want a URL such as \"https://host/path\"");
  }
}

TEST(CheckMobile, KnowsNumbers) {
  for (const char* good : {"13900000000", "+86-13900000000"}) EXPECT_TRUE(CheckMobile(good));
  for (const char* bad : {"", "+", "1234", "139 0000 0000", "all", "1390000000012345678901"}) {
    EXPECT_FALSE(CheckMobile(bad)) << bad;
  }
}

TEST(CheckMessageBytes, WantsRoomForAMessage) {
  EXPECT_TRUE(CheckMessageBytes("500"));
  for (const char* bad : {"", "499", "-500", "5k"}) EXPECT_FALSE(CheckMessageBytes(bad)) << bad;
}

TEST(ChannelOptions, EachKindHasEveryDefaultAndItsNamesOnce) {
  for (const ChannelSpec& spec : AllChannels()) {
    const ChannelSettings settings = DefaultSettings(spec);
    std::set<std::string_view> names;
    for (const ChannelOption& option : spec.options) {
      EXPECT_TRUE(names.insert(option.name).second) << spec.kind << ": " << option.name;
      EXPECT_FALSE(option.help.empty()) << option.name;
      const ChannelSettings::Value& value = settings.Get(option.name);
      EXPECT_FALSE(value.given);
      if (option.fallback.empty()) continue;
      EXPECT_EQ(value.text, option.fallback) << option.name;
      if (option.check != nullptr) {
        EXPECT_TRUE(option.check(option.fallback)) << option.name;
      }
    }
    EXPECT_EQ(FindChannel(spec.kind), &spec);
  }
  EXPECT_EQ(FindChannel("pigeon"), nullptr);
}

TEST(ChannelOptions, UrlsOfChatsAreSecrets) {
  for (const char* kind : {"webhook", "dingtalk", "wecom", "feishu"}) {
    const auto options = FindChannel(kind)->options;
    EXPECT_EQ(options.front().name, "url");
    EXPECT_EQ(options.front().kind, OptionKind::kSecretUrl) << kind;
  }
}

Result<ChannelSettings::Value> Parse(OptionKind kind, std::string_view text) {
  ChannelOption option;
  option.kind = kind;
  return ParseOptionText(option, text);
}

TEST(ParseOptionText, ReadsDurations) {
  const auto ms = [](std::string_view text) { return Parse(OptionKind::kDuration, text)->integer; };
  EXPECT_EQ(ms("1h30m"), 5'400'000);
  EXPECT_EQ(ms("10s"), 10'000);
  EXPECT_EQ(ms("250ms"), 250);
  EXPECT_EQ(ms("1y2w3d"), 31'536'000'000 + 1'209'600'000 + 259'200'000);
  EXPECT_EQ(ms("0"), 0);
  for (const char* bad : {"", "10", "s", "1m1h", "1s1s", "1.5s", "-1s", "9999999999y", "1x"}) {
    EXPECT_FALSE(Parse(OptionKind::kDuration, bad)) << bad;
  }
}

TEST(ParseOptionText, ReadsTheOtherKinds) {
  EXPECT_EQ(Parse(OptionKind::kBool, "true")->integer, 1);
  EXPECT_EQ(Parse(OptionKind::kBool, "false")->integer, 0);
  EXPECT_FALSE(Parse(OptionKind::kBool, "yes"));
  EXPECT_EQ(Parse(OptionKind::kInteger, "-3")->integer, -3);
  EXPECT_FALSE(Parse(OptionKind::kInteger, "3x"));
  EXPECT_THAT(Parse(OptionKind::kList, "a,b,,c")->list, ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(Parse(OptionKind::kList, "")->list, IsEmpty());
}

TEST(ParseOptionText, KeepsASecretOutOfTheText) {
  const auto value = Parse(OptionKind::kSecret, "s3cr3t");
  EXPECT_EQ(value->text, "");
  EXPECT_EQ(value->secret.Reveal(), "s3cr3t");
}

TEST(ParseOptionText, ChecksEachItemOfAList) {
  ChannelOption option;
  option.kind = OptionKind::kList;
  option.check = CheckMobile;
  EXPECT_TRUE(ParseOptionText(option, "13900000000,13900000001"));
  EXPECT_FALSE(ParseOptionText(option, "13900000000,x"));
}

TEST(CheckHttpConfig, FindsContradictions) {
  const auto problems = [](const SettingTexts& texts) { return ProblemsOf("webhook", texts); };
  EXPECT_THAT(problems({}), IsEmpty());
  EXPECT_THAT(problems({{"ca_file", "a"}, {"http_config.tls_config.ca_file", "b"}}),
              ElementsAre(HasSubstr("http_config.tls_config.ca_file: give it, or ca_file")));
  EXPECT_THAT(problems({{"proxy_url", "http://a"}, {"http_config.proxy_url", "http://b"}}),
              ElementsAre(HasSubstr("http_config.proxy_url: give it, or proxy_url")));
  EXPECT_THAT(problems({{"http_config.basic_auth.username", "u"},
                        {"http_config.authorization.credentials", "c"}}),
              ElementsAre(HasSubstr("not both")));
  EXPECT_THAT(problems({{"http_config.basic_auth.password", "p"}}),
              ElementsAre(HasSubstr("username: missing")));
  EXPECT_THAT(problems({{"http_config.authorization.type", "a b"}}),
              ElementsAre(HasSubstr("want one word")));
  EXPECT_THAT(problems({{"http_config.authorization.type", "basic"}}),
              ElementsAre(HasSubstr("basic_auth")));
}

TEST(CheckOfRobots, WantsTheUrlOrTheToken) {
  const std::pair<const char*, const char*> kinds[] = {
      {"dingtalk", "access_token"}, {"wecom", "key"}, {"feishu", "hook_id"}};
  for (const auto& [kind, token] : kinds) {
    EXPECT_THAT(ProblemsOf(kind, {}), ElementsAre(HasSubstr("url: missing")));
    EXPECT_THAT(ProblemsOf(kind, {{"url", "http://h/x"}}), IsEmpty());
    EXPECT_THAT(ProblemsOf(kind, {{token, "t"}}), IsEmpty());
    EXPECT_THAT(ProblemsOf(kind, {{"url", "http://h/x"}, {token, "t"}}),
                ElementsAre(HasSubstr("not both")));
  }
}

}  // namespace
}  // namespace ecsward::notify
