#include "agent/alert_json.h"

#include <nlohmann/json.hpp>

namespace ecsward {
namespace {

using nlohmann::json;

std::string TextAt(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

template <class Number>
Number NumberAt(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number() ? it->get<Number>() : Number{};
}

json OffendersToJson(const std::vector<Offender>& offenders) {
  json list = json::array();
  for (const Offender& offender : offenders) {
    list.push_back({{"name", offender.name},
                    {"pid", offender.pid},
                    {"share", offender.share},
                    {"amount", offender.amount}});
  }
  return list;
}

std::vector<Offender> OffendersFrom(const json& object) {
  std::vector<Offender> list;
  const auto offenders = object.find("offenders");
  if (offenders == object.end() || !offenders->is_array()) return list;
  for (const json& offender : *offenders) {
    if (!offender.is_object()) continue;
    list.push_back({TextAt(offender, "name"), NumberAt<std::int64_t>(offender, "pid"),
                    NumberAt<double>(offender, "share"), NumberAt<double>(offender, "amount")});
  }
  return list;
}

std::vector<EvidencePeriod> PeriodsFrom(const json& object) {
  std::vector<EvidencePeriod> list;
  const auto periods = object.find("periods");
  if (periods == object.end() || !periods->is_array()) return list;
  for (const json& item : *periods) {
    if (!item.is_object()) continue;
    const auto what = ParseEvidencePeriod(TextAt(item, "what"));
    if (!what) continue;
    list.push_back({*what, NumberAt<std::int64_t>(item, "from_ms"),
                    NumberAt<std::int64_t>(item, "to_ms"), NumberAt<double>(item, "total"),
                    OffendersFrom(item)});
  }
  return list;
}

}  // namespace

json ToJson(const LabelPairs& labels) {
  json object = json::object();
  for (const LabelPair& label : labels) object[label.name] = label.value;
  return object;
}

json ToJson(const std::vector<Evidence>& evidence) {
  json list = json::array();
  for (const Evidence& one : evidence) {
    json item = {{"kind", std::string(ToString(one.kind))},
                 {"time_ms", one.time_ms},
                 {"unit", one.unit},
                 {"note", one.note},
                 {"offenders", OffendersToJson(one.offenders)}};
    for (const EvidencePeriod& period : one.periods) {
      item["periods"].push_back({{"what", std::string(ToString(period.what))},
                                 {"from_ms", period.from_ms},
                                 {"to_ms", period.to_ms},
                                 {"total", period.total},
                                 {"offenders", OffendersToJson(period.offenders)}});
    }
    list.push_back(std::move(item));
  }
  return list;
}

std::string Dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<json> ParseJson(std::string_view text) {
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return Fail(ErrorCode::kParse, "not JSON");
  return value;
}

LabelPairs LabelsFromJson(const json& value) {
  LabelPairs labels;
  if (!value.is_object()) return labels;
  for (const auto& [name, text] : value.items()) {
    if (text.is_string()) labels.push_back({name, text.get<std::string>()});
  }
  return Normalized(std::move(labels));
}

std::vector<Evidence> EvidenceFromJson(const json& value) {
  std::vector<Evidence> list;
  if (!value.is_array()) return list;
  for (const json& item : value) {
    if (!item.is_object()) continue;
    const auto kind = ParseEvidenceKind(TextAt(item, "kind"));
    if (!kind) continue;
    list.push_back({*kind, NumberAt<std::int64_t>(item, "time_ms"), TextAt(item, "unit"),
                    OffendersFrom(item), TextAt(item, "note"), PeriodsFrom(item)});
  }
  return list;
}

}  // namespace ecsward
