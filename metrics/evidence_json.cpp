#include "metrics/evidence_json.h"

#include <nlohmann/json.hpp>

#include "base/json_fields.h"

namespace ecsward {
namespace {

using nlohmann::json;

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
  for (const json& offender : ListAt(object, "offenders")) {
    if (!offender.is_object()) continue;
    list.push_back({TextAt(offender, "name"), NumberAt<std::int64_t>(offender, "pid"),
                    NumberAt<double>(offender, "share"), NumberAt<double>(offender, "amount")});
  }
  return list;
}

std::vector<EvidencePeriod> PeriodsFrom(const json& object) {
  std::vector<EvidencePeriod> list;
  for (const json& item : ListAt(object, "periods")) {
    if (!item.is_object()) continue;
    if (ParseEvidencePeriod(TextAt(item, "what"))) list.push_back(PeriodFromJson(item));
  }
  return list;
}

}  // namespace

json ToJson(const LabelPairs& labels) {
  json object = json::object();
  for (const LabelPair& label : labels) object[label.name] = label.value;
  return object;
}

json ToJson(const EvidencePeriod& period) {
  return {{"what", std::string(ToString(period.what))},
          {"from_ms", period.from_ms},
          {"to_ms", period.to_ms},
          {"total", period.total},
          {"offenders", OffendersToJson(period.offenders)}};
}

EvidencePeriod PeriodFromJson(const json& from) {
  const auto what = ParseEvidencePeriod(TextAt(from, "what"));
  return {what.value_or(EvidencePeriod::What::kWindow), NumberAt<std::int64_t>(from, "from_ms"),
          NumberAt<std::int64_t>(from, "to_ms"), NumberAt<double>(from, "total"),
          OffendersFrom(from)};
}

json ToJson(const std::vector<Evidence>& evidence) {
  json list = json::array();
  for (const Evidence& one : evidence) {
    json item = {{"kind", std::string(ToString(one.kind))},
                 {"time_ms", one.time_ms},
                 {"unit", one.unit},
                 {"note", one.note},
                 {"offenders", OffendersToJson(one.offenders)}};
    for (const EvidencePeriod& period : one.periods) item["periods"].push_back(ToJson(period));
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
