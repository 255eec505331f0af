// The parser itself: recursive descent, with precedence climbing for the binary operators.
//
// The first thing that is wrong ends the parse; tokens are looked at as late as possible, so that
// what is reported is what Prometheus's generated parser reports.
//
// What Prometheus 2.42 does not know yet and later ones do: `_` between digits, durations as
// numbers (`x > 5m`), numbers as durations (`x[300]`, in seconds), limitk.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rules/promql/ast.h"
#include "rules/promql/check.h"
#include "rules/promql/lexer.h"

namespace ecsward::promql {

class ExprParser {
 public:
  explicit ExprParser(std::string_view text) : lexer_(text) {}  // text outlives this

  // Null after an error.
  ExprPtr WholeExpr();
  ExprPtr WholeSelector();
  const std::optional<Complaint>& error() const { return error_; }

 private:
  // How often the parser calls itself, and how high a tree may get: all that walk a tree do so
  // recursively, its destructor included.
  static constexpr int kMaxNesting = 400;
  static constexpr int kMaxHeight = 1000;

  // A part of the tree, or nothing after an error.
  struct Part {
    ExprPtr expr;
    int height = 1;
    explicit operator bool() const { return expr != nullptr; }
  };

  const Token& Peek();
  Token Take();
  bool TakeIf(TokenKind kind);
  // Remembers the first error. Null, for whatever the caller returns then.
  std::nullptr_t Fail(std::size_t at, std::string message);
  // The token at hand may not stand here.
  std::nullptr_t Unexpected(std::string_view where, std::string_view expected);

  // Gives a node its place and height.
  template <class Node>
  Part Finish(std::unique_ptr<Node> node, std::size_t begin, int height) {
    node->range = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(last_end_)};
    if (height > kMaxHeight) return {Fail(begin, "expression is nested too deeply")};
    return {std::move(node), height};
  }

  // Operators: expr_parser.cpp.
  Part ParseExpr(int min_precedence);
  Part ParseBinary(Part left, int precedence);
  bool ParseMatching(Binary& binary);
  bool ParseLabels(std::vector<std::string>& out);
  Part ParseUnary();

  // Ranges, subqueries, offset, @: parse_modifiers.cpp.
  Part ParsePostfix();
  std::optional<std::int64_t> ParseMilliseconds(std::string_view where, std::string_view expected);
  static Result<std::int64_t> ParseDurationToken(const Token& token);
  Part ParseBrackets(Part part);
  Part MakeRange(Part part, const Token& bracket, std::int64_t range_ms);
  TimeShift* ShiftOf(Expr& expr, std::string_view modifier);
  Part ParseOffset(Part part);
  Part ParseAt(Part part);
  bool ParseTime(TimeShift& out, std::size_t begin);

  // Literals, selectors, calls, aggregations: parse_operands.cpp.
  Part ParsePrimary();
  Part ParseNumberLiteral();
  Part ParseParen();
  Part ParseSelector(std::optional<Token> name);
  bool ParseMatchers(std::vector<LabelMatcher>& out);
  std::optional<MatchType> TakeMatchType();
  bool ParseArguments(std::vector<ExprPtr>& out, int& height);
  Part ParseCall(const Token& name);
  bool ParseGrouping(Aggregate& aggregate);
  Part ParseAggregate(const Token& op);
  Part FinishAggregate(std::unique_ptr<Aggregate> aggregate, std::vector<ExprPtr> arguments,
                       std::size_t begin, int height);

  Lexer lexer_;
  std::optional<Token> token_;  // looked at, not taken
  std::size_t last_end_ = 0;    // of the token taken last
  std::optional<Complaint> error_;
  int nesting_ = 0, in_aggregations_ = 0;
};

}  // namespace ecsward::promql
