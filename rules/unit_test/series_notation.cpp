#include "rules/unit_test/series_notation.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "metrics/series_set.h"
#include "rules/promql/lexer.h"
#include "rules/promql/number.h"
#include "rules/promql/quote.h"

namespace ecsward {
namespace {

using promql::Token;
using promql::TokenKind;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

Error ErrorAt(std::size_t byte, std::string_view message) {
  return Fail(ErrorCode::kParse, fmt::format("1:{}: parse error: {}", byte + 1, message));
}

// A metric may have a keyword's name where no operator can stand.
bool CanNameMetric(const Token& token) {
  switch (token.kind) {
    case TokenKind::kIdentifier:
    case TokenKind::kMetricIdentifier:
    case TokenKind::kAggregate:
    case TokenKind::kBy:
    case TokenKind::kWithout:
    case TokenKind::kOffset:
    case TokenKind::kStartKeyword:
    case TokenKind::kEndKeyword:
      return true;
    case TokenKind::kOperator:
      return promql::IsSetOperator(token.binary);
    default:
      return false;
  }
}

struct Metric {
  LabelPairs labels;
  std::size_t end = 0;  // byte behind it
};

// `name{a="b"}`, `name`, `{a="b"}`, or nothing. With `closely` the brace must follow the name at
// once, as among series with values.
class MetricParser {
 public:
  MetricParser(std::string_view text, bool closely)
      : text_(text), lexer_(text), closely_(closely) {}

  Result<Metric> Parse() {
    Token token = lexer_.Next();
    std::string_view name;
    if (CanNameMetric(token)) {
      name = token.text;
      metric_.end = token.end();
      if (closely_ && !text_.substr(metric_.end).starts_with('{')) return Named(name);
      token = lexer_.Next();
    }
    if (token.kind == TokenKind::kLeftBrace) {
      if (auto ok = ParseBraces(); !ok) return std::move(ok).error();
      if (!closely_) token = lexer_.Next();
    } else if (closely_) {
      return Named(name);
    }
    if (!closely_ && token.kind != TokenKind::kEnd) return Unexpected(token, "metric");
    return Named(name);
  }

 private:
  Result<void> ParseBraces() {
    Token token = lexer_.Next();
    while (token.kind != TokenKind::kRightBrace) {
      if (token.kind != TokenKind::kIdentifier) return Unexpected(token, "label set");
      LabelPair pair{std::string(token.text), {}};
      if (token = lexer_.Next(); token.kind != TokenKind::kAssign) {
        return Unexpected(token, "label set, expected \"=\"");
      }
      if (token = lexer_.Next(); token.kind != TokenKind::kString) {
        return Unexpected(token, "label set, expected string");
      }
      pair.value = promql::Unquote(token.text);
      metric_.labels.push_back(std::move(pair));
      token = lexer_.Next();
      if (token.kind == TokenKind::kComma) {
        token = lexer_.Next();
      } else if (token.kind != TokenKind::kRightBrace) {
        return Unexpected(token, "label set, expected \",\" or \"}\"");
      }
    }
    metric_.end = token.end();
    return {};
  }

  // A name replaces a label __name__, and then empty values are left out; else all stays.
  Metric Named(std::string_view name) {
    LabelPairs& labels = metric_.labels;
    if (!name.empty()) {
      std::erase_if(labels, [](const LabelPair& pair) {
        return pair.value.empty() || pair.name == kMetricName;
      });
      labels.push_back({std::string(kMetricName), std::string(name)});
    }
    std::stable_sort(labels.begin(), labels.end(),
                     [](const LabelPair& a, const LabelPair& b) { return a.name < b.name; });
    return std::move(metric_);
  }

  Error Unexpected(const Token& token, std::string_view where) const {
    if (token.kind == TokenKind::kError) return ErrorAt(token.begin, lexer_.error());
    if (token.kind == TokenKind::kEnd) {
      return ErrorAt(text_.size(), fmt::format("unexpected end of input in {}", where));
    }
    return ErrorAt(token.begin,
                   fmt::format("unexpected {} in {}", promql::Quote(token.text), where));
  }

  std::string_view text_;
  promql::Lexer lexer_;
  bool closely_;
  Metric metric_;
};

// The values behind the metric.
class ValuesParser {
 public:
  ValuesParser(std::string_view line, std::size_t begin) : line_(line), at_(begin) {}

  Result<std::vector<ValueRun>> Parse() {
    std::vector<ValueRun> runs;
    while (at_ < line_.size()) {
      if (!IsBlank(line_[at_])) return Unexpected();
      while (at_ < line_.size() && IsBlank(line_[at_])) ++at_;
      if (at_ == line_.size()) break;
      auto run = ParseRun();
      if (!run) return std::move(run).error();
      runs.push_back(*run);
    }
    return runs;
  }

