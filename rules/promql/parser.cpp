// Recursive descent, with precedence climbing for the binary operators. The first thing that is
// wrong ends the parse; tokens are looked at as late as possible, so that what is reported is what
// Prometheus's generated parser reports.
//
// What Prometheus 2.42 does not know yet and later ones do: `_` between digits, durations as
// numbers (`x > 5m`), numbers as durations (`x[300]`, in seconds), limitk.
#include "rules/promql/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rules/promql/check.h"
#include "rules/promql/duration.h"
#include "rules/promql/functions.h"
#include "rules/promql/lexer.h"
#include "rules/promql/number.h"
#include "rules/promql/quote.h"

namespace ecsward::promql {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
// How often the parser calls itself, and how high a tree may get: all that walk a tree do so
// recursively, its destructor included.
constexpr int kMaxNesting = 400;
constexpr int kMaxHeight = 1000;

// A part of the tree, or nothing after an error.
struct Part {
  ExprPtr expr;
  int height = 1;
  explicit operator bool() const { return expr != nullptr; }
};

int Precedence(BinaryOp op) {
  switch (op) {
    case BinaryOp::kOr:
      return 1;
    case BinaryOp::kAnd:
    case BinaryOp::kUnless:
      return 2;
    case BinaryOp::kAdd:
    case BinaryOp::kSub:
      return 4;
    case BinaryOp::kMul:
    case BinaryOp::kDiv:
    case BinaryOp::kMod:
    case BinaryOp::kAtan2:
      return 5;
    case BinaryOp::kPow:
      return 6;
    default:
      return 3;  // comparisons
  }
}

bool IsWordOperator(const Token& token) {
  return token.kind == TokenKind::kOperator &&
         (IsSetOperator(token.binary) || token.binary == BinaryOp::kAtan2);
}

// Most keywords may be a metric's name, too.
bool IsMetricWord(const Token& token) {
  switch (token.kind) {
    case TokenKind::kIdentifier:
    case TokenKind::kMetricIdentifier:
    case TokenKind::kAggregate:
    case TokenKind::kBy:
    case TokenKind::kOffset:
    case TokenKind::kWithout:
    case TokenKind::kStartKeyword:
    case TokenKind::kEndKeyword:
      return true;
    case TokenKind::kOperator:
      return IsSetOperator(token.binary);
    default:
      return false;
  }
}

bool IsLabelWord(const Token& token) {
  switch (token.kind) {
    case TokenKind::kIdentifier:
    case TokenKind::kAggregate:
    case TokenKind::kBool:
    case TokenKind::kBy:
    case TokenKind::kGroupLeft:
    case TokenKind::kGroupRight:
    case TokenKind::kIgnoring:
    case TokenKind::kOffset:
    case TokenKind::kOn:
    case TokenKind::kStartKeyword:
    case TokenKind::kEndKeyword:
      return true;
    default:
      return IsWordOperator(token);
  }
}

bool MayBeginExpr(const Token& token) {
  switch (token.kind) {
    case TokenKind::kNumber:
    case TokenKind::kDuration:
    case TokenKind::kString:
    case TokenKind::kLeftParen:
    case TokenKind::kLeftBrace:
      return true;
    case TokenKind::kOperator:
      if (token.binary == BinaryOp::kAdd || token.binary == BinaryOp::kSub) return true;
      break;
    default:
      break;
  }
  return IsMetricWord(token);
}

// As Prometheus names a token in its messages: `identifier "foo"`, `<by>`, `<op:*>`, `","`.
std::string Describe(const Token& token) {
  const auto quoted = [&token] {
    return token.text.size() <= 10 ? Quote(token.text) : Quote(token.text.substr(0, 10)) + "...";
  };
  switch (token.kind) {
    case TokenKind::kEnd:
      return "end of input";
    case TokenKind::kIdentifier:
      return "identifier " + Quote(token.text);
    case TokenKind::kMetricIdentifier:
      return "metric identifier " + Quote(token.text);
    case TokenKind::kString:
      return "string " + quoted();
    case TokenKind::kNumber:
      return "number " + quoted();
    case TokenKind::kDuration:
      return "duration " + quoted();
    case TokenKind::kOperator:
    case TokenKind::kAt:
      return fmt::format("<op:{}>", token.text);
    case TokenKind::kAggregate:
      return fmt::format("<aggr:{}>", token.text);
    case TokenKind::kBool:
    case TokenKind::kBy:
    case TokenKind::kGroupLeft:
    case TokenKind::kGroupRight:
    case TokenKind::kIgnoring:
    case TokenKind::kOffset:
    case TokenKind::kOn:
    case TokenKind::kWithout:
      return fmt::format("<{}>", token.text);
    default:
      return quoted();
  }
}

ParseError ErrorAt(std::string_view text, std::size_t at, std::string message) {
  const std::string_view before = text.substr(0, at);
  ParseError error;
  error.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  error.column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
  error.message = std::move(message);
  return error;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), lexer_(text) {}

