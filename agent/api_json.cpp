#include "agent/api_json.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "metrics/evidence_json.h"

namespace ecsward {
namespace {

std::string Quoted(std::string_view text) { return Dump(std::string(text)); }

std::string Success(std::string_view data) {
  return fmt::format("{{\"status\":\"success\",\"data\":{}}}\n", data);
}

std::string Point(std::int64_t time_ms, double value) {
  return fmt::format("[{},\"{}\"]", ApiTime(time_ms), ApiNumber(value));
}

// [a,b]
template <class Items, class ToText>
std::string List(const Items& items, const ToText& to_text) {
  std::string text = "[";
  for (const auto& item : items) text.append(text.size() > 1 ? "," : "").append(to_text(item));
  return text + "]";
}

std::string MatrixJson(const promql::Matrix& matrix) {
  return List(matrix, [](const promql::MatrixSeries& series) {
    const std::string values =
        List(series.samples, [](const Sample& s) { return Point(s.time_ms, s.value); });
    return fmt::format("{{\"metric\":{},\"values\":{}}}", Dump(ToJson(series.labels.pairs())),
                       values);
  });
}

std::string_view TypeName(promql::ValueType type) {
  switch (type) {
    case promql::ValueType::kScalar:
      return "scalar";
    case promql::ValueType::kString:
      return "string";
    case promql::ValueType::kMatrix:
      return "matrix";
    default:
      return "vector";
  }
}

// Go's %e with the shortest digits.
std::string Scientific(double value) {
  std::array<char, 40> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  return {text.data(), end.ptr};
}

std::string NotFinite(double value) {
  return std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

// Go's %f with the shortest digits that read back the same, and noughts behind them: to_chars in
// its fixed form would write out more digits than there are.
std::string Fixed(double value) {
  const std::string scientific = Scientific(value);
  const auto e = scientific.find('e');
  const int exponent = std::stoi(scientific.substr(e + 1));
  std::string sign, digits;
  for (const char c : scientific.substr(0, e)) {
    if (c == '-') sign = "-";
    if (c >= '0' && c <= '9') digits += c;
  }
  if (exponent < 0) {
    return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  }
  const std::size_t whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0');
  return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace

std::string ApiNumber(double value) {
  if (!std::isfinite(value)) return NotFinite(value);
  if (value != 0 && (std::fabs(value) < 1e-6 || std::fabs(value) >= 1e21)) return Scientific(value);
  return Fixed(value);
}

std::string ApiTime(std::int64_t time_ms) {
  const std::string sign = time_ms < 0 ? "-" : "";
  const std::int64_t size = std::abs(time_ms);
  if (size % 1000 == 0) return fmt::format("{}{}", sign, size / 1000);
  return fmt::format("{}{}.{:03}", sign, size / 1000, size % 1000);
}

std::string Rfc3339(std::int64_t time_ms) {
  std::int64_t seconds = time_ms / 1000, ms = time_ms % 1000;
  if (ms < 0) {
    --seconds;
    ms += 1000;
  }
  std::string fraction;
  if (ms != 0) {
    fraction = fmt::format(".{:03}", ms);
    while (fraction.back() == '0') fraction.pop_back();
  }
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}{}Z", fmt::gmtime(static_cast<std::time_t>(seconds)),
                     fraction);
}

std::string ApiQuery(const promql::Value& value, std::int64_t time_ms) {
  std::string result;
  switch (value.type) {
    case promql::ValueType::kScalar:
      // Unlike a vector's numbers, never with an exponent.
      result =
          fmt::format("[{},\"{}\"]", ApiTime(time_ms),
                      std::isfinite(value.scalar) ? Fixed(value.scalar) : NotFinite(value.scalar));
      break;
    case promql::ValueType::kString:
      result = fmt::format("[{},{}]", ApiTime(time_ms), Quoted(value.string));
      break;
    case promql::ValueType::kMatrix:
      result = MatrixJson(value.matrix);
      break;
    default:
      result = List(value.vector, [time_ms](const promql::VectorSample& sample) {
        return fmt::format("{{\"metric\":{},\"value\":{}}}", Dump(ToJson(sample.labels.pairs())),
                           Point(time_ms, sample.value));
      });
  }
  return Success(
      fmt::format("{{\"resultType\":\"{}\",\"result\":{}}}", TypeName(value.type), result));
}

std::string ApiQueryRange(const promql::Matrix& matrix) {
  return Success(fmt::format("{{\"resultType\":\"matrix\",\"result\":{}}}", MatrixJson(matrix)));
}

std::string ApiAlerts(const std::vector<RuleAlert>& alerts) {
  nlohmann::json list = nlohmann::json::array();
  for (const RuleAlert& of : alerts) {
    const Alert& alert = of.alert;
    if (alert.state == AlertState::kInactive) continue;
    nlohmann::json one = {
        {"labels", ToJson(alert.labels)},
        {"annotations", ToJson(alert.annotations)},
        {"state", std::string(ToString(alert.state))},
        {"activeAt", Rfc3339(alert.active_at_ms)},
        {"value", std::isfinite(alert.value) ? Scientific(alert.value) : NotFinite(alert.value)}};
    if (!alert.evidence.empty()) one["evidence"] = ToJson(alert.evidence);
    list.push_back(std::move(one));
  }
  return Success(Dump({{"alerts", std::move(list)}}));
}

std::string ApiData(std::string_view data) {
  return fmt::format("{{\"status\":\"success\",\"data\":{}}}\n", data);
}

std::string ApiError(std::string_view type, std::string_view message) {
  return fmt::format("{{\"status\":\"error\",\"errorType\":{},\"error\":{}}}\n", Quoted(type),
                     Quoted(message));
}

}  // namespace ecsward
