#include "rules/localized.h"

#include <algorithm>
#include <array>
#include <string>

namespace ecsward {
namespace {

constexpr std::array<std::string_view, 2> kLanguages = {"en", "zh"};

// "summary_zh" → "zh"; "" for a name that says no language.
std::string_view LanguageOf(std::string_view name) {
  const std::size_t at = name.rfind('_');
  if (at == std::string_view::npos || at == 0) return {};
  const auto* const found = std::find(kLanguages.begin(), kLanguages.end(), name.substr(at + 1));
  return found == kLanguages.end() ? std::string_view() : *found;
}

}  // namespace

LabelPairs Localized(const LabelPairs& annotations, std::string_view language) {
  if (language.empty()) return annotations;
  LabelPairs out;
  for (const LabelPair& pair : annotations) {
    if (LanguageOf(pair.name).empty()) out.push_back(pair);
  }
  for (const LabelPair& pair : annotations) {
    const std::string_view of = LanguageOf(pair.name);
    if (of.empty() || of != language) continue;
    const std::string name = pair.name.substr(0, pair.name.size() - of.size() - 1);
    const auto it = std::find_if(out.begin(), out.end(),
                                 [&](const LabelPair& other) { return other.name == name; });
    if (it == out.end()) {
      out.push_back({name, pair.value});
    } else {
      it->value = pair.value;
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace ecsward
