#include "rules/rule_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/suggest.h"
#include "rules/evidence_request.h"
#include "rules/promql/duration.h"
#include "rules/promql/parser.h"
#include "rules/rule_yaml.h"
#include "rules/template/template.h"

namespace ecsward {
namespace {

constexpr std::size_t kMaxProblems = 1000;  // a wrong file is not worth a page more
constexpr std::size_t kExprCost = 8;        // a tree weighs more than its text

// Label names and values with their places, in the file's order.
struct Pair {
  LabelPair label;
  YamlPlace name_at, value_at;
};
using Pairs = std::vector<Pair>;

LabelPairs Sorted(const Pairs& pairs) {
  LabelPairs out;
  for (const Pair& pair : pairs) out.push_back(pair.label);
  std::sort(out.begin(), out.end());
  return out;
}

class Reader {
 public:
  Reader(std::string_view text, std::string file, RuleFile& out)
      : text_(text), file_(std::move(file)), out_(out) {}

  void Read() {
    YamlDocument document = LoadRuleYaml(text_);
    if (document.problem) {
      Add(document.problem->place, std::move(document.problem->message));
      return;
    }
    if (document.root.IsNull()) return;
    ReadMap(document.root, {{"groups", [this](const YAML::Node& n) { ReadGroups(n); }}});
    if (budget_.exhausted()) Add({}, "the file's aliases unfold to more than a rule file may hold");
    std::stable_sort(out_.problems.begin(), out_.problems.end(), InOrder);
    std::stable_sort(out_.warnings.begin(), out_.warnings.end(), InOrder);
  }

 private:
  using Keys = std::map<std::string_view, std::function<void(const YAML::Node&)>>;

  static bool InOrder(const RuleFileProblem& a, const RuleFileProblem& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  }

  RuleFileProblem Problem(YamlPlace place, std::string message) const {
    return {file_, place.line, place.column, group_, rule_number_, rule_, std::move(message)};
  }

  void Add(YamlPlace place, std::string message) {
    if (out_.problems.size() >= kMaxProblems) return;
    out_.problems.push_back(Problem(place, std::move(message)));
  }

  // Calls for each entry whose key is known and whose value is something.
  void ReadMap(const YAML::Node& map, const Keys& keys) {
    if (!map.IsMap()) {
      Add(PlaceOf(map), "want keys and values, got " + KindOf(map));
      return;
    }
    for (const YamlEntry& entry : Entries(map)) {
      const auto key = keys.find(entry.name);
      if (key == keys.end()) {
        Add(entry.place, UnknownKey(entry.name, keys));
      } else if (!entry.value.IsNull()) {
        key->second(entry.value);
      }
    }
  }

  static std::string UnknownKey(std::string_view name, const Keys& keys) {
    std::vector<std::string_view> known;
    for (const auto& [key, read] : keys) known.push_back(key);
    return fmt::format("unknown key \"{}\"{}", Shown(name), DidYouMean(name, known));
  }

  std::vector<YamlEntry> Entries(const YAML::Node& map) {
    std::vector<YamlProblem> problems;
    auto entries = EntriesOf(map, budget_, problems);
    for (YamlProblem& problem : problems) Add(problem.place, std::move(problem.message));
    return entries;
  }

  // Calls for each item that is something.
  void ReadList(const YAML::Node& list, std::string_view key,
                const std::function<void(const YAML::Node&)>& read) {
    if (!list.IsSequence()) {
      Add(PlaceOf(list), fmt::format("{}: want a list, got {}", key, KindOf(list)));
      return;
    }
    for (const YAML::Node& item : list) {
      if (!budget_.SpendNode()) return;
      if (!item.IsNull()) read(item);
    }
  }

  std::string Text(const YAML::Node& node, std::string_view key) {
    if (node.IsScalar() && budget_.Spend(node.Scalar().size())) return node.Scalar();
    if (!node.IsScalar()) {
      Add(PlaceOf(node), fmt::format("{}: want a text, got {}", key, KindOf(node)));
    }
    return {};
  }

