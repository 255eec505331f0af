// What PromQL's grammar says about single tokens.
#pragma once

#include <string>

#include "rules/promql/lexer.h"

namespace ecsward::promql {

// Higher binds tighter; those of one level group to the left, ^ alone to the right.
int Precedence(BinaryOp op);

// Most keywords may be the name of a metric or of a label, too.
bool IsMetricWord(const Token& token);
bool IsLabelWord(const Token& token);

bool MayBeginExpr(const Token& token);
bool IsSign(const Token& token);  // + or -

// As Prometheus names a token in its messages: `identifier "foo"`, `<by>`, `<op:*>`, `","`.
std::string Describe(const Token& token);

}  // namespace ecsward::promql
