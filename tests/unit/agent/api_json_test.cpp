#include "agent/api_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace ecsward {
namespace {

using nlohmann::json;

TEST(ApiNumber, IsWrittenAsGoDoes) {
  EXPECT_EQ(ApiNumber(0), "0");
  EXPECT_EQ(ApiNumber(-0.0), "-0");
  EXPECT_EQ(ApiNumber(1), "1");
  EXPECT_EQ(ApiNumber(-12.5), "-12.5");
  EXPECT_EQ(ApiNumber(0.1), "0.1");
  EXPECT_EQ(ApiNumber(0.00125), "0.00125");
  EXPECT_EQ(ApiNumber(1234567890.25), "1234567890.25");
  EXPECT_EQ(ApiNumber(1e20), "100000000000000000000");
  EXPECT_EQ(ApiNumber(9007199254740993e3), "9007199254740993000");
  EXPECT_EQ(ApiNumber(1e21), "1e+21");
  EXPECT_EQ(ApiNumber(1.5e-7), "1.5e-07");
  EXPECT_EQ(ApiNumber(1e-6), "0.000001");
  EXPECT_EQ(ApiNumber(std::nan("")), "NaN");
  EXPECT_EQ(ApiNumber(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(ApiNumber(-std::numeric_limits<double>::infinity()), "-Inf");
}

TEST(ApiTime, HasThreeDecimalsOrNone) {
  EXPECT_EQ(ApiTime(1'700'000'000'000), "1700000000");
  EXPECT_EQ(ApiTime(1'700'000'000'050), "1700000000.050");
  EXPECT_EQ(ApiTime(-1'500), "-1.500");
  EXPECT_EQ(Rfc3339(1'740'830'400'000), "2025-03-01T12:00:00Z");
  EXPECT_EQ(Rfc3339(1'740'830'400'250), "2025-03-01T12:00:00.25Z");
}

TEST(ApiQuery, AnswersAsPrometheusDoes) {
  LabelTable table;
  promql::Value value;
  value.type = promql::ValueType::kScalar;
  value.scalar = 2;
  EXPECT_EQ(
      ApiQuery(value, 1'500),
      "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1.500,\"2\"]}}\n");
  value.type = promql::ValueType::kString;
  value.string = "a\"b";
  EXPECT_EQ(json::parse(ApiQuery(value, 1'000))["data"],
            json::parse(R"({"resultType": "string", "result": [1, "a\"b"]})"));
  value.type = promql::ValueType::kVector;
  EXPECT_EQ(json::parse(ApiQuery(value, 1'000))["data"],
            json::parse(R"({"resultType": "vector", "result": []})"));
  value.vector.push_back({table.Make(LabelPairs{{"__name__", "up"}, {"job", "node"}}), 1});
  EXPECT_EQ(json::parse(ApiQuery(value, 1'000))["data"]["result"],
            json::parse(R"([{"metric": {"__name__": "up", "job": "node"}, "value": [1, "1"]}])"));
  promql::Matrix matrix{{table.Make(LabelPairs{{"job", "node"}}), {{1'000, 1}, {2'500, 0.5}}}};
  EXPECT_EQ(json::parse(ApiQueryRange(matrix))["data"]["result"],
            json::parse(R"([{"metric": {"job": "node"}, "values": [[1, "1"], [2.500, "0.5"]]}])"));
}

TEST(ApiAlerts, ShowsActiveAlertsWithTheirEvidence) {
  RuleAlert firing{"f;g", "HighLoad", "", {}};
  firing.alert.labels = {{"alertname", "HighLoad"}};
  firing.alert.annotations = {{"summary", "busy"}};
  firing.alert.state = AlertState::kFiring;
  firing.alert.value = 12.5;
  firing.alert.active_at_ms = 1'740'830'400'000;
  firing.alert.evidence = {{EvidenceKind::kCpu, 1, "cores", {{"php-fpm", 7, 0.5, 1}}, ""}};
  RuleAlert resolved = firing;
  resolved.alert.state = AlertState::kInactive;
  const json answer = json::parse(ApiAlerts({firing, resolved}));
  EXPECT_EQ(answer["status"], "success");
  ASSERT_EQ(answer["data"]["alerts"].size(), 1u);
  const json& one = answer["data"]["alerts"][0];
  EXPECT_EQ(one["labels"]["alertname"], "HighLoad");
  EXPECT_EQ(one["annotations"]["summary"], "busy");
  EXPECT_EQ(one["state"], "firing");
  EXPECT_EQ(one["value"], "1.25e+01");
  EXPECT_EQ(one["activeAt"], "2025-03-01T12:00:00Z");
  EXPECT_EQ(one["evidence"][0]["offenders"][0]["name"], "php-fpm");
}

TEST(ApiError, IsQuoted) {
  EXPECT_EQ(ApiError("bad_data", "1:2: \"x\""),
            "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1:2: \\\"x\\\"\"}\n");
}

}  // namespace
}  // namespace ecsward
