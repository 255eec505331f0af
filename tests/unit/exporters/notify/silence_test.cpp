#include "exporters/notify/silence.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "tests/unit/exporters/notify/dispatch_world.h"

namespace ecsward::notify {
namespace {

Silence Good() {
  Silence silence;
  silence.id = "7f2c";
  silence.matchers = {Equal("alertname", "X"),
                      *LabelMatcher::Make(MatchType::kNotRegexp, "n", "a.*")};
  silence.starts_at_ms = 1'795'856'400'123;
  silence.ends_at_ms = 1'795'860'000'000;
  silence.updated_at_ms = 1'795'856'400'000;
  silence.created_by = "王";
  silence.comment = "扩容";
  return silence;
}

TEST(StateAt, TheStartBelongsToItTheEndDoesNot) {
  Silence silence;
  silence.starts_at_ms = 10;
  silence.ends_at_ms = 20;
  EXPECT_EQ(StateAt(silence, 9), "pending");
  EXPECT_EQ(StateAt(silence, 10), "active");
  EXPECT_EQ(StateAt(silence, 19), "active");
  EXPECT_EQ(StateAt(silence, 20), "expired");
}

TEST(CheckSilence, SaysWhatIsMissing) {
  const struct {
    std::function<void(Silence&)> spoil;
    const char* message;
  } cases[] = {
      {[](Silence& s) { s.matchers.clear(); }, "a silence needs at least one matcher"},
      {[](Silence& s) { s.matchers.assign(101, Equal("a", "b")); },
       "a silence has at most 100 matchers"},
      {[](Silence& s) {
         s.matchers = {Regexp("n", ".*"), Equal("m", "")};
       },
       "at least one matcher must not match the empty text"},
      {[](Silence& s) { s.matchers.push_back(Equal("a-b", "c")); }, "no name of a label: \"a-b\""},
      {[](Silence& s) { s.starts_at_ms = 0; }, "a silence needs a start"},
      {[](Silence& s) { s.ends_at_ms = s.starts_at_ms; }, "it must end after its start"},
      {[](Silence& s) { s.created_by.clear(); }, "a silence needs an author"},
      {[](Silence& s) { s.comment.clear(); }, "a silence needs a comment"},
  };
  EXPECT_TRUE(CheckSilence(Good()));
  for (const auto& one : cases) {
    Silence silence = Good();
    one.spoil(silence);
    const auto checked = CheckSilence(silence);
    ASSERT_FALSE(checked) << one.message;
    EXPECT_EQ(checked.error().message, one.message);
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(SilenceJson, IsAsAlertmanagerWritesIt) {
  EXPECT_EQ(nlohmann::json::parse(ToJsonText(Good())), nlohmann::json::parse(R"({
    "id": "7f2c", "createdBy": "王", "comment": "扩容",
    "startsAt": "2026-11-28T09:00:00.123Z", "endsAt": "2026-11-28T10:00:00.000Z",
    "updatedAt": "2026-11-28T09:00:00.000Z",
    "matchers": [{"name": "alertname", "value": "X", "isRegex": false, "isEqual": true},
                 {"name": "n", "value": "a.*", "isRegex": true, "isEqual": false}]})"));
}

TEST(SilenceJson, ComesBackAsItWas) {
  const auto back = ParseSilence(ToJsonText(Good()));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->id, "7f2c");
  EXPECT_EQ(back->matchers, Good().matchers);
  EXPECT_EQ(back->starts_at_ms, Good().starts_at_ms);
  EXPECT_EQ(back->ends_at_ms, Good().ends_at_ms);
  EXPECT_EQ(back->updated_at_ms, Good().updated_at_ms);
  EXPECT_EQ(back->created_by, "王");
  EXPECT_EQ(back->comment, "扩容");
}

std::int64_t StartOf(const std::string& time) {
  const auto silence =
      ParseSilence(R"({"startsAt": ")" + time + R"(", "endsAt": "2030-01-01T00:00:00Z"})");
  return silence ? silence->starts_at_ms : -1;
}

TEST(SilenceJson, TakesTimesOfAnyZoneAndPrecision) {
  EXPECT_EQ(StartOf("2026-11-28T17:00:00+08:00"), 1'795'856'400'000);
  EXPECT_EQ(StartOf("2026-11-28T05:30:00-03:30"), 1'795'856'400'000);
  EXPECT_EQ(StartOf("2026-11-28T09:00:00.5Z"), 1'795'856'400'500);
  EXPECT_EQ(StartOf("2026-11-28T09:00:00.123456789Z"), 1'795'856'400'123);
  EXPECT_EQ(StartOf("2024-02-29T00:00:00Z"), 1'709'164'800'000);
}

TEST(SilenceJson, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2026-11-28", "2026-11-28T09:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-11-28T24:00:00Z", "2026-11-28T09:60:00Z", "2026-11-28T09:00:61Z",
        "2026-11-28T09:00:00.Z", "2026-11-28T09:00:00Zx", "2026-11-28T09:00:00+8:00",
        "2026-11-28T09:00:00+24:00", "2026-11-28T09:00:00+08:60", "x026-11-28T09:00:00Z",
        "2026-11-28 09:00:00Z", "2026-11-28T09:00:00 08:00"}) {
    EXPECT_EQ(StartOf(text), -1) << text;
  }
}

TEST(SilenceJson, AMatcherWithoutIsEqualIsAnOldOne) {
  const auto silence = ParseSilence(
      R"({"matchers": [{"name": "a", "value": "b", "isRegex": true}],
          "startsAt": "2026-11-28T09:00:00Z", "endsAt": "2026-11-28T10:00:00Z"})");
  ASSERT_TRUE(silence);
  EXPECT_EQ(silence->matchers, std::vector<LabelMatcher>{Regexp("a", "b")});
}

TEST(SilenceJson, RefusesWhatIsNoSilence) {
  const std::string times =
      R"("startsAt": "2026-11-28T09:00:00Z", "endsAt": "2026-11-28T10:00:00Z")";
  EXPECT_TRUE(ParseSilence("{" + times + "}"));
  for (const std::string& text :
       {std::string("["), std::string("[]"), std::string("{}"),
        "{" + times + R"(, "matchers": [1]})", "{" + times + R"(, "updatedAt": "x"})",
        "{" + times + R"(, "matchers": [{"name": "a", "value": "(", "isRegex": true}]})"}) {
    const auto silence = ParseSilence(text);
    ASSERT_FALSE(silence) << text;
    EXPECT_EQ(silence.error().code, ErrorCode::kParse);
  }
}

}  // namespace
}  // namespace ecsward::notify