  std::int64_t Duration(const YAML::Node& node, std::string_view key) {
    if (!node.IsScalar()) {
      Add(PlaceOf(node), fmt::format("{}: want a duration, got {}", key, KindOf(node)));
      return 0;
    }
    const auto ms = promql::ParseDuration(node.Scalar());
    if (ms) return *ms;
    const bool shown = node.Scalar().size() > 80;
    Add(PlaceOf(node),
        fmt::format("{}: {}", key, shown ? "not a valid duration string" : ms.error().message));
    return 0;
  }

  std::int64_t Limit(const YAML::Node& node) {
    const auto limit = IntegerOf(node);
    if (!limit) {
      Add(PlaceOf(node), "limit: want a number, got " + KindOf(node));
      return 0;
    }
    return std::max<std::int64_t>(*limit, 0);  // below zero is no limit, too
  }

  Pairs ReadPairs(const YAML::Node& map, std::string_view key) {
    Pairs out;
    if (!map.IsMap()) {
      Add(PlaceOf(map), fmt::format("{}: want keys and values, got {}", key, KindOf(map)));
      return out;
    }
    for (const YamlEntry& entry : Entries(map)) {
      Pair pair{{entry.name, ""}, entry.place, entry.place};
      if (!entry.value.IsNull()) {
        pair.value_at = PlaceOf(entry.value);
        if (entry.value.IsScalar()) {
          pair.label.value = Text(entry.value, key);
        } else {
          Text(entry.value, fmt::format("{}.{}", key, Shown(entry.name)));
        }
      }
      out.push_back(std::move(pair));
    }
    return out;
  }

  void CheckLabels(const Pairs& labels) {
    for (const Pair& pair : labels) {
      if (!IsLabelName(pair.label.name) || pair.label.name == kMetricName) {
        Add(pair.name_at, "invalid label name: " + Shown(pair.label.name));
      }
    }
  }

  void ReadGroups(const YAML::Node& groups) {
    std::set<std::string> names;
    ReadList(groups, "groups", [&](const YAML::Node& node) {
      RuleGroup group;
      group.file = file_;
      ReadGroup(node, group);
      group_.clear();
      if (!node.IsMap()) return;
      const YamlPlace place = PlaceOf(node);
      const YAML::Node name = node["name"];
      const bool unreadable = name.IsDefined() && (name.IsMap() || name.IsSequence());
      if (group.name.empty() && !unreadable) Add(place, "Groupname must not be empty");
      if (!group.name.empty() && !names.insert(group.name).second) {
        Add(place, fmt::format("groupname: \"{}\" is repeated in the same file", group.name));
      }
      out_.groups.push_back(std::move(group));
    });
  }

  void ReadGroup(const YAML::Node& node, RuleGroup& group) {
    Pairs labels;
    YAML::Node rules;
    ReadMap(
        node,
        {{"name",
          [&](const YAML::Node& n) {
            group.name = Text(n, "name");
            group_ = group.name;
          }},
         {"interval", [&](const YAML::Node& n) { group.interval_ms = Duration(n, "interval"); }},
         {"query_offset",
          [&](const YAML::Node& n) { group.query_offset_ms = Duration(n, "query_offset"); }},
         {"limit", [&](const YAML::Node& n) { group.limit = Limit(n); }},
         {"labels", [&](const YAML::Node& n) { labels = ReadPairs(n, "labels"); }},
         // Read last: their problems name the group, and they get its labels.
         {"rules", [&](const YAML::Node& n) { rules.reset(n); }}});
    CheckLabels(labels);
    if (rules.IsNull()) return;
    ReadList(rules, "rules", [&](const YAML::Node& n) {
      ++rule_number_;
      if (auto rule = ReadRule(n, labels)) group.rules.push_back(*std::move(rule));
      rule_.clear();
    });
    rule_number_ = 0;
  }

