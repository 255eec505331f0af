#include "exporters/notify/route_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "exporters/notify/matchers.h"

namespace ecsward::notify {
namespace {

constexpr int kMaxDepth = 100;
// What a route and a compiled expression weigh besides their texts, so that aliases of aliases end.
constexpr std::size_t kRouteCost = 1024, kExpressionCost = 8192;

bool CheckLabelName(ConfigReader& reader, YamlPlace place, const std::string& path,
                    std::string_view name) {
  if (IsLabelName(name)) return true;
  reader.Add(place, path, fmt::format("\"{}\" is not a label name", Shown(name)));
  return false;
}

// `match` and `match_re`: names and values.
void ReadMatch(ConfigReader& reader, const Spot& spot, MatchType type,
               std::vector<LabelMatcher>& into) {
  for (const NamedSpot& entry : reader.Entries(spot)) {
    std::string value;
    if (!CheckLabelName(reader, entry.key_place, spot.path, entry.name)) continue;
    if (!entry.spot.node.IsNull() && !reader.Text(entry.spot, value)) continue;
    if (type == MatchType::kRegexp) {
      if (!reader.Spend(kExpressionCost)) return;
      // As Alertmanager has it, and shows it in a group's key.
      if (auto bare = LabelMatcher::Make(type, entry.name, value); !bare) {
        reader.Add(entry.spot, bare.error().message);
        continue;
      }
      value = "^(?:" + value + ")$";
    }
    auto matcher = LabelMatcher::Make(type, entry.name, std::move(value));
    if (matcher) into.push_back(std::move(*matcher));
  }
}

void ReadMatcherText(ConfigReader& reader, const Spot& spot, std::vector<LabelMatcher>& into) {
  std::string text;
  if (!reader.Text(spot, text) || !reader.Spend(kExpressionCost)) return;
  auto matchers = ParseMatchers(text);
  if (!matchers) {
    reader.Add(spot, matchers.error().message);
    return;
  }
  into.insert(into.end(), std::make_move_iterator(matchers->begin()),
              std::make_move_iterator(matchers->end()));
}

// A list of texts, or one text.
void ReadMatchers(ConfigReader& reader, const Spot& spot, std::vector<LabelMatcher>& into) {
  if (spot.node.IsScalar()) {
    ReadMatcherText(reader, spot, into);
    return;
  }
  for (const Spot& item : reader.Items(spot)) ReadMatcherText(reader, item, into);
}

void Sort(std::vector<LabelMatcher>& matchers) {
  std::stable_sort(matchers.begin(), matchers.end(),
                   [](const LabelMatcher& a, const LabelMatcher& b) {
                     return std::forward_as_tuple(a.name(), a.value(), a.type()) <
                            std::forward_as_tuple(b.name(), b.value(), b.type());
                   });
}

class RouteReader {
 public:
  explicit RouteReader(ConfigReader& reader) : reader_(reader) {}

  Route Read(const Spot& spot, const Route* parent, int depth) {
    Route route;
    if (parent != nullptr) Inherit(*parent, route);
    if (depth > kMaxDepth) {
      reader_.Add(spot, "routes are nested too deeply");
      return route;
    }
    if (!reader_.Spend(kRouteCost + spot.path.size())) return route;
    // Children need what their parent says, also where that stands below them.
    std::vector<Spot> children;
    const bool root = parent == nullptr;
    const auto matchers =
        [&](void (*read)(ConfigReader&, const Spot&, std::vector<LabelMatcher>&)) {
          return [this, root, read, &route](const Spot& s) {
            if (root) return NotInRoot(s, "matchers");
            read(reader_, s, route.matchers);
          };
        };
    reader_.Map(
        spot,
        {{"receiver", [&](const Spot& s) { ReadReceiver(s, route); }},
         {"group_by", [&](const Spot& s) { ReadGroupBy(s, route); }},
         {"group_wait", [&](const Spot& s) { reader_.Duration(s, route.group_wait); }},
         {"group_interval",
          [&](const Spot& s) { reader_.PositiveDuration(s, route.group_interval); }},
         {"repeat_interval",
          [&](const Spot& s) { reader_.PositiveDuration(s, route.repeat_interval); }},
         {"matchers", matchers(&ReadMatchers)},
         {"match", matchers([](ConfigReader& r, const Spot& s, std::vector<LabelMatcher>& into) {
            ReadMatch(r, s, MatchType::kEqual, into);
          })},
         {"match_re", matchers([](ConfigReader& r, const Spot& s, std::vector<LabelMatcher>& into) {
            ReadMatch(r, s, MatchType::kRegexp, into);
          })},
         {"mute_time_intervals",
          [&](const Spot& s) { ReadIntervals(s, root, route.mute_time_intervals); }},
         {"active_time_intervals",
          [&](const Spot& s) { ReadIntervals(s, root, route.active_time_intervals); }},
         {"continue",
          [&](const Spot& s) {
            reader_.Flag(s, route.go_on);
            if (root && route.go_on) reader_.Add(s, "behind the root route there is nothing");
          }},
         {"routes", [&](const Spot& s) { children = reader_.Items(s); }}});
    Sort(route.matchers);
    if (root && route.receiver.empty() && !reader_.HasProblemAt(spot.path + ".receiver")) {
      reader_.Add(spot, "the root route must name a receiver");
    }
    for (const Spot& child : children) {
      if (reader_.exhausted()) break;
      route.routes.push_back(Read(child, &route, depth + 1));
    }
    return route;
  }