  ExprPtr WholeExpr() {
    if (Peek().kind == TokenKind::kEnd) {
      Fail(0, "no expression found in input");
      return nullptr;
    }
    Part part = ParseExpr(0);
    if (part && Peek().kind != TokenKind::kEnd) Unexpected("", "");
    return std::move(part.expr);
  }

  ExprPtr WholeSelector() {
    if (Peek().kind != TokenKind::kLeftBrace && !IsMetricWord(Peek())) {
      Unexpected("", "");
      return nullptr;
    }
    Part part = Peek().kind == TokenKind::kLeftBrace ? ParseSelector({}) : ParseSelector(Take());
    if (part && Peek().kind != TokenKind::kEnd) Unexpected("", "");
    return std::move(part.expr);
  }

  const std::optional<Complaint>& error() const { return error_; }

 private:
  const Token& Peek() {
    if (!token_) {
      token_ = lexer_.Next();
      if (token_->kind == TokenKind::kError) Fail(token_->begin, lexer_.error());
    }
    return *token_;
  }
  Token Take() {
    const Token token = Peek();
    token_.reset();
    last_end_ = token.end();
    return token;
  }
  bool TakeIf(TokenKind kind) {
    if (Peek().kind != kind) return false;
    Take();
    return true;
  }

  std::nullptr_t Fail(std::size_t at, std::string message) {
    if (!error_) error_ = Complaint{at, std::move(message)};
    return nullptr;
  }
  // The token at hand may not stand here.
  std::nullptr_t Unexpected(std::string_view where, std::string_view expected) {
    if (where.empty() && in_aggregations_ > 0) where = "aggregation";
    std::string message = "unexpected " + Describe(Peek());
    if (!where.empty()) message.append(" in ").append(where);
    if (!expected.empty()) message.append(", expected ").append(expected);
    return Fail(Peek().begin, std::move(message));
  }