  // A rule as it is written.
  struct Draft {
    Rule rule;
    YamlPlace at, record_at, alert_at, expr_at, for_at, keep_firing_for_at, annotations_at;
    YAML::Node expr;
    Pairs labels, annotations;
  };

  std::optional<Rule> ReadRule(const YAML::Node& node, const Pairs& group_labels) {
    Draft draft;
    Rule& rule = draft.rule;
    draft.at = PlaceOf(node);
    rule.line = draft.at.line;
    rule.column = draft.at.column;
    const auto text = [this](std::string& to, YamlPlace& at, std::string_view key) {
      return [this, &to, &at, key](const YAML::Node& n) {
        to = Text(n, key);
        at = PlaceOf(n);
      };
    };
    const auto duration = [this](std::int64_t& to, YamlPlace& at, std::string_view key) {
      return [this, &to, &at, key](const YAML::Node& n) {
        to = Duration(n, key);
        at = PlaceOf(n);
      };
    };
    NameRule(node);
    ReadMap(node, {{"record", text(rule.record, draft.record_at, "record")},
                   {"alert", text(rule.alert, draft.alert_at, "alert")},
                   {"expr",
                    [&](const YAML::Node& n) {
                      rule.expr_text = Text(n, "expr");
                      draft.expr.reset(n);
                    }},
                   {"for", duration(rule.for_ms, draft.for_at, "for")},
                   {"keep_firing_for",
                    duration(rule.keep_firing_for_ms, draft.keep_firing_for_at, "keep_firing_for")},
                   {"labels", [&](const YAML::Node& n) { draft.labels = ReadPairs(n, "labels"); }},
                   {"annotations", [&](const YAML::Node& n) {
                      draft.annotations = ReadPairs(n, "annotations");
                      draft.annotations_at = PlaceOf(n);
                    }}});
    if (!node.IsMap()) return std::nullopt;
    CheckNames(draft);
    CheckExpr(draft);
    if (!rule.record.empty()) CheckRecording(draft);
    CheckLabels(draft.labels);
    for (const Pair& pair : draft.annotations) {
      if (IsLabelName(pair.label.name)) continue;
      Add(pair.name_at, "invalid annotation name: " + Shown(pair.label.name));
    }
    if (!rule.alert.empty()) CheckTemplates(draft);
    if (!rule.alert.empty()) CheckEvidence(draft);
    Finish(draft, group_labels);
    return std::move(rule);
  }

  // The name first, because the problems of all its keys tell it.
  void NameRule(const YAML::Node& node) {
    if (!node.IsMap()) return;
    for (const std::string_view key : {"record", "alert"}) {
      const YAML::Node name = node[std::string(key)];
      if (name.IsDefined() && name.IsScalar() && !name.Scalar().empty()) rule_ = name.Scalar();
    }
  }

  void CheckNames(const Draft& draft) {
    const bool record = !draft.rule.record.empty(), alert = !draft.rule.alert.empty();
    if (record && alert) Add(draft.at, "only one of 'record' and 'alert' must be set");
    if (!record && !alert) Add(draft.at, "one of 'record' or 'alert' must be set");
  }

  void CheckExpr(Draft& draft) {
    Rule& rule = draft.rule;
    if (rule.expr_text.empty()) {
      const bool written = !draft.expr.IsNull();
      if (written && !draft.expr.IsScalar()) return;  // that is said already
      Add(written ? PlaceOf(draft.expr) : draft.at, "field 'expr' must be set in rule");
      return;
    }
    if (!budget_.Spend(rule.expr_text.size() * kExprCost)) return;
    auto parsed = promql::Parse(rule.expr_text);
    if (parsed) {
      rule.expr = *std::move(parsed);
      return;
    }
    const promql::ParseError& error = parsed.error();
    Add(PlaceInScalar(text_, draft.expr, error.line, error.column),
        "could not parse expression: " + error.ToString());
  }

