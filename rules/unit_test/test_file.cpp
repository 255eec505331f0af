#include "rules/unit_test/test_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "base/suggest.h"
#include "rules/promql/duration.h"
#include "rules/rule_yaml.h"
#include "rules/unit_test/yaml_number.h"

namespace ecsward {
namespace {

constexpr std::size_t kMaxProblems = 100;  // a wrong file is not worth a page more

class Reader {
 public:
  explicit Reader(UnitTestFile& out) : out_(out) {}

  void Read(std::string_view text) {
    YamlDocument document = LoadRuleYaml(text, SecondDocument::kLeftOut);
    if (document.problem) {
      Add(document.problem->place, document.problem->message);
      return;
    }
    ReadMap(
        document.root,
        {{"rule_files", [this](const YAML::Node& n) { ReadTexts(n, out_.rule_files); }},
         {"evaluation_interval",
          [this](const YAML::Node& n) { Duration(n, out_.evaluation_interval_ms); }},
         {"group_eval_order", [this](const YAML::Node& n) { ReadTexts(n, out_.group_eval_order); }},
         {"tests", [this](const YAML::Node& n) {
            ReadList(n,
                     [this](const YAML::Node& item) { ReadTest(item, out_.tests.emplace_back()); });
          }}});
    if (out_.evaluation_interval_ms == 0) out_.evaluation_interval_ms = 60'000;
    if (budget_.exhausted()) Add({}, "the file's aliases unfold to more than a file may hold");
  }

 private:
  using Read1 = std::function<void(const YAML::Node&)>;
  using Keys = std::map<std::string_view, Read1>;

  void ReadTest(const YAML::Node& node, UnitTest& test) {
    ReadMap(node,
            {{"interval", [&](const YAML::Node& n) { Duration(n, test.interval_ms); }},
             {"name", [&](const YAML::Node& n) { Text(n, test.name); }},
             {"input_series",
              [&](const YAML::Node& n) {
                ReadList(n, [&](const YAML::Node& item) {
                  InputSeries& series = test.input.emplace_back();
                  ReadMap(item, {{"series", [&](const YAML::Node& t) { Text(t, series.series); }},
                                 {"values", [&](const YAML::Node& t) { Text(t, series.values); }}});
                });
              }},
             {"alert_rule_test",
              [&](const YAML::Node& n) {
                ReadList(n, [&](const YAML::Node& item) {
                  ReadAlertCase(item, test.alert_cases.emplace_back());
                });
              }},
             {"promql_expr_test",
              [&](const YAML::Node& n) {
                ReadList(n, [&](const YAML::Node& item) {
                  ReadExprCase(item, test.expr_cases.emplace_back());
                });
              }},
             {"external_labels", [&](const YAML::Node& n) { ReadPairs(n, test.external_labels); }},
             {"external_url", [&](const YAML::Node& n) { Text(n, test.external_url); }}});
  }

  void ReadAlertCase(const YAML::Node& node, AlertCase& test) {
    ReadMap(node,
            {{"eval_time", [&](const YAML::Node& n) { Duration(n, test.eval_time_ms); }},
             {"alertname", [&](const YAML::Node& n) { Text(n, test.alertname); }},
             {"exp_alerts", [&](const YAML::Node& n) {
                ReadList(n, [&](const YAML::Node& item) {
                  ExpectedAlert& alert = test.alerts.emplace_back();
                  ReadMap(item,
                          {{"exp_labels", [&](const YAML::Node& p) { ReadPairs(p, alert.labels); }},
                           {"exp_annotations",
                            [&](const YAML::Node& p) { ReadPairs(p, alert.annotations); }}});
                });
              }}});
  }

  void ReadExprCase(const YAML::Node& node, ExprCase& test) {
    ReadMap(node, {{"expr", [&](const YAML::Node& n) { Text(n, test.expr); }},
                   {"eval_time", [&](const YAML::Node& n) { Duration(n, test.eval_time_ms); }},
                   {"exp_samples", [&](const YAML::Node& n) {
                      ReadList(n, [&](const YAML::Node& item) {
                        ExpectedSample& sample = test.samples.emplace_back();
                        ReadMap(item,
                                {{"labels", [&](const YAML::Node& t) { Text(t, sample.labels); }},
                                 {"value", [&](const YAML::Node& v) { Number(v, sample.value); }}});
                      });
                    }}});
  }

  // Nothing, as `tests: [~]` has it, is a map without keys.
  void ReadMap(const YAML::Node& map, const Keys& keys) {
    if (map.IsNull()) return;
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

  std::vector<YamlEntry> Entries(const YAML::Node& map) {
    std::vector<YamlProblem> problems;
    auto entries = EntriesOf(map, budget_, problems);
    for (const YamlProblem& problem : problems) Add(problem.place, problem.message);
    return entries;
  }

  static std::string UnknownKey(std::string_view name, const Keys& keys) {
    std::vector<std::string_view> known;
    for (const auto& [key, read] : keys) known.push_back(key);
    return fmt::format("unknown key \"{}\"{}", Shown(name), DidYouMean(name, known));
  }

  void ReadList(const YAML::Node& list, const Read1& read) {
    if (!list.IsSequence()) {
      Add(PlaceOf(list), "want a list, got " + KindOf(list));
      return;
    }
    for (const YAML::Node& item : list) {
      if (!budget_.SpendNode()) return;
      read(item);
    }
  }

  void ReadTexts(const YAML::Node& list, std::vector<std::string>& out) {
    ReadList(list, [&](const YAML::Node& item) {
      out.emplace_back();
      if (!item.IsNull()) Text(item, out.back());
    });
  }

  void ReadPairs(const YAML::Node& map, LabelPairs& out) {
    if (!map.IsMap()) {
      Add(PlaceOf(map), "want keys and values, got " + KindOf(map));
      return;
    }
    for (const YamlEntry& entry : Entries(map)) {
      LabelPair& pair = out.emplace_back(LabelPair{entry.name, ""});
      if (!entry.value.IsNull()) Text(entry.value, pair.value);
    }
    std::sort(out.begin(), out.end());
  }

  void Text(const YAML::Node& node, std::string& out) {
    if (!node.IsScalar()) {
      Add(PlaceOf(node), "want a text, got " + KindOf(node));
    } else if (budget_.Spend(node.Scalar().size())) {
      out = node.Scalar();
    }
  }

  void Duration(const YAML::Node& node, std::int64_t& out) {
    std::string text;
    Text(node, text);
    if (!node.IsScalar()) return;
    const auto ms = promql::ParseDuration(text);
    if (ms) {
      out = *ms;
    } else {
      Add(PlaceOf(node), Shown(ms.error().message));
    }
  }

  void Number(const YAML::Node& node, double& out) {
    const bool plain = node.IsScalar() && node.Tag() != "!";  // not in quotes
    const auto number = plain ? ParseYamlNumber(node.Scalar()) : std::nullopt;
    if (number) {
      out = *number;
    } else {
      Add(PlaceOf(node), "want a number, got " + KindOf(node));
    }
  }

  void Add(YamlPlace place, std::string_view message) {
    if (out_.problems.size() >= kMaxProblems) return;
    out_.problems.push_back(place.line == 0
                                ? std::string(message)
                                : fmt::format("{}:{}: {}", place.line, place.column, message));
  }

  UnitTestFile& out_;
  YamlBudget budget_;
};

}  // namespace

UnitTestFile ParseUnitTestFile(std::string_view yaml) {
  UnitTestFile out;
  Reader(out).Read(yaml);
  return out;
}

}  // namespace ecsward
