// "did you mean": the nearest of the words that would have been right.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ecsward {

// The candidate with the fewest edits from `word`, when that is close enough to be a slip of the
// finger rather than another word; else empty. Suggest("fro", {"for", "expr"}) is "for".
std::string_view Suggest(std::string_view word, std::span<const std::string_view> candidates);

// `; did you mean "for"?`, or nothing.
std::string DidYouMean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace ecsward
