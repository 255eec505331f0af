#include <algorithm>
#include <tuple>

#include "exporters/notify/matchers.h"

namespace ecsward::notify {

// Alertmanager sorts a route's matchers before it makes a key of them, and escapes their values as
// OpenMetrics does; the values of group labels are quoted as Go quotes (route_match.cpp).
std::string ToText(const std::vector<LabelMatcher>& matchers) {
  std::vector<const LabelMatcher*> sorted;
  sorted.reserve(matchers.size());
  for (const LabelMatcher& matcher : matchers) sorted.push_back(&matcher);
  const auto key = [](const LabelMatcher* m) {
    return std::tuple(m->name(), m->value(), m->type());
  };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&key](const auto* a, const auto* b) { return key(a) < key(b); });
  std::string out = "{";
  for (const LabelMatcher* matcher : sorted) {
    if (out.size() > 1) out += ',';
    out += matcher->ToString();
  }
  return out + "}";
}

}  // namespace ecsward::notify
