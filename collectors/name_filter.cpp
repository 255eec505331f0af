#include "collectors/name_filter.h"

#include <re2/re2.h>

namespace ecsward {
namespace {

std::unique_ptr<RE2> Compile(std::string_view pattern) {
  if (pattern.empty()) return nullptr;
  RE2::Options quiet;
  quiet.set_log_errors(false);
  return std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), quiet);
}

bool Found(const RE2& regex, std::string_view name) {
  return RE2::PartialMatch(re2::StringPiece(name.data(), name.size()), regex);
}

}  // namespace

NameFilter::NameFilter(std::string_view include, std::string_view exclude)
    : include_(Compile(include)), exclude_(Compile(exclude)) {}
NameFilter::~NameFilter() = default;
NameFilter::NameFilter(NameFilter&&) noexcept = default;

bool NameFilter::Takes(std::string_view name) {
  if (const auto it = known_.find(name); it != known_.end()) return it->second;
  const bool takes =
      (!include_ || Found(*include_, name)) && (!exclude_ || !Found(*exclude_, name));
  if (known_.size() >= kMaxKept) known_.clear();
  known_.emplace(name, takes);
  return takes;
}

}  // namespace ecsward
