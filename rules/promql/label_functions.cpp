// label_replace and label_join.
#include <re2/re2.h>

#include <map>
#include <utility>

#include "rules/promql/instant_functions.h"

namespace ecsward::promql {
namespace {

constexpr std::int64_t kMaxRegexpMemory = std::int64_t{8} << 20;

// A piece of a replacement: text, or what group `group` matched.
struct Piece {
  std::string text;
  int group = -1;
};

// The group that "1" or "name" stands for; -1 when there is none, which then gives nothing.
int GroupOf(std::string_view name, const RE2& regexp) {
  constexpr std::string_view kDigits = "0123456789";
  const bool number = name.find_first_not_of(kDigits) == std::string_view::npos &&
                      name.size() <= 8 && (name.size() == 1 || name[0] != '0');
  if (number) {
    const int group = std::stoi(std::string(name));
    return group <= regexp.NumberOfCapturingGroups() ? group : -1;
  }
  const auto& groups = regexp.NamedCapturingGroups();
  const auto found = groups.find(std::string(name));
  return found == groups.end() ? -1 : found->second;
}

// $1, $name, ${name}, $$. A name is as long as letters, digits and _ go on; a $ before anything
// else stands for itself.
// source: https://pkg.go.dev/regexp#Regexp.Expand
std::vector<Piece> ParseReplacement(const std::string& replacement, const RE2& regexp) {
  static constexpr const char* kReference = R"(\{([\pL\p{Nd}_]+)\}|([\pL\p{Nd}_]+))";
  const RE2 reference(kReference);
  std::vector<Piece> pieces(1);
  re2::StringPiece rest(replacement);
  while (!rest.empty()) {
    const std::size_t dollar = rest.find('$');
    pieces.back().text.append(rest.data(), std::min(dollar, rest.size()));
    if (dollar == re2::StringPiece::npos) break;
    rest.remove_prefix(dollar + 1);
    if (!rest.empty() && rest[0] == '$') {
      pieces.back().text += '$';
      rest.remove_prefix(1);
      continue;
    }
    std::string braced, plain;
    if (!RE2::Consume(&rest, reference, &braced, &plain)) {
      pieces.back().text += '$';
      continue;
    }
    pieces.push_back({"", GroupOf(braced.empty() ? plain : braced, regexp)});
    pieces.emplace_back();
  }
  return pieces;
}

}  // namespace

struct LabelReplacer::Impl {
  Impl(std::string to, std::string from, std::string_view expression, const RE2::Options& options)
      : destination(std::move(to)),
        source(std::move(from)),
        regexp("^(?:" + std::string(expression) + ")$", options) {}
  std::string destination, source;
  RE2 regexp;
  std::vector<Piece> pieces;
};

LabelReplacer::LabelReplacer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LabelReplacer::~LabelReplacer() = default;
LabelReplacer::LabelReplacer(LabelReplacer&&) noexcept = default;
LabelReplacer& LabelReplacer::operator=(LabelReplacer&&) noexcept = default;

Result<LabelReplacer> LabelReplacer::Make(std::string destination, const std::string& replacement,
                                          std::string source, std::string_view regexp) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxRegexpMemory);
  auto impl = std::make_unique<Impl>(std::move(destination), std::move(source), regexp, options);
  if (!impl->regexp.ok()) {
    return Fail(ErrorCode::kInvalidArgument,
                "invalid regular expression in label_replace(): " + std::string(regexp));
  }
  if (!IsLabelName(impl->destination)) {
    return Fail(ErrorCode::kInvalidArgument,
                "invalid destination label name in label_replace(): " + impl->destination);
  }
  impl->pieces = ParseReplacement(replacement, impl->regexp);
  return LabelReplacer(std::move(impl));
}

LabelPairs LabelReplacer::Apply(LabelPairs labels) const {
  const RE2& regexp = impl_->regexp;
  const std::string value(Get(labels, impl_->source));
  std::vector<re2::StringPiece> groups(
      static_cast<std::size_t>(regexp.NumberOfCapturingGroups() + 1));
  if (!regexp.Match(value, 0, value.size(), RE2::ANCHOR_BOTH, groups.data(),
                    static_cast<int>(groups.size()))) {
    return labels;
  }
  std::string replaced;
  for (const Piece& piece : impl_->pieces) {
    replaced += piece.text;
    if (piece.group < 0) continue;
    const re2::StringPiece& group = groups[static_cast<std::size_t>(piece.group)];
    replaced.append(group.data(), group.size());
  }
  Set(labels, impl_->destination, replaced);
  return labels;
}

Result<void> CheckLabelJoin(std::string_view destination, std::span<const std::string> sources) {
  for (const std::string& source : sources) {
    if (!IsLabelName(source)) {
      return Fail(ErrorCode::kInvalidArgument,
                  "invalid source label name in label_join(): " + source);
    }
  }
  if (!IsLabelName(destination)) {
    return Fail(ErrorCode::kInvalidArgument,
                "invalid destination label name in label_join(): " + std::string(destination));
  }
  return {};
}

LabelPairs JoinLabels(LabelPairs labels, std::string_view destination, std::string_view separator,
                      std::span<const std::string> sources) {
  std::string joined;
  for (const std::string& source : sources) {
    if (&source != sources.data()) joined += separator;
    joined += Get(labels, source);
  }
  Set(labels, destination, joined);
  return labels;
}

}  // namespace ecsward::promql
