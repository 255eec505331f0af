#include "collectors/systemd/bus_wire.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/systemd/bus_bytes.h"

namespace ecsward {
namespace {

using namespace std::string_literals;

TEST(AppendBusCall, IsWhatTheSpecificationSays) {
  std::string bytes;
  AppendBusCall({"a.b", "/p", "a.b", "Get"}, 7, bytes);
  EXPECT_EQ(bytes,
            "l\1\2\1\0\0\0\0\7\0\0\0<\0\0\0"s  // call, no auto-start, version 1; 60 bytes of fields
            "\1\1o\0\2\0\0\0/p\0\0\0\0\0\0"s   // path
            "\2\1s\0\3\0\0\0a.b\0\0\0\0\0"s    // interface
            "\3\1s\0\3\0\0\0Get\0\0\0\0\0"s    // member
            "\6\1s\0\3\0\0\0a.b\0"s.append(4, '\0'));  // destination, padded to the body
}

TEST(AppendBusCall, CarriesStringsAndArraysOfThem) {
  const std::array<std::string_view, 2> strings{"i", "n"};
  std::string two;
  AppendBusCall({"a.b", "/p", "a.b", "Get", strings}, 1, two);
  const auto whole = BusMessageSize(std::string_view(two).substr(0, kBusFixedBytes));
  ASSERT_TRUE(whole);
  EXPECT_EQ(*whole, two.size());
  const auto message = ParseBusMessage(two);
  ASSERT_TRUE(message) << message.error().message;
  EXPECT_EQ(message->signature, "ss");
  EXPECT_EQ(message->body, "\1\0\0\0i\0\0\0\1\0\0\0n\0"s);

  std::string array;
  AppendBusCall({"a.b", "/p", "a.b", "Get", strings, true}, 1, array);
  const auto other = ParseBusMessage(array);
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_EQ(other->signature, "as");
  EXPECT_EQ(other->body, "\x0e\0\0\0\1\0\0\0i\0\0\0\1\0\0\0n\0"s);
}

TEST(ParseBusMessage, FindsWhatIsAnswered) {
  const std::string bytes = BusReply(42, "v", "\1s\0\0\1\0\0\0x\0"s);
  const auto message = ParseBusMessage(bytes);
  ASSERT_TRUE(message) << message.error().message;
  EXPECT_EQ(message->type, BusMessage::Type::kReturn);
  EXPECT_EQ(message->reply_to, 42u);
  EXPECT_EQ(message->signature, "v");
  const auto value = ParseBusVariant(message->body);
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(std::get<std::string>(*value), "x");
}

TEST(ParseBusMessage, FindsWhyACallFailed) {
  const auto bytes = BusErrorReply(3, "org.freedesktop.DBus.Error.UnknownProperty");
  const auto message = ParseBusMessage(bytes);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->type, BusMessage::Type::kError);
  EXPECT_EQ(message->error_name, "org.freedesktop.DBus.Error.UnknownProperty");
}

TEST(ParseBusMessage, RefusesWhatIsCutOff) {
  const std::string whole = BusReply(42, "v", "\1s\0\0\1\0\0\0x\0"s);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ParseBusMessage(whole.substr(0, size))) << size;
  }
}

TEST(ParseBusMessage, SurvivesEveryChangedByte) {
  const std::string whole = BusReply(42, "v", "\1s\0\0\1\0\0\0x\0"s);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = whole;
      changed[at] = static_cast<char>(value);
      if (const auto message = ParseBusMessage(changed)) (void)ParseBusVariant(message->body);
    }
  }
}

TEST(BusMessageSize, RefusesOtherOrdersVersionsAndLengths) {
  const std::string good = "l\2\1\1\0\0\0\0\1\0\0\0\0\0\0\0"s;
  EXPECT_EQ(BusMessageSize(good).value_or(0), 16u);
  EXPECT_FALSE(BusMessageSize("B\2\1\1\0\0\0\0\1\0\0\0\0\0\0\0"s));
  EXPECT_FALSE(BusMessageSize("l\2\1\2\0\0\0\0\1\0\0\0\0\0\0\0"s));
  EXPECT_FALSE(BusMessageSize("l\2\1\1\xff\xff\xff\xff\1\0\0\0\0\0\0\0"s));
  EXPECT_FALSE(BusMessageSize("l\2\1\1\0\0\0\0\1\0\0\0\xff\xff\xff\xff"s));
  EXPECT_FALSE(BusMessageSize("HTTP/1.1 400 Bad"s));
  EXPECT_FALSE(BusMessageSize(""));
}

TEST(ParseBusVariant, TakesBasicTypesOnly) {
  EXPECT_EQ(std::get<std::uint64_t>(*ParseBusVariant("\1u\0\0\5\0\0\0"s)), 5u);
  EXPECT_EQ(std::get<std::uint64_t>(*ParseBusVariant("\1t\0\0\0\0\0\0\5\0\0\0\0\0\0\1"s)),
            (std::uint64_t{1} << 56U) + 5);
  EXPECT_EQ(std::get<std::int64_t>(*ParseBusVariant("\1i\0\0\xff\xff\xff\xff"s)), -1);
  EXPECT_EQ(std::get<std::int64_t>(*ParseBusVariant("\1b\0\0\1\0\0\0"s)), 1);
  EXPECT_FALSE(ParseBusVariant("\1b\0\0\2\0\0\0"s));  // a boolean is 0 or 1
  EXPECT_FALSE(ParseBusVariant("\2as\0\0\0\0\0"s));
  EXPECT_FALSE(ParseBusVariant("\1v\0\1v\0"s));
  EXPECT_FALSE(ParseBusVariant("\1s\0\0\xff\xff\xff\xffx\0"s));
  EXPECT_FALSE(ParseBusVariant("\1s\0\0\1\0\0\0xy"s));  // no zero at the end
  EXPECT_FALSE(ParseBusVariant(""));
}

TEST(ParseBusUnits, TakesNameAndStates) {
  const std::string body = BusUnitList({{"a.service", "loaded", "active", "running"},
                                        {"b@x\\x2dy.service", "loaded", "failed", "failed"}});
  std::vector<BusUnit> units;
  const auto ok = ParseBusUnits(body, units);
  ASSERT_TRUE(ok) << ok.error().message;
  ASSERT_EQ(units.size(), 2u);
  EXPECT_EQ(units[0].name, "a.service");
  EXPECT_EQ(units[0].sub_state, "running");
  EXPECT_EQ(units[1].name, "b@x\\x2dy.service");
  EXPECT_EQ(units[1].active_state, "failed");
  EXPECT_TRUE(ParseBusUnits(BusUnitList({}), units));
  EXPECT_TRUE(units.empty());
}

TEST(ParseBusUnits, NamesTheUnitThatIsCutOff) {
  const std::string body = BusUnitList(
      {{"a.service", "loaded", "active", "running"}, {"b.service", "loaded", "failed", "failed"}});
  std::vector<BusUnit> units;
  std::string cut = body.substr(0, body.size() - 30);
  EXPECT_FALSE(ParseBusUnits(cut, units));  // the array is longer than the bytes
  const auto length = static_cast<std::uint32_t>(cut.size() - 8);
  std::memcpy(cut.data(), &length, sizeof length);
  const auto ok = ParseBusUnits(cut, units);
  ASSERT_FALSE(ok);
  EXPECT_EQ(ok.error().message, "unit 2: cut off");
}

}  // namespace
}  // namespace ecsward
