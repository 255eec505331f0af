#include "rules/promql/ast.h"

#include "rules/promql/functions.h"

namespace ecsward::promql {
namespace {

// In the order of the enumerations.
constexpr std::string_view kValueTypes[] = {"none", "scalar", "instant vector", "range vector",
                                            "string"};
constexpr std::string_view kBinaryOps[] = {
    "+", "-", "*", "/", "%", "^", "atan2", "==", "!=", "<", "<=", ">", ">=", "and", "or", "unless"};
constexpr std::string_view kAggregateOps[] = {
    "sum",    "avg",  "min",     "max",      "count",        "group", "stddev",
    "stdvar", "topk", "bottomk", "quantile", "count_values", "limitk"};

}  // namespace

std::string_view ToString(ValueType type) { return kValueTypes[static_cast<std::size_t>(type)]; }
std::string_view ToString(BinaryOp op) { return kBinaryOps[static_cast<std::size_t>(op)]; }
std::string_view ToString(AggregateOp op) { return kAggregateOps[static_cast<std::size_t>(op)]; }

bool IsComparison(BinaryOp op) { return op >= BinaryOp::kEqual && op <= BinaryOp::kGreaterEqual; }
bool IsSetOperator(BinaryOp op) { return op >= BinaryOp::kAnd; }

ValueType Call::type() const { return function->result; }

}  // namespace ecsward::promql