 private:
  static void Inherit(const Route& parent, Route& route) {
    route.receiver = parent.receiver;
    route.group_by = parent.group_by;
    route.group_by_all = parent.group_by_all;
    route.group_wait = parent.group_wait;
    route.group_interval = parent.group_interval;
    route.repeat_interval = parent.repeat_interval;
  }

  void NotInRoot(const Spot& spot, std::string_view what) {
    const bool empty = (spot.node.IsMap() || spot.node.IsSequence()) && spot.node.size() == 0;
    if (!empty) reader_.Add(spot, fmt::format("the root route takes all alerts: no {}", what));
  }

  void ReadReceiver(const Spot& spot, Route& route) {
    std::string name;
    // An empty one says nothing, as Alertmanager has it.
    if (!reader_.Text(spot, name) || name.empty()) return;
    route.receiver = name;
    reader_.uses.receivers.push_back({std::move(name), spot});
  }

  // An empty list says nothing, too.
  void ReadGroupBy(const Spot& spot, Route& route) {
    const auto items = reader_.Items(spot);
    std::set<std::string, std::less<>> names;
    bool all = false;
    for (const Spot& item : items) {
      std::string name;
      if (!reader_.Text(item, name)) continue;
      if (name == "...") {
        all = true;
        if (items.size() > 1) reader_.Add(item, "... stands for all labels, so for itself");
      } else if (CheckLabelName(reader_, item.place, item.path, name) &&
                 !names.insert(name).second) {
        reader_.Add(item, fmt::format("\"{}\" stands here twice", name));
      }
    }
    if (items.empty()) return;
    route.group_by_all = all;
    route.group_by.assign(names.begin(), names.end());
  }

  void ReadIntervals(const Spot& spot, bool root, std::vector<std::string>& into) {
    if (root) return NotInRoot(spot, "time intervals");
    for (const Spot& item : reader_.Items(spot)) {
      std::string name;
      if (!reader_.Text(item, name)) continue;
      into.push_back(name);
      reader_.uses.time_intervals.push_back({std::move(name), item});
    }
  }

  ConfigReader& reader_;
};

}  // namespace

Route ReadRouteTree(ConfigReader& reader, const Spot& spot) {
  return RouteReader(reader).Read(spot, nullptr, 0);
}

std::vector<InhibitRule> ReadInhibitRules(ConfigReader& reader, const Spot& spot) {
  std::vector<InhibitRule> rules;
  for (const Spot& item : reader.Items(spot)) {
    if (!reader.Spend(kRouteCost)) break;
    InhibitRule rule;
    const auto match = [&reader](MatchType type, std::vector<LabelMatcher>& into) {
      return [&reader, type, &into](const Spot& s) { ReadMatch(reader, s, type, into); };
    };
    const auto matchers = [&reader](std::vector<LabelMatcher>& into) {
      return [&reader, &into](const Spot& s) { ReadMatchers(reader, s, into); };
    };
    reader.Map(item, {{"source_match", match(MatchType::kEqual, rule.source)},
                      {"source_match_re", match(MatchType::kRegexp, rule.source)},
                      {"source_matchers", matchers(rule.source)},
                      {"target_match", match(MatchType::kEqual, rule.target)},
                      {"target_match_re", match(MatchType::kRegexp, rule.target)},
                      {"target_matchers", matchers(rule.target)},
                      {"equal", [&](const Spot& s) {
                         for (const Spot& name : reader.Items(s)) {
                           std::string label;
                           if (reader.Text(name, label) &&
                               CheckLabelName(reader, name.place, name.path, label)) {
                             rule.equal.push_back(std::move(label));
                           }
                         }
                       }}});
    Sort(rule.source);
    Sort(rule.target);
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace ecsward::notify
