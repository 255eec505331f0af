// Labels and evidence as JSON: in the state database and on the control socket.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metrics/evidence.h"
#include "metrics/labels.h"

namespace ecsward {

nlohmann::json ToJson(const LabelPairs& labels);               // {"job": "node"}
nlohmann::json ToJson(const std::vector<Evidence>& evidence);  // [{"kind": "cpu", …}]
nlohmann::json ToJson(const EvidencePeriod& period);           // {"what": "window", …}
// On one line; bytes that are not UTF-8 are replaced.
std::string Dump(const nlohmann::json& json);

// What is not there, or not what it should be, is left out: the text may come from another version.
// errors: kParse when it is no JSON, or too long
Result<nlohmann::json> ParseJson(std::string_view text);
LabelPairs LabelsFromJson(const nlohmann::json& json);
EvidencePeriod PeriodFromJson(const nlohmann::json& json);
std::vector<Evidence> EvidenceFromJson(const nlohmann::json& json);

}  // namespace ecsward
