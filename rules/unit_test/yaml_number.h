// Numbers as YAML 1.1 writes them and Go's YAML reads them into a float.
#pragma once

#include <optional>
#include <string_view>

namespace ecsward {

// 1, -1.5, 1e3, 1_000, 0x1F, 017 and 0o17 (octal), 0b11, .inf, -.Inf, .nan. Nothing for what YAML
// takes for a text, a date or a truth value: `Inf`, `1.2.3`, `yes`.
std::optional<double> ParseYamlNumber(std::string_view text);

}  // namespace ecsward
