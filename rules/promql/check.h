// The second half of parsing: whether the tree means something.
#pragma once

#include <string_view>

#include "rules/promql/ast.h"
#include "rules/promql/parser.h"

namespace ecsward::promql {

struct Complaint {
  std::size_t at = 0;  // byte of the text
  std::string message;
};

// Types, arity, matching. Also fills in what follows from the types: a Binary keeps its `matching`
// only between vectors, and set operators match many to many. The first complaint, in Prometheus's
// order, or none.
std::optional<Complaint> CheckTypes(Expr& expr, std::string_view text);

}  // namespace ecsward::promql
