// What an expression's form says about its value over time.
#pragma once

#include "rules/promql/ast.h"

namespace ecsward::promql {

// The same at every moment of a run: it asks for no time but those fixed with `@`.
bool IsInvariant(const Expr& expr);

// Whether the value at a moment depends only on samples up to that moment: no negative offset, no
// fixed time.
bool LooksBackOnly(const Expr& expr);

}  // namespace ecsward::promql
