#include "exporters/notify/route_match.h"

#include <algorithm>
#include <utility>

#include "exporters/notify/matchers.h"
#include "rules/template/unicode.h"

namespace ecsward::notify {
namespace {

LabelPairs GroupLabels(const Route& route, const LabelPairs& labels) {
  if (route.group_by_all) return labels;
  LabelPairs out;
  for (const LabelPair& label : labels) {
    // A handful of names: looking through them is what costs least.
    if (std::find(route.group_by.begin(), route.group_by.end(), label.name) !=
        route.group_by.end()) {
      out.push_back(label);
    }
  }
  return out;
}

// Depth first, left to right. A child that matches hides its parent, and its later siblings unless
// it says `continue`.
bool Walk(const Route& route, const std::string& parent_key, const LabelPairs& labels,
          std::vector<RoutedTo>& out) {
  if (!MatchesAll(route.matchers, labels)) return false;
  const std::string key = parent_key + ToText(route.matchers);
  bool hidden = false;
  for (const Route& child : route.routes) {
    if (!Walk(child, key + '/', labels, out)) continue;
    hidden = true;
    if (!child.go_on) break;
  }
  if (!hidden) out.push_back({&route, key, GroupLabels(route, labels)});
  return true;
}

}  // namespace

std::vector<RoutedTo> RoutesOf(const Route& root, const LabelPairs& labels) {
  std::vector<RoutedTo> out;
  Walk(root, "", labels, out);
  return out;
}

// They are sorted as the texts they are in the end, not by name: `a1="x"` stands before `a="x"`.
std::string GroupLabelsText(const LabelPairs& labels) {
  std::vector<std::string> parts;
  parts.reserve(labels.size());
  for (const LabelPair& label : labels) {
    parts.push_back(label.name + '=' + templates::Quote(label.value));
  }
  std::sort(parts.begin(), parts.end());
  std::string out = "{";
  for (const std::string& part : parts) {
    if (out.size() > 1) out += ", ";
    out += part;
  }
  return out + "}";
}

std::string GroupKey(const RoutedTo& to) {
  return to.route_key + ':' + GroupLabelsText(to.group_labels);
}

}  // namespace ecsward::notify
