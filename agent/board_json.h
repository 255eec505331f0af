// What the boards hold (collectors/host_boards.h), as JSON on the control socket and with `--json`.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "collectors/ports/port_board.h"

namespace ecsward {

std::string_view ToString(PortVerdict verdict);  // "not judged", "loopback", …

nlohmann::json ToJson(const PortListener& listener);
nlohmann::json ToJson(const ExpectedPort& expected);
std::string ToText(const PortPicture& picture);

// Reads back what ToText writes; what is not there, or not what it should be, is left out: the text
// may come from another version. errors: kParse when it is no JSON
Result<PortPicture> ParsePorts(std::string_view text);
PortListener ListenerFromJson(const nlohmann::json& json);
ExpectedPort ExpectedFromJson(const nlohmann::json& json);

}  // namespace ecsward
