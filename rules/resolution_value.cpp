#include "rules/resolution_value.h"

#include <algorithm>

#include "rules/alert_templates.h"
#include "rules/promql/parser.h"

namespace ecsward {
namespace {

// The side of a comparison that gives the result its values.
const promql::Expr& ComparedSide(const promql::Binary& comparison) {
  return comparison.lhs->type() == promql::ValueType::kScalar ? *comparison.rhs : *comparison.lhs;
}

const promql::Expr* Watched(const promql::Expr& expr, bool compared) {
  if (expr.kind == promql::Kind::kParen) {
    return Watched(*static_cast<const promql::Paren&>(expr).expr, compared);
  }
  if (expr.kind == promql::Kind::kBinary) {
    const auto& binary = static_cast<const promql::Binary&>(expr);
    if (binary.op == promql::BinaryOp::kOr) return nullptr;
    if (IsSetOperator(binary.op)) return Watched(*binary.lhs, compared);
    if (IsComparison(binary.op) && !binary.return_bool) return Watched(ComparedSide(binary), true);
  }
  return compared && expr.type() == promql::ValueType::kVector ? &expr : nullptr;
}

// What is matched on may have taken labels away, never added one.
bool Has(const Labels& all, const Labels& some) {
  for (std::size_t i = 0; i < some.size(); ++i) {
    if (all.Get(some[i].name) != some[i].value) return false;
  }
  return true;
}

bool AreAmong(const Labels& some, const LabelPairs& all) {
  for (std::size_t i = 0; i < some.size(); ++i) {
    if (some[i].name != kMetricName && Get(all, some[i].name) != some[i].value) return false;
  }
  return true;
}

}  // namespace

std::string WatchedExpression(std::string_view expr_text) {
  const auto expr = promql::Parse(expr_text);
  if (!expr) return {};
  const promql::Expr* const watched = Watched(**expr, false);
  if (watched == nullptr) return {};
  const auto [begin, end] = watched->range;
  return std::string(expr_text.substr(begin, end - begin));
}

std::optional<promql::VectorSample> SampleNow(std::string_view expr_text, const Labels& source,
                                              const LabelPairs& alert_labels,
                                              const History& history,
                                              const promql::QueryOptions& options,
                                              std::int64_t time_ms) {
  auto expr = promql::Parse(WatchedExpression(expr_text));
  if (!expr) return std::nullopt;
  promql::Query query(std::move(*expr), history, options);
  promql::Vector scratch;
  const auto result = InstantVector(query, time_ms, scratch);
  if (!result) return std::nullopt;
  std::optional<promql::VectorSample> found;
  for (const promql::VectorSample& sample : **result) {
    const bool same =
        source.empty() ? AreAmong(sample.labels, alert_labels) : Has(sample.labels, source);
    if (!same) continue;
    if (found) return std::nullopt;
    found = sample;
  }
  return found;
}

}  // namespace ecsward
