// Walks the notifier's part of the configuration and keeps what is wrong with it. What parts of it
// mean is told in route_config.h, interval_config.h, receiver_config.h and global_config.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/notify/config_files.h"
#include "exporters/notify/notify_config.h"
#include "rules/rule_yaml.h"

namespace ecsward::notify {

// A value of the file, where it stands and the way to it.
// note: nodes are never assigned: yaml-cpp would assign to the document.
struct Spot {
  const YAML::Node node;
  YamlPlace place;
  std::string path;  // "alerting.route.routes[0].matchers"
};

// A key with its value, which may say nothing (IsNull).
struct NamedSpot {
  std::string name;
  YamlPlace key_place;
  Spot spot;
};

// A name that is said here and must be defined elsewhere.
struct NameUse {
  std::string name;
  Spot spot;
};

// What is checked when all has been read.
struct NameUses {
  std::vector<NameUse> receivers, time_intervals;
  struct Onward {
    std::string from;  // the receiver whose fallback or warning this is
    NameUse to;
    bool fallback = false;
  };
  std::vector<Onward> onward;
};

class ConfigReader {
 public:
  // What it is given outlives it; without files those that are named are not looked at.
  explicit ConfigReader(const ConfigFiles* files) : files_(files) {}

  void Add(const Spot& spot, std::string message);
  void Add(YamlPlace place, std::string path, std::string message);
  // In the file's order.
  std::vector<NotifyProblem> TakeProblems();
  bool HasProblemAt(std::string_view path) const;
  std::size_t problem_count() const { return problem_count_; }  // also those beyond the most kept

  // The entries of a mapping, also those whose values say nothing. A problem unless it is one.
  std::vector<NamedSpot> Entries(const Spot& spot);
  // The items of a list; a problem unless it is one. Items that say nothing are problems, too.
  std::vector<Spot> Items(const Spot& spot);

  // Calls for each key whose value says something. Unknown keys are problems, with the nearest one.
  using Fields = std::vector<std::pair<std::string_view, std::function<void(const Spot& value)>>>;
  void Map(const Spot& spot, const Fields& fields);
  void UnknownKey(const NamedSpot& entry, const std::vector<std::string_view>& known);

  // Each puts a value where it belongs, or adds a problem and leaves it alone. Values are shown in
  // messages, so none of them is for secrets.
  bool Text(const Spot& spot, std::string& into);
  void Flag(const Spot& spot, bool& into);
  void Integer(const Spot& spot, std::int64_t low, std::int64_t high, std::int64_t& into);
  using Milliseconds = std::chrono::milliseconds;
  void Duration(const Spot& spot, Milliseconds& into);
  void PositiveDuration(const Spot& spot, Milliseconds& into);
  void Texts(const Spot& spot, std::vector<std::string>& into);

  // Of NAME_file.
  Secret SecretFromFile(const Spot& spot);
  // The path of a file that must be there.
  void File(const Spot& spot, std::string& into);

  const ConfigFiles* files() const { return files_; }
  // Whether the walk may go on: what is read costs more than its text.
  bool Spend(std::size_t bytes) { return budget_.Spend(bytes); }
  bool exhausted() const { return budget_.exhausted(); }

  NameUses uses;

 private:
  const ConfigFiles* files_;
  YamlBudget budget_;
  std::vector<NotifyProblem> problems_;
  std::size_t problem_count_ = 0;
};

// For messages: what kind of thing it is. Never what it says: where nothing of the kind is expected
// it may be a secret.
std::string_view ShapeOf(const YAML::Node& node);
std::string ChildPath(std::string_view path, std::string_view name);

}  // namespace ecsward::notify