  // Gives a node its place and height.
  template <class Node>
  Part Finish(std::unique_ptr<Node> node, std::size_t begin, int height) {
    node->range = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(last_end_)};
    if (height > kMaxHeight) {
      Fail(begin, "expression is nested too deeply");
      return {};
    }
    return {std::move(node), height};
  }

  Part ParseExpr(int min_precedence) {
    if (++nesting_ > kMaxNesting) {
      Fail(Peek().begin, "expression is nested too deeply");
      --nesting_;
      return {};
    }
    Part left = ParseUnary();
    while (left && Peek().kind == TokenKind::kOperator) {
      const int precedence = Precedence(Peek().binary);
      if (precedence < min_precedence) break;
      left = ParseBinary(std::move(left), precedence);
    }
    --nesting_;
    return left;
  }

  Part ParseBinary(Part left, int precedence) {
    auto binary = std::make_unique<Binary>();
    const Token op = Take();
    binary->op = op.binary;
    if (!ParseMatching(*binary)) return {};
    // ^ is the one that groups to the right.
    Part right = ParseExpr(op.binary == BinaryOp::kPow ? precedence : precedence + 1);
    if (!right) return {};
    const int height = std::max(left.height, right.height) + 1;
    const std::size_t begin = left.expr->range.begin;
    last_end_ = right.expr->range.end;
    binary->lhs = std::move(left.expr);
    binary->rhs = std::move(right.expr);
    return Finish(std::move(binary), begin, height);
  }

  // bool, on, ignoring, group_left, group_right.
  bool ParseMatching(Binary& binary) {
    VectorMatching& matching = binary.matching.emplace();
    binary.return_bool = TakeIf(TokenKind::kBool);
    if (Peek().kind != TokenKind::kOn && Peek().kind != TokenKind::kIgnoring) return true;
    matching.on = Take().kind == TokenKind::kOn;
    if (!ParseLabels(matching.labels)) return false;
    if (TakeIf(TokenKind::kGroupLeft)) {
      matching.cardinality = Cardinality::kManyToOne;
    } else if (TakeIf(TokenKind::kGroupRight)) {
      matching.cardinality = Cardinality::kOneToMany;
    } else {
      return true;
    }
    if (Peek().kind != TokenKind::kLeftParen && MayBeginExpr(Peek())) return true;
    return ParseLabels(matching.include);
  }

  bool ParseLabels(std::vector<std::string>& out) {
    constexpr std::string_view kWhere = "grouping opts";
    if (!TakeIf(TokenKind::kLeftParen)) return Unexpected(kWhere, "\"(\"") != nullptr;
    while (!TakeIf(TokenKind::kRightParen)) {
      if (!IsLabelWord(Peek())) return Unexpected(kWhere, "label") != nullptr;
      out.emplace_back(Take().text);
      if (TakeIf(TokenKind::kComma)) {
        if (Peek().kind == TokenKind::kComma) return Unexpected(kWhere, "label") != nullptr;
      } else if (Peek().kind != TokenKind::kRightParen) {
        return Unexpected(kWhere, "\",\" or \")\"") != nullptr;
      }
    }
    return true;
  }

  Part ParseUnary() {
    const bool minus = Peek().kind == TokenKind::kOperator && Peek().binary == BinaryOp::kSub;
    const bool plus = Peek().kind == TokenKind::kOperator && Peek().binary == BinaryOp::kAdd;
    if (!minus && !plus) return ParsePostfix();
    const Token sign = Take();
    Part operand = ParseExpr(Precedence(BinaryOp::kPow));  // -1^2 is -(1^2)
    if (!operand) return {};
    if (operand.expr->kind == Kind::kNumber) {
      auto& number = static_cast<NumberLiteral&>(*operand.expr);
      if (minus) number.value = -number.value;
      number.range.begin = sign.begin;
      return operand;
    }
    auto unary = std::make_unique<Unary>();
    unary->negative = minus;
    last_end_ = operand.expr->range.end;
    unary->expr = std::move(operand.expr);
    return Finish(std::move(unary), sign.begin, operand.height + 1);
  }

  // An operand and the ranges, subqueries, offsets and times behind it.
  Part ParsePostfix() {
    Part part = ParsePrimary();
    while (part) {
      if (Peek().kind == TokenKind::kLeftBracket) {
        part = ParseBrackets(std::move(part));
      } else if (Peek().kind == TokenKind::kOffset) {
        part = ParseOffset(std::move(part));
      } else if (Peek().kind == TokenKind::kAt) {
        part = ParseAt(std::move(part));
      } else {
        break;
      }
    }
    return part;
  }

  // A duration above zero.
  std::optional<std::int64_t> ParseMilliseconds(std::string_view where, std::string_view expected) {
    if (Peek().kind != TokenKind::kDuration && Peek().kind != TokenKind::kNumber) {
      Unexpected(where, expected);
      return std::nullopt;
    }
    const Token token = Take();
    auto ms = ParseDurationToken(token);
    if (ms && *ms == 0) ms = ecsward::Fail(ErrorCode::kParse, "duration must be greater than 0");
    if (ms) return *ms;
    Fail(token.begin, std::move(ms).error().message);
    return std::nullopt;
  }

  static Result<std::int64_t> ParseDurationToken(const Token& token) {
    if (token.kind == TokenKind::kDuration) return ParseDuration(token.text);
    const auto seconds = ParseNumber(token.text);
    if (!seconds) return Error(seconds.error());
    constexpr double kMax = 9.2e9;  // what ParseDuration allows, too
    if (!(*seconds <= kMax)) return ecsward::Fail(ErrorCode::kParse, "duration out of range");
    return std::llround(*seconds * 1000);
  }

  Part ParseBrackets(Part part) {
    const Token bracket = Take();
    const auto range = ParseMilliseconds("subquery selector", "duration");
    if (!range) return {};
    if (TakeIf(TokenKind::kRightBracket)) return MakeRange(std::move(part), bracket, *range);
    if (!TakeIf(TokenKind::kColon)) {
      Unexpected("subquery or range", "\":\" or \"]\"");
      return {};
    }
    auto subquery = std::make_unique<Subquery>();
    if (Peek().kind != TokenKind::kRightBracket) {
      const auto step = ParseMilliseconds("subquery selector", "duration or \"]\"");
      if (!step) return {};
      subquery->step_ms = *step;
    }
    if (!TakeIf(TokenKind::kRightBracket)) {
      Unexpected("subquery selector", "\"]\"");
      return {};
    }
    subquery->range_ms = *range;
    const std::size_t begin = part.expr->range.begin;
    subquery->expr = std::move(part.expr);
    return Finish(std::move(subquery), begin, part.height + 1);
  }

  Part MakeRange(Part part, const Token& bracket, std::int64_t range_ms) {
    if (part.expr->kind != Kind::kVectorSelector) {
      Fail(bracket.begin, "ranges only allowed for vector selectors");
      return {};
    }
    auto matrix = std::make_unique<MatrixSelector>();
    matrix->selector.reset(static_cast<VectorSelector*>(part.expr.release()));
    const TimeShift& shift = matrix->selector->shift;
    if (shift.offset_ms != 0 || shift.at != TimeShift::At::kNone) {
      Fail(bracket.begin, fmt::format("no {} modifiers allowed before range",
                                      shift.offset_ms != 0 ? "offset" : "@"));
      return {};
    }
    matrix->range_ms = range_ms;
    const std::size_t begin = matrix->selector->range.begin;
    return Finish(std::move(matrix), begin, part.height + 1);
  }

  // Where an expression keeps its offset and time; null if it has none.
  TimeShift* ShiftOf(Expr& expr, std::string_view modifier) {
    switch (expr.kind) {
      case Kind::kVectorSelector:
        return &static_cast<VectorSelector&>(expr).shift;
      case Kind::kMatrixSelector:
        return &static_cast<MatrixSelector&>(expr).selector->shift;
      case Kind::kSubquery:
        return &static_cast<Subquery&>(expr).shift;
      default:
        Fail(expr.range.begin,
             fmt::format("{} modifier must be preceded by an instant vector selector or range "
                         "vector selector or a subquery",
                         modifier));
        return nullptr;
    }
  }

  Part ParseOffset(Part part) {
    Take();
    const bool negative = Peek().kind == TokenKind::kOperator && Peek().binary == BinaryOp::kSub;
    if (negative) Take();
    const auto ms = ParseMilliseconds("offset", "duration");
    if (!ms) return {};
    TimeShift* shift = ShiftOf(*part.expr, "offset");
    if (shift == nullptr) return {};
    if (shift->offset_ms != 0) {
      Fail(part.expr->range.begin, "offset may not be set multiple times");
      return {};
    }
    shift->offset_ms = negative ? -*ms : *ms;
    part.expr->range.end = static_cast<std::uint32_t>(last_end_);
    return part;
  }

  Part ParseAt(Part part) {
    Take();
    TimeShift parsed;
    if (!ParseTime(parsed, part.expr->range.begin)) return {};
    TimeShift* shift = ShiftOf(*part.expr, "@");
    if (shift == nullptr) return {};
    if (shift->at != TimeShift::At::kNone) {
      Fail(part.expr->range.begin, "@ <timestamp> may not be set multiple times");
      return {};
    }
    shift->at = parsed.at;
    shift->at_ms = parsed.at_ms;
    part.expr->range.end = static_cast<std::uint32_t>(last_end_);
    return part;
  }

  bool ParseTime(TimeShift& out, std::size_t begin) {
    constexpr std::string_view kWhere = "@", kExpected = "timestamp";
    if (Peek().kind == TokenKind::kStartKeyword || Peek().kind == TokenKind::kEndKeyword) {
      const bool start = Take().kind == TokenKind::kStartKeyword;
      out.at = start ? TimeShift::At::kStart : TimeShift::At::kEnd;
      if (TakeIf(TokenKind::kLeftParen) && TakeIf(TokenKind::kRightParen)) return true;
      return Unexpected(kWhere, kExpected) != nullptr;
    }
    double sign = 1;
    if (Peek().kind == TokenKind::kOperator &&
        (Peek().binary == BinaryOp::kSub || Peek().binary == BinaryOp::kAdd)) {
      sign = Take().binary == BinaryOp::kSub ? -1 : 1;
    }
    if (Peek().kind != TokenKind::kNumber) return Unexpected(kWhere, kExpected) != nullptr;
    const Token token = Take();
    auto number = ParseNumber(token.text);
    if (!number) return Fail(token.begin, std::move(number).error().message) != nullptr;
    const double seconds = sign * *number;
    if (!(std::fabs(seconds) < 0x1p63)) {
      const std::string shown =
          std::isfinite(seconds) ? fmt::format("{:f}", seconds) : FormatNumber(seconds);
      return Fail(begin, "timestamp out of bounds for @ modifier: " + shown) != nullptr;
    }
    // Further than 285,000 years from 1970 there are no samples, and milliseconds no longer exact.
    constexpr double kFar = 9e12;
    out.at = TimeShift::At::kTime;
    out.at_ms = std::llround(std::clamp(seconds, -kFar, kFar) * 1000);
    return true;
  }

  Part ParsePrimary() {
    switch (Peek().kind) {
      case TokenKind::kNumber:
      case TokenKind::kDuration:
        return ParseNumberLiteral();
      case TokenKind::kString: {
        const Token token = Take();
        auto literal = std::make_unique<StringLiteral>();
        literal->value = Unquote(token.text);
        return Finish(std::move(literal), token.begin, 1);
      }
      case TokenKind::kLeftParen:
        return ParseParen();
      case TokenKind::kLeftBrace:
        return ParseSelector({});
      default:
        break;
    }
    if (!IsMetricWord(Peek())) {
      Unexpected("", "");
      return {};
    }
    const Token word = Take();
    const TokenKind next = Peek().kind;
    if (word.kind == TokenKind::kIdentifier && next == TokenKind::kLeftParen) {
      return ParseCall(word);
    }
    if (word.kind == TokenKind::kAggregate &&
        (next == TokenKind::kLeftParen || next == TokenKind::kBy || next == TokenKind::kWithout)) {
      return ParseAggregate(word);
    }
    return ParseSelector(word);
  }

  Part ParseNumberLiteral() {
    const Token token = Take();
    auto literal = std::make_unique<NumberLiteral>();
    if (token.kind == TokenKind::kDuration) {
      auto ms = ParseDuration(token.text);
      if (!ms) return {Fail(token.begin, std::move(ms).error().message)};
      literal->value = static_cast<double>(*ms) / 1000;
    } else {
      auto value = ParseNumber(token.text);
      if (!value) return {Fail(token.begin, std::move(value).error().message)};
      literal->value = *value;
    }
    return Finish(std::move(literal), token.begin, 1);
  }

  Part ParseParen() {
    const Token open = Take();
    Part inner = ParseExpr(0);
    if (!inner) return {};
    if (!TakeIf(TokenKind::kRightParen)) return {Unexpected("", "")};
    auto paren = std::make_unique<Paren>();
    paren->expr = std::move(inner.expr);
    return Finish(std::move(paren), open.begin, inner.height + 1);
  }

  // `name` is the token before the braces, or nothing; the braces may be missing behind a name.
  Part ParseSelector(std::optional<Token> name) {
    auto selector = std::make_unique<VectorSelector>();
    const std::size_t begin = name ? name->begin : Peek().begin;
    if (Peek().kind == TokenKind::kLeftBrace && !ParseMatchers(selector->matchers)) return {};
    if (name) {
      selector->name = name->text;
      auto matcher =
          LabelMatcher::Make(MatchType::kEqual, std::string(kMetricName), selector->name);
      selector->matchers.push_back(*std::move(matcher));
    }
    return Finish(std::move(selector), begin, 1);
  }

  bool ParseMatchers(std::vector<LabelMatcher>& out) {
    constexpr std::string_view kWhere = "label matching";
    Take();
    while (!TakeIf(TokenKind::kRightBrace)) {
      if (Peek().kind != TokenKind::kIdentifier) {
        return Unexpected(kWhere, "identifier or \"}\"") != nullptr;
      }
      const Token label = Take();
      const auto type = TakeMatchType();
      if (!type) return Unexpected(kWhere, "label matching operator") != nullptr;
      if (Peek().kind != TokenKind::kString) return Unexpected(kWhere, "string") != nullptr;
      auto matcher = LabelMatcher::Make(*type, std::string(label.text), Unquote(Take().text));
      if (!matcher) return Fail(label.begin, std::move(matcher).error().message) != nullptr;
      out.push_back(*std::move(matcher));
      if (!TakeIf(TokenKind::kComma) && Peek().kind != TokenKind::kRightBrace) {
        return Unexpected(kWhere, "\",\" or \"}\"") != nullptr;
      }
    }
    return true;
  }

  std::optional<MatchType> TakeMatchType() {
    std::optional<MatchType> type;
    switch (Peek().kind) {
      case TokenKind::kAssign:
        type = MatchType::kEqual;
        break;
      case TokenKind::kRegexp:
        type = MatchType::kRegexp;
        break;
      case TokenKind::kNotRegexp:
        type = MatchType::kNotRegexp;
        break;
      case TokenKind::kOperator:
        type = MatchType::kNotEqual;  // in braces there is no other
        break;
      default:
        return std::nullopt;
    }
    Take();
    return type;
  }

  bool ParseArguments(std::vector<ExprPtr>& out, int& height) {
    Take();
    if (TakeIf(TokenKind::kRightParen)) return true;
    while (true) {
      Part argument = ParseExpr(0);
      if (!argument) return false;
      height = std::max(height, argument.height + 1);
      out.push_back(std::move(argument.expr));
      if (TakeIf(TokenKind::kRightParen)) return true;
      if (Peek().kind != TokenKind::kComma) return Unexpected("", "") != nullptr;
      const Token comma = Take();
      if (!MayBeginExpr(Peek())) {
        return Fail(comma.begin, "trailing commas not allowed in function call args") != nullptr;
      }
    }
  }

  Part ParseCall(const Token& name) {
    auto call = std::make_unique<Call>();
    int height = 1;
    if (!ParseArguments(call->args, height)) return {};
    call->function = FindFunction(name.text);
    if (call->function == nullptr) {
      return {Fail(name.begin, "unknown function with name " + Quote(name.text))};
    }
    return Finish(std::move(call), name.begin, height);
  }

  bool ParseGrouping(Aggregate& aggregate) {
    aggregate.without = Take().kind == TokenKind::kWithout;
    return ParseLabels(aggregate.grouping);
  }

  Part ParseAggregate(const Token& op) {
    auto aggregate = std::make_unique<Aggregate>();
    aggregate->op = op.aggregate;
    const auto at_grouping = [this] {
      return Peek().kind == TokenKind::kBy || Peek().kind == TokenKind::kWithout;
    };
    ++in_aggregations_;
    const bool grouping_first = at_grouping();
    if (grouping_first && !ParseGrouping(*aggregate)) return {};
    if (Peek().kind != TokenKind::kLeftParen) return {Unexpected("", "")};
    std::vector<ExprPtr> arguments;
    int height = 1;
    if (!ParseArguments(arguments, height)) return {};
    if (!grouping_first && at_grouping() && !ParseGrouping(*aggregate)) return {};
    --in_aggregations_;
    if (error_) return {};  // of the token behind it
    return FinishAggregate(std::move(aggregate), std::move(arguments), op.begin, height);
  }

  Part FinishAggregate(std::unique_ptr<Aggregate> aggregate, std::vector<ExprPtr> arguments,
                       std::size_t begin, int height) {
    const AggregateOp op = aggregate->op;
    const bool param = op == AggregateOp::kTopk || op == AggregateOp::kBottomk ||
                       op == AggregateOp::kQuantile || op == AggregateOp::kCountValues ||
                       op == AggregateOp::kLimitk;
    const std::size_t want = param ? 2 : 1;
    if (arguments.empty()) {
      return {Fail(begin, "no arguments for aggregate expression provided")};
    }
    if (arguments.size() != want) {
      return {Fail(begin, fmt::format("wrong number of arguments for aggregate expression "
                                      "provided, expected {}, got {}",
                                      want, arguments.size()))};
    }
    if (param) aggregate->param = std::move(arguments.front());
    aggregate->expr = std::move(arguments.back());
    return Finish(std::move(aggregate), begin, height);
  }

  std::string_view text_;
  Lexer lexer_;
  std::optional<Token> token_;
  std::size_t last_end_ = 0;  // of the token taken last
  std::optional<Complaint> error_;
  int nesting_ = 0, in_aggregations_ = 0;
};

