#include "agent/daemon_settings.h"

#include <charconv>
#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>

#include "agent/api_json.h"
#include "metrics/evidence_json.h"

namespace ecsward {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

template <class Number>
void Take(const json& object, const char* key, Number& into) {
  const auto it = object.find(key);
  if (it != object.end() && it->is_number()) into = it->get<Number>();
}

void Take(const json& object, const char* key, milliseconds& into) {
  std::int64_t count = into.count();
  Take(object, key, count);
  into = milliseconds(count);
}

void Take(const json& object, const char* key, std::string& into) {
  const auto it = object.find(key);
  if (it != object.end() && it->is_string()) into = it->get<std::string>();
}

void Take(const json& object, const char* key, LabelPairs& into) {
  const auto it = object.find(key);
  if (it != object.end()) into = LabelsFromJson(*it);
}

Result<json> ParseKind(std::string_view text, bool list) {
  auto value = ParseJson(text);
  if (!value || (list ? !value->is_array() : !value->is_object())) {
    return Fail(ErrorCode::kParse, "the daemon's answer is not to be understood");
  }
  return value;
}

// JSON has no NaN.
double NumberFrom(const std::string& text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  double value = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

AlertState StateFrom(std::string_view text) {
  for (const AlertState state : {AlertState::kPending, AlertState::kFiring}) {
    if (ToString(state) == text) return state;
  }
  return AlertState::kInactive;
}

}  // namespace

DaemonSettings SettingsFrom(const AlertingConfig& alerting, std::string_view hostname) {
  DaemonSettings settings;
  RuleEngineOptions& rules = settings.rules;
  rules.evaluation_interval_ms =
      std::chrono::duration_cast<milliseconds>(alerting.evaluation_interval).count();
  rules.query.lookback = alerting.lookback_delta;
  // As Prometheus has it: a subquery without a step takes the evaluation interval.
  rules.query.default_subquery_step = milliseconds(rules.evaluation_interval_ms);
  rules.query.max_samples = alerting.max_samples;
  rules.external_labels = ExternalLabelsOf(alerting, hostname);
  rules.external_url = alerting.external_url;
  rules.outage_tolerance_ms = alerting.for_outage_tolerance.count();
  rules.grace_period_ms = alerting.for_grace_period.count();
  rules.language = alerting.language;
  settings.target_labels = TargetLabelsOf(alerting, hostname);
  return settings;
}

std::string ToText(const DaemonSettings& settings) {
  const RuleEngineOptions& rules = settings.rules;
  return Dump({{"now_ms", settings.now_ms},
               {"evaluation_interval_ms", rules.evaluation_interval_ms},
               {"lookback_ms", rules.query.lookback.count()},
               {"default_subquery_step_ms", rules.query.default_subquery_step.count()},
               {"max_samples", rules.query.max_samples},
               {"outage_tolerance_ms", rules.outage_tolerance_ms},
               {"grace_period_ms", rules.grace_period_ms},
               {"external_labels", ToJson(rules.external_labels)},
               {"external_url", rules.external_url},
               {"language", rules.language},
               {"target_labels", ToJson(settings.target_labels)}});
}

Result<DaemonSettings> ParseSettings(std::string_view text) {
  const auto value = ParseKind(text, false);
  if (!value) return Error(value.error());
  DaemonSettings settings;
  RuleEngineOptions& rules = settings.rules;
  Take(*value, "now_ms", settings.now_ms);
  Take(*value, "evaluation_interval_ms", rules.evaluation_interval_ms);
  Take(*value, "lookback_ms", rules.query.lookback);
  Take(*value, "default_subquery_step_ms", rules.query.default_subquery_step);
  Take(*value, "max_samples", rules.query.max_samples);
  Take(*value, "outage_tolerance_ms", rules.outage_tolerance_ms);
  Take(*value, "grace_period_ms", rules.grace_period_ms);
  Take(*value, "external_labels", rules.external_labels);
  Take(*value, "external_url", rules.external_url);
  Take(*value, "language", rules.language);
  Take(*value, "target_labels", settings.target_labels);
  return settings;
}

std::string ToText(const std::vector<RuleAlert>& alerts) {
  json list = json::array();
  for (const RuleAlert& of : alerts) {
    const Alert& alert = of.alert;
    list.push_back({{"group", of.group_key},
                    {"rule", of.rule},
                    {"labels", ToJson(alert.labels)},
                    {"annotations", ToJson(alert.annotations)},
                    {"state", std::string(ToString(alert.state))},
                    {"value", ApiNumber(alert.value)},
                    {"active_at_ms", alert.active_at_ms},
                    {"fired_at_ms", alert.fired_at_ms},
                    {"resolved_at_ms", alert.resolved_at_ms},
                    {"evidence", ToJson(alert.evidence)}});
  }
  return Dump(list);
}

Result<std::vector<RuleAlert>> ParseAlerts(std::string_view text) {
  const auto list = ParseKind(text, true);
  if (!list) return Error(list.error());
  std::vector<RuleAlert> alerts;
  for (const json& item : *list) {
    if (!item.is_object()) continue;
    RuleAlert of;
    std::string state, value;
    Take(item, "group", of.group_key);
    Take(item, "rule", of.rule);
    Take(item, "labels", of.alert.labels);
    Take(item, "annotations", of.alert.annotations);
    Take(item, "state", state);
    Take(item, "value", value);
    Take(item, "active_at_ms", of.alert.active_at_ms);
    Take(item, "fired_at_ms", of.alert.fired_at_ms);
    Take(item, "resolved_at_ms", of.alert.resolved_at_ms);
    of.alert.state = StateFrom(state);
    of.alert.value = NumberFrom(value);
    if (const auto it = item.find("evidence"); it != item.end()) {
      of.alert.evidence = EvidenceFromJson(*it);
    }
    alerts.push_back(std::move(of));
  }
  return alerts;
}

std::string ToText(const std::vector<RuleStatus>& rules) {
  json list = json::array();
  for (const RuleStatus& rule : rules) {
    list.push_back({{"file", rule.file},
                    {"group", rule.group},
                    {"rule", rule.rule},
                    {"type", rule.alerting ? "alerting" : "recording"},
                    {"health", rule.evaluated_at_ms == 0 ? "unknown"
                               : rule.healthy            ? "ok"
                                                         : "err"},
                    {"last_error", rule.last_error},
                    {"evaluated_at_ms", rule.evaluated_at_ms},
                    {"took_seconds", std::chrono::duration<double>(rule.took).count()}});
  }
  return Dump(list);
}

}  // namespace ecsward
