// Text → checked expression tree.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "rules/promql/ast.h"

namespace ecsward::promql {

// What is wrong and where: line and column count from 1, columns in bytes as Prometheus does.
struct ParseError {
  std::size_t line = 1, column = 1;
  std::string message;  // "unexpected right parenthesis ')' in aggregation"
  // "1:14: parse error: unexpected …", as promtool prints it.
  std::string ToString() const;
};

// Parses and type-checks one whole expression. Never throws; nesting is bounded (an error, not an
// overrun of the stack).
tl::expected<ExprPtr, ParseError> Parse(std::string_view text);

// Parses one selector, for the control socket: `node_load1{job="node"}`.
tl::expected<std::vector<LabelMatcher>, ParseError> ParseSelector(std::string_view text);

}  // namespace ecsward::promql
