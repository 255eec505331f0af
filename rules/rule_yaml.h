// YAML for rule files: a tree of places and scalars, read within bounds.
//
// Aliases and merge keys ("<<") are followed, because rule files use them; what following them may
// cost is bounded, so that a few lines cannot unfold into gigabytes.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecsward {

inline constexpr std::size_t kMaxRuleFileBytes = std::size_t{2} << 20;

// From 1; 0 where nobody knows.
struct YamlPlace {
  int line = 0, column = 0;
};

struct YamlProblem {
  YamlPlace place;
  std::string message;
};

struct YamlDocument {
  YAML::Node root;
  std::optional<YamlProblem> problem;  // then there is nothing in root
};

// What to do about a document behind the first: Prometheus leaves it out without a word.
enum class SecondDocument { kProblem, kLeftOut };

// Never throws, whatever the text.
YamlDocument LoadRuleYaml(std::string_view text, SecondDocument second = SecondDocument::kProblem);

YamlPlace PlaceOf(const YAML::Node& node);
// For messages: `keys and values`, `a list`, `"text"`, `nothing`.
std::string KindOf(const YAML::Node& node);
// A value as it is shown in a message: not whole pages of it.
std::string Shown(std::string_view text);

// A whole number without quotes, as Prometheus's YAML has them: 10, 1_000, 0x10, 010, 1e3; a
// fraction is cut off.
std::optional<std::int64_t> IntegerOf(const YAML::Node& scalar);

struct YamlEntry {
  std::string name;
  YamlPlace place;  // of the key
  YAML::Node value;
};

// What a walk through the document may still cost.
class YamlBudget {
 public:
  // False once it is used up.
  bool Spend(std::size_t bytes);
  bool SpendNode();  // what an item or entry costs besides its text
  bool exhausted() const { return exhausted_; }

 private:
  std::size_t left_ = std::size_t{32} << 20;
  bool exhausted_ = false;
};

// The entries of a mapping in the file's order, those of merge keys behind them. Keys that stand
// twice or are no plain words become problems and are left out.
std::vector<YamlEntry> EntriesOf(const YAML::Node& map, YamlBudget& budget,
                                 std::vector<YamlProblem>& problems);

// Where a byte of a scalar's value stands in the file, as far as that can be told: `line` and
// `column` (in bytes, from 1) count inside the value. Else where the scalar begins.
YamlPlace PlaceInScalar(std::string_view text, const YAML::Node& scalar, std::size_t line,
                        std::size_t column);

}  // namespace ecsward
