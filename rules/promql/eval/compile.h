// Expression tree → nodes.
#pragma once

#include "rules/promql/eval/node.h"

namespace ecsward::promql {

// For an expression of that type. Nodes refer to the expression, which outlives them.
ScalarPtr CompileScalar(const Expr& expr, const QueryOptions& options);
VectorPtr CompileVector(const Expr& expr, const QueryOptions& options);
RangePtr CompileRange(const Expr& expr, const QueryOptions& options);

// What stands in parentheses, however many.
const Expr& WithoutParens(const Expr& expr);

}  // namespace ecsward::promql