  void CheckRecording(const Draft& draft) {
    const Rule& rule = draft.rule;
    const auto forbidden = [this](bool set, YamlPlace at, std::string_view key) {
      if (set) Add(at, fmt::format("invalid field '{}' in recording rule", key));
    };
    forbidden(!draft.annotations.empty(), draft.annotations_at, "annotations");
    forbidden(rule.for_ms != 0, draft.for_at, "for");
    forbidden(rule.keep_firing_for_ms != 0, draft.keep_firing_for_at, "keep_firing_for");
    if (!IsMetricName(rule.record)) {
      Add(draft.record_at, "invalid recording rule name: " + Shown(rule.record));
    }
  }

  void CheckTemplates(const Draft& draft) {
    const std::string name = "__alert_" + draft.rule.alert;
    const auto check = [&](const Pairs& pairs, std::string_view what) {
      for (const Pair& pair : pairs) {
        const auto ok = CheckTemplate(pair.label.value, name);
        if (ok) continue;
        Add(pair.value_at,
            fmt::format("{} \"{}\": {}", what, Shown(pair.label.name), ok.error().message));
      }
    };
    check(draft.labels, "label");
    check(draft.annotations, "annotation");
  }

  // Only ours: Prometheus takes any text there.
  void CheckEvidence(const Draft& draft) {
    for (const Pairs* pairs : {&draft.labels, &draft.annotations}) {
      for (const Pair& pair : *pairs) {
        if (pair.label.name != kEvidenceKey) continue;
        if (auto kinds = ParseEvidenceKinds(pair.label.value); !kinds) {
          Add(pair.value_at, std::move(kinds).error().message);
        }
      }
    }
  }

  // A rule's own label stands before its group's.
  void AddGroupLabels(const Pairs& group_labels, LabelPairs& labels) {
    const auto by_name = [](const LabelPair& a, const LabelPair& b) { return a.name < b.name; };
    const std::size_t own = labels.size();
    for (const Pair& pair : group_labels) {
      const LabelPair& label = pair.label;
      if (!budget_.SpendNode() || !budget_.Spend(label.value.size())) return;
      const auto end_of_own = labels.begin() + static_cast<std::ptrdiff_t>(own);
      if (!std::binary_search(labels.begin(), end_of_own, label, by_name)) labels.push_back(label);
    }
    std::sort(labels.begin(), labels.end());
  }

  void Finish(Draft& draft, const Pairs& group_labels) {
    Rule& rule = draft.rule;
    rule.labels = Sorted(draft.labels);
    AddGroupLabels(group_labels, rule.labels);
    rule.annotations = Sorted(draft.annotations);  // an empty one stays, as in Prometheus
    // Prometheus runs them all the same, each undoing the other's work.
    if (!seen_.emplace(rule.name(), rule.labels).second && !rule.name().empty() &&
        out_.warnings.size() < kMaxProblems) {
      out_.warnings.push_back(Problem(draft.at, "another rule has this name and these labels"));
    }
  }

  std::string_view text_;
  std::string file_;
  RuleFile& out_;
  YamlBudget budget_;
  std::string group_, rule_;  // where the reading is
  int rule_number_ = 0;
  std::set<std::pair<std::string, LabelPairs>> seen_;
};

}  // namespace

std::string RuleFileProblem::ToString() const {
  std::string text = file;
  if (line > 0) text += fmt::format(":{}:{}", line, column);
  if (!group.empty() || rule_number > 0) text += fmt::format(": group \"{}\"", group);
  if (rule_number > 0) text += fmt::format(", rule {}, \"{}\"", rule_number, rule);
  return text + ": " + message;
}

RuleFile ParseRuleFile(std::string_view yaml, std::string file) {
  RuleFile out;
  const std::string name = file;
  try {
    Reader(yaml, std::move(file), out).Read();
  } catch (const YAML::Exception& e) {
    // A node asked for something it is not: nothing known leads here.
    out.problems.push_back({name, 0, 0, "", 0, "", e.what()});
  }
  return out;
}

}  // namespace ecsward