tl::unexpected<ParseError> Refuse(std::string_view text, const Complaint& complaint) {
  return tl::unexpected(ErrorAt(text, complaint.at, complaint.message));
}

}  // namespace

std::string ParseError::ToString() const {
  return fmt::format("{}:{}: parse error: {}", line, column, message);
}

tl::expected<ExprPtr, ParseError> Parse(std::string_view text) {
  if (text.size() > kMaxBytes) return Refuse(text, {0, "expression is longer than 1 MiB"});
  Parser parser(text);
  ExprPtr expr = parser.WholeExpr();
  if (parser.error()) return Refuse(text, *parser.error());
  if (const auto complaint = CheckTypes(*expr, text)) return Refuse(text, *complaint);
  return expr;
}

tl::expected<std::vector<LabelMatcher>, ParseError> ParseSelector(std::string_view text) {
  if (text.size() > kMaxBytes) return Refuse(text, {0, "selector is longer than 1 MiB"});
  Parser parser(text);
  ExprPtr expr = parser.WholeSelector();
  if (parser.error()) return Refuse(text, *parser.error());
  if (const auto complaint = CheckTypes(*expr, text)) return Refuse(text, *complaint);
  return std::move(static_cast<VectorSelector&>(*expr).matchers);
}

}  // namespace ecsward::promql
