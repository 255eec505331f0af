#include "exporters/notify/time_zone.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>

#include "tests/unit/temp_folder.h"

namespace ecsward::notify {
namespace {

// libc's answers for one zone: it keeps what it read when TZ was set.
class LibcZone {
 public:
  explicit LibcZone(const std::string& name) {
    ::setenv("TZ", (":" + name).c_str(), 1);
    ::tzset();
  }
  ~LibcZone() {
    ::unsetenv("TZ");
    ::tzset();
  }
  static std::int32_t OffsetAt(std::int64_t unix_seconds) {
    const std::time_t time = unix_seconds;
    std::tm parts{};
    ::localtime_r(&time, &parts);
    return static_cast<std::int32_t>(parts.tm_gmtoff);
  }
};

TEST(TimeZone, AgreesWithLibcFrom1902To2100) {
  TimeZones zones;
  for (const char* name :
       {"Asia/Shanghai", "America/New_York", "Europe/London", "Europe/Dublin", "Asia/Kolkata",
        "Australia/Lord_Howe", "Africa/Casablanca", "America/Nuuk", "Pacific/Apia", "Asia/Tehran",
        "America/Sao_Paulo", "Pacific/Chatham", "Asia/Gaza", "Etc/GMT+5", "UTC"}) {
    const auto zone = zones.Find(name);
    ASSERT_TRUE(zone) << zone.error().message;
    const LibcZone libc(name);
    std::size_t wrong = 0;
    // 11 hours and a bit: every hour of the day comes up, and the edges of transitions with it.
    for (std::int64_t at = -2'145'916'800; at < 4'102'444'800; at += 39'607) {
      if ((*zone)->OffsetAt(at) != libc.OffsetAt(at)) ++wrong;
    }
    EXPECT_EQ(wrong, 0u) << name;
  }
}

TEST(TimeZone, ATransitionIsTheFirstMomentOfTheNewTime) {
  TimeZones zones;
  const TimeZone& berlin = **zones.Find("Europe/Berlin");
  EXPECT_EQ(berlin.OffsetAt(1'774'745'999), 3600);  // 2026-03-29T00:59:59Z
  EXPECT_EQ(berlin.OffsetAt(1'774'746'000), 7200);
  EXPECT_EQ(berlin.OffsetAt(2'563'664'399), 7200);  // 2051, by the rule: 29 March 01:00 was before
}

TEST(TimeZones, ReadsAZoneOnceAndFromItsFolder) {
  TempFolder folder;
  const std::string path = folder.path() / "Mine";
  {
    std::ifstream from("/usr/share/zoneinfo/Asia/Tokyo", std::ios::binary);
    std::ofstream(path, std::ios::binary) << from.rdbuf();
  }
  TimeZones zones(folder.path(), path);
  ASSERT_TRUE(zones.Find("Mine"));
  std::filesystem::remove(path);
  EXPECT_EQ((*zones.Find("Mine"))->OffsetAt(0), 9 * 3600);
  EXPECT_FALSE(TimeZones(folder.path(), path).Find("Mine"));
}

TEST(TimeZones, LocalIsTheHostsOwnOrUtc) {
  TimeZones tokyo("/nowhere", "/usr/share/zoneinfo/Asia/Tokyo");
  EXPECT_EQ((*tokyo.Find("Local"))->OffsetAt(0), 9 * 3600);
  TimeZones none("/nowhere", "/nowhere/localtime");
  EXPECT_EQ((*none.Find("Local"))->OffsetAt(0), 0);
  EXPECT_EQ((*none.Find("UTC"))->OffsetAt(0), 0);
  EXPECT_EQ((*none.Find(""))->OffsetAt(0), 0);
}

TEST(TimeZones, RefusesWhatIsNoName) {
  TimeZones zones;
  for (const char* name : {"../../../etc/passwd", "/etc/localtime", "Asia/Shang hai", "a\nb"}) {
    const auto zone = zones.Find(name);
    ASSERT_FALSE(zone) << name;
    EXPECT_EQ(zone.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_FALSE(zones.Find(std::string(100, 'a')));
  const auto unknown = zones.Find("Asia/Beijing");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(unknown.error().message, "unknown time zone \"Asia/Beijing\"");
  const auto text = zones.Find("tzdata.zi");  // a dot: no zone's name has one
  EXPECT_FALSE(text);
}

TEST(ParseTimeZone, RefusesEveryCutAndMostDamage) {
  std::ifstream file("/usr/share/zoneinfo/America/New_York", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  ASSERT_TRUE(TimeZone::Parse(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(TimeZone::Parse(std::string_view(whole).substr(0, size))) << size;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x81);
    if (const auto zone = TimeZone::Parse(damaged)) (void)zone->OffsetAt(1'700'000'000);
  }
}

// Version 1 has 32 bits and no rule: the last transition's time goes on for ever.
TEST(ParseTimeZone, TakesTheFirstVersion) {
  using namespace std::string_literals;
  const std::string text = "TZif\0"s + std::string(15, '\0') +  //
                           "\0\0\0\0"s + "\0\0\0\0"s + "\0\0\0\0"s + "\0\0\0\1"s + "\0\0\0\2"s +
                           "\0\0\0\1"s +                                 //
                           "\0\0\0\144"s +                               // at 100
                           "\1"s +                                       // type 1 begins
                           "\0\0\0\0\0\0"s + "\0\0\16\20\0\0"s + "\0"s;  // UTC, then an hour
  const auto zone = TimeZone::Parse(text);
  ASSERT_TRUE(zone) << zone.error().message;
  EXPECT_EQ(zone->OffsetAt(99), 0);
  EXPECT_EQ(zone->OffsetAt(100), 3600);
  EXPECT_EQ(zone->OffsetAt(4'000'000'000), 3600);
}

std::string OffsetsOf(const char* text, std::initializer_list<std::int64_t> moments) {
  const auto tz = ParsePosixTz(text);
  if (!tz) return tz.error().message;
  std::string out;
  for (const std::int64_t at : moments) out += std::to_string(tz->OffsetAt(at)) + ' ';
  return out;
}

// 1767225600 is 2026-01-01T00:00:00Z, 1782864000 the first of July.
TEST(ParsePosixTz, CountsEastwards) {
  EXPECT_EQ(OffsetsOf("CST-8", {0, 1'782'864'000}), "28800 28800 ");
  EXPECT_EQ(OffsetsOf("<-0330>+3:30:15", {0}), "-12615 ");
}

TEST(ParsePosixTz, KnowsAllKindsOfDays) {
  // The day before, and the day of, each rule's day.
  EXPECT_EQ(OffsetsOf("A1AA0BBB,J60/0,J300/0", {}), "bad TZ rule \"A1AA0BBB,J60/0,J300/0\"");
  EXPECT_EQ(OffsetsOf("AAA0BBB,J60/0,J300/0", {1'772'323'199, 1'772'323'200}),
            "0 3600 ");  // 1 March
  EXPECT_EQ(OffsetsOf("AAA0BBB,J60/0,J300/0", {1'709'251'199, 1'709'251'200}),
            "0 3600 ");  // and 2024
  EXPECT_EQ(OffsetsOf("AAA0BBB,59/0,300/0", {1'772'323'199, 1'772'323'200}), "0 3600 ");
  EXPECT_EQ(OffsetsOf("AAA0BBB,59/0,300/0", {1'709'164'799, 1'709'164'800}), "0 3600 ");  // 29 Feb.
  EXPECT_EQ(OffsetsOf("AAA0BBB-2,M3.5.0/1,M10.5.0/3", {1'774'745'999, 1'774'746'000}), "0 7200 ");
}

TEST(ParsePosixTz, SouthOfTheEquatorSummerGoesOverTheYearsEnd) {
  EXPECT_EQ(OffsetsOf("AEST-10AEDT,M10.1.0,M4.1.0/3", {1'767'225'600, 1'782'864'000}),
            "39600 36000 ");
}

TEST(ParsePosixTz, RefusesWhatIsNoRule) {
  for (const char* text : {"",
                           "C",
                           "CS-8",
                           "CST",
                           "CST-",
                           "CST-25",
                           "CST-8:60",
                           "<CST-8",
                           "<>-8",
                           "CST-8x",
                           "CST-8CD",
                           "CST-8CDT,",
                           "CST-8CDT,M3.2.0",
                           "CST-8CDT,M13.2.0,M11.1.0",
                           "CST-8CDT,M3.6.0,M11.1.0",
                           "CST-8CDT,M3.2.7,M11.1.0",
                           "CST-8CDT,J0,J10",
                           "CST-8CDT,366,1",
                           "CST-8CDT,M3.2.0/168,M11.1.0",
                           "CST-8CDT,M3.2.0,M11.1.0x",
                           "CST-8CDT,M3-2-0,M11.1.0"}) {
    EXPECT_FALSE(ParsePosixTz(text)) << text;
  }
}

}  // namespace
}  // namespace ecsward::notify
