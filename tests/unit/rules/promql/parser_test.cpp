// What a text becomes as a tree, and how the parser bears texts that nobody wrote by hand. What is
// refused stands in parser_errors_test.cpp, what is printed in printer_test.cpp.
#include "rules/promql/parser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <string_view>

#include "rules/promql/functions.h"

namespace ecsward::promql {
namespace {

ExprPtr Must(std::string_view text) {
  auto parsed = Parse(text);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error().ToString();
  return parsed ? *std::move(parsed) : std::make_unique<NumberLiteral>();
}

template <class Node>
const Node& As(const ExprPtr& expr) {
  const auto* node = dynamic_cast<const Node*>(expr.get());
  EXPECT_NE(node, nullptr);
  static const Node kNone;
  return node == nullptr ? kNone : *node;
}

double Number(std::string_view text) {
  const ExprPtr expr = Must(text);
  return As<NumberLiteral>(expr).value;
}

std::string Error(std::string_view text) {
  const auto parsed = Parse(text);
  return parsed ? "accepted" : parsed.error().ToString();
}

std::string Times(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Parser, ReadsNumbersOfAllKinds) {
  EXPECT_EQ(Number("42"), 42);
  EXPECT_EQ(Number("0x1F"), 31);
  EXPECT_EQ(Number("010"), 8);  // octal, as Go has it
  EXPECT_EQ(Number("08"), 8);   // no octal digit, so it is not
  EXPECT_EQ(Number("1_000_000"), 1e6);
  EXPECT_EQ(Number("-1.5e-3"), -0.0015);
  EXPECT_EQ(Number("1e-400"), 0);
  EXPECT_EQ(Number("1h30m"), 5400);
  EXPECT_EQ(Number("iNF"), HUGE_VAL);
  EXPECT_TRUE(std::isnan(Number("nan")));
}

TEST(Parser, ReadsTheEscapesOfStrings) {
  const ExprPtr expr = Must(R"("\a\n\\\"\x41\101\u00e4\U0001F600")");
  EXPECT_EQ(As<StringLiteral>(expr).value, "\a\n\\\"AA\xC3\xA4\xF0\x9F\x98\x80");
  EXPECT_EQ(As<StringLiteral>(Must(R"('\'"')")).value, "'\"");
  EXPECT_EQ(As<StringLiteral>(Must("`\\n\n`")).value, "\\n\n");
}

TEST(Parser, KeepsTheNameAsTheLastMatcher) {
  const ExprPtr expr = Must(R"(up{job!="a",job=~"b.*"})");
  const auto& selector = As<VectorSelector>(expr);
  ASSERT_EQ(selector.matchers.size(), 3u);
  EXPECT_EQ(selector.name, "up");
  EXPECT_EQ(selector.matchers[1].ToString(), R"(job=~"b.*")");
  EXPECT_EQ(selector.matchers[2].ToString(), R"(__name__="up")");
}

TEST(Parser, PutsOffsetAndTimeOfARangeIntoItsSelector) {
  const ExprPtr expr = Must("up[5m] @ 1.5 offset -1m");
  const auto& matrix = As<MatrixSelector>(expr);
  EXPECT_EQ(matrix.range_ms, 300'000);
  EXPECT_EQ(matrix.selector->shift.offset_ms, -60'000);
  EXPECT_EQ(matrix.selector->shift.at, TimeShift::At::kTime);
  EXPECT_EQ(matrix.selector->shift.at_ms, 1500);
}

TEST(Parser, KnowsASubqueryWithoutAStep) {
  const ExprPtr expr = Must("up[1h:] offset 1m");
  const auto& subquery = As<Subquery>(expr);
  EXPECT_EQ(subquery.range_ms, 3'600'000);
  EXPECT_EQ(subquery.step_ms, 0);
  EXPECT_EQ(subquery.shift.offset_ms, 60'000);
}

TEST(Parser, GroupsPowersToTheRightAndTheRestToTheLeft) {
  const ExprPtr power = Must("2 ^ 3 ^ 2");
  EXPECT_EQ(As<Binary>(As<Binary>(power).rhs).op, BinaryOp::kPow);
  const ExprPtr minus = Must("1 - 2 - 3");
  EXPECT_EQ(As<Binary>(As<Binary>(minus).lhs).op, BinaryOp::kSub);
}

TEST(Parser, BindsAPowerTighterThanASignAndASignTighterThanAProduct) {
  EXPECT_FALSE(As<Binary>(As<Unary>(Must("-1 ^ 2")).expr).return_bool);
  const ExprPtr product = Must("2 ^ -1 * 3");
  EXPECT_EQ(As<Binary>(product).op, BinaryOp::kMul);
  EXPECT_EQ(As<NumberLiteral>(As<Binary>(As<Binary>(product).lhs).rhs).value, -1);
}

TEST(Parser, OrdersTheOperators) {
  const ExprPtr expr = Must("a or b and c > d + e * f");
  const auto& either = As<Binary>(expr);
  EXPECT_EQ(either.op, BinaryOp::kOr);
  const auto& both = As<Binary>(either.rhs);
  EXPECT_EQ(both.op, BinaryOp::kAnd);
  const auto& greater = As<Binary>(both.rhs);
  EXPECT_EQ(greater.op, BinaryOp::kGreater);
  const auto& sum = As<Binary>(greater.rhs);
  EXPECT_EQ(sum.op, BinaryOp::kAdd);
  EXPECT_EQ(As<Binary>(sum.rhs).op, BinaryOp::kMul);
}

TEST(Parser, MatchesVectorsOnly) {
  EXPECT_EQ(As<Binary>(Must("a + b")).matching->cardinality, Cardinality::kOneToOne);
  EXPECT_EQ(As<Binary>(Must("a and b")).matching->cardinality, Cardinality::kManyToMany);
  EXPECT_EQ(As<Binary>(Must("a * on(x) group_right(y) b")).matching->cardinality,
            Cardinality::kOneToMany);
  EXPECT_FALSE(As<Binary>(Must("a + 1")).matching);
}

TEST(Parser, TakesGroupingBeforeAndBehindTheArguments) {
  for (const std::string_view text : {"topk by (a, b) (3, x)", "topk(3, x) by (a, b,)"}) {
    const ExprPtr expr = Must(text);
    const auto& aggregate = As<Aggregate>(expr);
    EXPECT_EQ(aggregate.grouping, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(As<NumberLiteral>(aggregate.param).value, 3);
  }
  EXPECT_TRUE(As<Aggregate>(Must("sum without () (x)")).without);
}

TEST(Parser, TellsWhereEachNodeStands) {
  const ExprPtr expr = Must(" sum(rate(x[5m])) > 1 ");
  EXPECT_EQ(expr->range.begin, 1u);
  EXPECT_EQ(expr->range.end, 21u);
  EXPECT_EQ(As<Binary>(expr).lhs->range.end, 17u);
}

TEST(Parser, BearsDeepNesting) {
  for (const std::size_t depth : {200u, 350u}) {
    EXPECT_EQ(Error(Times(depth, "(") + "1" + Times(depth, ")")), "accepted");
    EXPECT_EQ(Error(Times(depth, "sum(") + "x" + Times(depth, ")")), "accepted");
  }
  EXPECT_EQ(Error(Times(500, "x or ") + "x"), "accepted");
}

TEST(Parser, RefusesNestingWithoutEnd) {
  constexpr std::size_t kMany = 100'000;
  const auto refused = [](const std::string& text) {
    return Error(text).ends_with("expression is nested too deeply");
  };
  EXPECT_TRUE(refused(Times(kMany, "(") + "1" + Times(kMany, ")")));
  EXPECT_TRUE(refused(Times(kMany, "-") + "x"));
  EXPECT_TRUE(refused(Times(kMany, "2^") + "2"));
  EXPECT_TRUE(refused(Times(kMany, "1+") + "1"));
  EXPECT_TRUE(refused("x" + Times(kMany, "[5m:]")));
  EXPECT_TRUE(refused(Times(kMany, "sum(") + "x"));
}

TEST(Parser, RefusesTextWithoutEnd) {
  EXPECT_EQ(Error(std::string(2u << 20, ' ')), "1:1: parse error: expression is longer than 1 MiB");
}

TEST(Parser, RefusesBytesThatAreNoText) {
  EXPECT_EQ(Error("foo{a=\"\xff\"}"), "1:7: parse error: invalid UTF-8 rune");
  EXPECT_EQ(Error(std::string_view("foo\0", 4)), "1:4: parse error: unexpected character: '\\x00'");
}

TEST(ParseSelector, GivesTheMatchers) {
  const auto matchers = ParseSelector(R"(node_load1{job="node"})");
  ASSERT_TRUE(matchers);
  ASSERT_EQ(matchers->size(), 2u);
  EXPECT_EQ(matchers->front().ToString(), R"(job="node")");
}

TEST(ParseSelector, RefusesWhatIsMore) {
  EXPECT_EQ(ParseSelector("up + 1").error().ToString(), "1:4: parse error: unexpected <op:+>");
  EXPECT_EQ(ParseSelector("up[5m]").error().ToString(), "1:3: parse error: unexpected \"[\"");
  EXPECT_EQ(ParseSelector("").error().ToString(), "1:1: parse error: unexpected end of input");
  EXPECT_EQ(ParseSelector("{}").error().message,
            "vector selector must contain at least one non-empty matcher");
}

TEST(FindFunction, FindsAllOfTheTableAndNothingElse) {
  EXPECT_EQ(AllFunctions().size(), 68u);
  for (const Function& function : AllFunctions()) {
    EXPECT_EQ(FindFunction(function.name), &function) << function.name;
  }
  EXPECT_EQ(FindFunction("rates"), nullptr);
  EXPECT_EQ(FindFunction("RATE"), nullptr);
}

}  // namespace
}  // namespace ecsward::promql
