#include "rules/template/regexps.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <vector>

#include "rules/template/unicode.h"
#include "rules/template/value.h"

namespace ecsward::templates {
namespace {

constexpr std::int64_t kMaxMemory = std::int64_t{1} << 20;

std::unique_ptr<re2::RE2> Compile(std::string_view pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  return std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

// RE2 and Go refuse the same, in nearly the same words. These are Go's.
std::string Reason(const re2::RE2& expression) {
  switch (expression.error_code()) {
    case re2::RE2::ErrorMissingParen:
      return "missing closing )";
    case re2::RE2::ErrorMissingBracket:
      return "missing closing ]";
    case re2::RE2::ErrorRepeatOp:
      return "invalid nested repetition operator";
    case re2::RE2::ErrorRepeatArgument:
      return "missing argument to repetition operator";
    case re2::RE2::ErrorRepeatSize:
      return "invalid repeat count";
    case re2::RE2::ErrorTrailingBackslash:
      return "trailing backslash at end of expression";
    case re2::RE2::ErrorBadNamedCapture:
      return "invalid named capture";
    default:
      break;
  }
  const std::string& reason = expression.error();
  if (reason.starts_with("invalid perl operator")) return "invalid or unsupported Perl syntax";
  return reason.substr(0, reason.find(": "));
}

Error WrongPattern(const re2::RE2& expression) {
  return Fail(ErrorCode::kInvalidArgument,
              "error parsing regexp: " + Reason(expression) + ": `" + expression.error_arg() + "`");
}

using Groups = std::vector<re2::StringPiece>;

void AppendGroup(const re2::RE2& expression, const Groups& groups, std::string_view name,
                 std::string& out) {
  std::size_t number = groups.size();
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) {
    const auto& names = expression.NamedCapturingGroups();
    const auto found = names.find(std::string(name));
    number = found == names.end() ? groups.size() : static_cast<std::size_t>(found->second);
  }
  if (number < groups.size()) out.append(groups[number].data(), groups[number].size());
}

bool IsWord(char32_t c) { return c == '_' || IsLetter(c) || IsDigit(c); }

// The name behind a dollar, taken off `text`; empty when it is none.
std::string_view TakeName(std::string_view& text) {
  const bool braces = text.starts_with('{');
  std::size_t end = braces ? 1 : 0;
  const std::size_t begin = end;
  while (end < text.size()) {
    const Rune rune = DecodeRune(text.substr(end));
    if (!rune.valid() || !IsWord(rune.value)) break;
    end += rune.size;
  }
  const std::string_view name = text.substr(begin, end - begin);
  if (name.empty() || (braces && (end >= text.size() || text[end] != '}'))) return {};
  text.remove_prefix(end + (braces ? 1 : 0));
  return name;
}

void Expand(const re2::RE2& expression, const Groups& groups, std::string_view replacement,
            std::string& out) {
  while (!replacement.empty()) {
    const auto dollar = std::min(replacement.find('$'), replacement.size());
    out += replacement.substr(0, dollar);
    if (dollar == replacement.size()) return;
    replacement.remove_prefix(dollar + 1);
    if (replacement.starts_with('$')) {
      out += '$';
      replacement.remove_prefix(1);
    } else if (const std::string_view name = TakeName(replacement); !name.empty()) {
      AppendGroup(expression, groups, name, out);
    } else {
      out += '$';
    }
  }
}

}  // namespace

Result<bool> MatchRegexp(std::string_view pattern, std::string_view text) {
  const auto expression = Compile(pattern);
  if (!expression->ok()) return WrongPattern(*expression);
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression);
}

Result<std::string> ReplaceRegexp(std::string_view pattern, std::string_view replacement,
                                  std::string_view text) {
  const auto expression = Compile(pattern);
  if (!expression->ok()) return WrongPattern(*expression);
  const re2::StringPiece input(text.data(), text.size());
  Groups groups(static_cast<std::size_t>(expression->NumberOfCapturingGroups()) + 1);
  std::string out;
  std::size_t copied = 0;  // up to here of the text is in `out`
  for (std::size_t from = 0; from <= text.size();) {
    if (!expression->Match(input, from, text.size(), re2::RE2::UNANCHORED, groups.data(),
                           static_cast<int>(groups.size()))) {
      break;
    }
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    const std::size_t end = begin + groups[0].size();
    out += text.substr(copied, begin - copied);
    // An empty match right behind another one is none.
    if (end > copied || begin == 0) Expand(*expression, groups, replacement, out);
    if (out.size() > kMaxTextBytes) break;  // the caller says that it is too long
    copied = end;
    const std::size_t width = DecodeRune(text.substr(from)).size;
    from = from + width > end ? from + width : from + 1 > end ? from + 1 : end;
  }
  return out.append(text.substr(std::min(copied, text.size())));
}

}  // namespace ecsward::templates