 private:
  Result<ValueRun> ParseRun() {
    ValueRun run;
    if (Take('_')) {
      run.gap = true;
      return Take('x') ? WithCount(run, 0) : Result<ValueRun>(run);
    }
    const bool signed_ = Peek() == '+' || Peek() == '-';
    if (!signed_ && IsAlpha(Peek()) && Peek() != 'x') {
      // A word: stale, Inf, NaN.
      const std::size_t begin = at_;
      const std::string_view word = Word();
      if (word == "stale") {
        run.first = StaleValue();
      } else if (const auto number = WordNumber(word)) {
        run.first = *number;
      } else {
        return ErrorAt(begin, fmt::format("unexpected identifier {} in series values, expected "
                                          "number or \"stale\"",
                                          promql::Quote(word)));
      }
    } else {
      auto first = SignedNumber();
      if (!first) return std::move(first).error();
      run.first = *first;
    }
    if (Peek() == '+' || Peek() == '-') {
      auto step = SignedNumber();
      if (!step) return std::move(step).error();
      run.ramp = true;
      run.step = *step;
      return Take('x') ? WithCount(run, 1) : Result<ValueRun>(Unexpected());
    }
    // The value itself, and as many again as the count says.
    return Take('x') ? WithCount(run, 1) : Result<ValueRun>(run);
  }

  Result<double> SignedNumber() {
    const bool minus = Peek() == '-';
    if (minus || Peek() == '+') ++at_;
    const std::size_t begin = at_;
    std::string_view text;
    if (IsAlpha(Peek()) && Peek() != 'x' && Peek() != '_') {
      text = Word();
      const auto number = WordNumber(text);
      if (!number) {
        return ErrorAt(
            begin, fmt::format("unexpected identifier {} in series values", promql::Quote(text)));
      }
      return minus ? -*number : *number;
    }
    text = NumberText();
    if (text.empty()) return Unexpected();
    auto number = promql::ParseNumber(text);
    if (!number) {
      return ErrorAt(begin, number.error().message);
    }
    return minus ? -*number : *number;
  }

  // No hexadecimal here: 0x5 is zero, five times more.
  std::string_view NumberText() {
    const std::size_t begin = at_;
    if (!IsDigit(Peek()) && !(Peek() == '.' && IsDigit(Peek(1)))) return {};
    while (IsDigit(Peek())) ++at_;
    if (Take('.')) {
      while (IsDigit(Peek())) ++at_;
    }
    if (Peek() == 'e' || Peek() == 'E') {
      ++at_;
      if (Peek() == '+' || Peek() == '-') ++at_;
      while (IsDigit(Peek())) ++at_;
    }
    return line_.substr(begin, at_ - begin);
  }

  Result<ValueRun> WithCount(ValueRun run, std::uint64_t more) {
    const std::size_t begin = at_;
    const std::string_view text = NumberText();
    if (text.empty()) return Unexpected();
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || end != text.data() + text.size() || count + more < count) {
      return ErrorAt(begin, fmt::format("invalid repetition in series values: {}", text));
    }
    run.count = count + more;
    return run;
  }

  std::string_view Word() {
    const std::size_t begin = at_;
    while (IsAlpha(Peek()) || IsDigit(Peek()) || Peek() == ':') ++at_;
    return line_.substr(begin, at_ - begin);
  }

  static std::optional<double> WordNumber(std::string_view word) {
    std::string lower(word);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower == "inf") return std::numeric_limits<double>::infinity();
    if (lower == "nan") return std::numeric_limits<double>::quiet_NaN();
    return std::nullopt;
  }

  Error Unexpected() const {
    if (at_ >= line_.size()) return ErrorAt(at_, "unexpected end of input in series values");
    const promql::Rune rune = promql::FrontRune(line_.substr(at_));
    return ErrorAt(at_, fmt::format("unexpected {} in series values",
                                    promql::Quote(line_.substr(at_, rune.bytes))));
  }

  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < line_.size() ? line_[at_ + ahead] : '\0';
  }
  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }

  std::string_view line_;
  std::size_t at_;
};

}  // namespace

Result<SeriesNotation> ParseSeriesNotation(std::string_view line) {
  auto metric = MetricParser(line, true).Parse();
  if (!metric) return std::move(metric).error();
  if (metric->end == 0) return ErrorAt(0, "unexpected beginning in series description");
  auto values = ValuesParser(line, metric->end).Parse();
  if (!values) return std::move(values).error();
  return SeriesNotation{std::move(metric->labels), std::move(*values)};
}

Result<LabelPairs> ParseSeriesLabels(std::string_view text) {
  auto metric = MetricParser(text, false).Parse();
  if (!metric) return std::move(metric).error();
  return std::move(metric->labels);
}

bool ValueWalk::Next() {
  if (number_ == ~std::uint64_t{0}) {
    done_ = 0;
  } else {
    ++done_;
  }
  while (run_ < runs_.size() && done_ >= runs_[run_].count) {
    ++run_;
    done_ = 0;
  }
  if (run_ == runs_.size()) return false;
  ++number_;
  const ValueRun& run = runs_[run_];
  if (done_ == 0) {
    value_ = run.first;
  } else if (run.ramp) {
    value_ += run.step;
  }
  return true;
}

}  // namespace ecsward
