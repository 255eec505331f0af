#include "exporters/notify/config_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/suggest.h"
#include "rules/promql/duration.h"

namespace ecsward::notify {
namespace {

constexpr std::size_t kMaxProblems = 200;  // a wrong file is not worth a page more

// As Alertmanager's YAML has them, without quotes.
std::optional<bool> FlagOf(const YAML::Node& node) {
  if (!node.IsScalar() || node.Tag() != "?") return std::nullopt;
  std::string word = node.Scalar();
  const bool shout =
      std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  // "TRUE", "True" and "true", but not "tRUE".
  for (std::size_t i = 0; i < word.size(); ++i) {
    if ((i == 0 || shout) && word[i] >= 'A' && word[i] <= 'Z') {
      word[i] = static_cast<char>(word[i] - 'A' + 'a');
    }
  }
  constexpr std::array<std::string_view, 4> kYes{"true", "yes", "on", "y"},
      kNo{"false", "no", "off", "n"};
  if (std::find(kYes.begin(), kYes.end(), word) != kYes.end()) return true;
  if (std::find(kNo.begin(), kNo.end(), word) != kNo.end()) return false;
  return std::nullopt;
}

}  // namespace

std::string_view ShapeOf(const YAML::Node& node) {
  if (node.IsMap()) return "keys and values";
  if (node.IsSequence()) return "a list";
  return node.IsScalar() ? "one value" : "nothing";
}

std::string ChildPath(std::string_view path, std::string_view name) {
  return fmt::format("{}.{}", path, Shown(name));
}

void ConfigReader::Add(const Spot& spot, std::string message) {
  Add(spot.place, spot.path, std::move(message));
}

void ConfigReader::Add(YamlPlace place, std::string path, std::string message) {
  ++problem_count_;
  if (problems_.size() >= kMaxProblems) return;
  problems_.push_back({place.line, place.column, std::move(path), std::move(message)});
}

std::vector<NotifyProblem> ConfigReader::TakeProblems() {
  std::stable_sort(problems_.begin(), problems_.end(),
                   [](const NotifyProblem& a, const NotifyProblem& b) {
                     return std::pair(a.line, a.column) < std::pair(b.line, b.column);
                   });
  // What stands once may be read more than once: an alias, a default for several channels.
  const auto same = [](const NotifyProblem& a, const NotifyProblem& b) {
    return a.line == b.line && a.column == b.column && a.key == b.key && a.message == b.message;
  };
  problems_.erase(std::unique(problems_.begin(), problems_.end(), same), problems_.end());
  return std::move(problems_);
}

bool ConfigReader::HasProblemAt(std::string_view path) const {
  return std::any_of(problems_.begin(), problems_.end(), [path](const NotifyProblem& problem) {
    if (!problem.key.starts_with(path)) return false;
    return problem.key.size() == path.size() || problem.key[path.size()] == '.' ||
           problem.key[path.size()] == '[';
  });
}

std::vector<NamedSpot> ConfigReader::Entries(const Spot& spot) {
  std::vector<NamedSpot> out;
  if (!spot.node.IsMap()) {
    Add(spot, fmt::format("want keys and values, got {}", ShapeOf(spot.node)));
    return out;
  }
  std::vector<YamlProblem> problems;
  for (const YamlEntry& entry : EntriesOf(spot.node, budget_, problems)) {
    std::string path = ChildPath(spot.path, entry.name);
    if (!budget_.Spend(path.size())) break;
    const YamlPlace value = PlaceOf(entry.value);
    const bool placed = !entry.value.IsNull() && value.line > 0;
    out.push_back({entry.name, entry.place,
                   Spot{entry.value, placed ? value : entry.place, std::move(path)}});
  }
  for (YamlProblem& problem : problems) {
    Add(problem.place, spot.path, std::move(problem.message));
  }
  return out;
}

std::vector<Spot> ConfigReader::Items(const Spot& spot) {
  std::vector<Spot> out;
  if (!spot.node.IsSequence()) {
    Add(spot, fmt::format("want a list, got {}", ShapeOf(spot.node)));
    return out;
  }
  std::size_t index = 0;
  for (const YAML::Node& node : spot.node) {
    std::string path = fmt::format("{}[{}]", spot.path, index++);
    if (!budget_.SpendNode() || !budget_.Spend(path.size())) break;
    const YamlPlace place = PlaceOf(node);
    Spot item{node, place.line > 0 ? place : spot.place, std::move(path)};
    if (node.IsNull()) {
      Add(item, "here is nothing");
    } else {
      out.push_back(std::move(item));
    }
  }
  return out;
}

void ConfigReader::Map(const Spot& spot, const Fields& fields) {
  for (const NamedSpot& entry : Entries(spot)) {
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& f) { return f.first == entry.name; });
    if (field == fields.end()) {
      std::vector<std::string_view> known;
      for (const auto& [name, read] : fields) known.push_back(name);
      UnknownKey(entry, known);
    } else if (!entry.spot.node.IsNull()) {
      field->second(entry.spot);
    }
  }
}

void ConfigReader::UnknownKey(const NamedSpot& entry, const std::vector<std::string_view>& known) {
  Add(entry.key_place, entry.spot.path, "unknown key" + DidYouMean(entry.name, known));
}

bool ConfigReader::Text(const Spot& spot, std::string& into) {
  if (!spot.node.IsScalar()) {
    Add(spot, fmt::format("want a text, got {}", ShapeOf(spot.node)));
    return false;
  }
  if (!budget_.Spend(spot.node.Scalar().size())) return false;
  into = spot.node.Scalar();
  return true;
}

void ConfigReader::Flag(const Spot& spot, bool& into) {
  if (const auto flag = FlagOf(spot.node)) {
    into = *flag;
  } else {
    Add(spot, fmt::format("want true or false, got {}", KindOf(spot.node)));
  }
}

void ConfigReader::Integer(const Spot& spot, std::int64_t low, std::int64_t high,
                           std::int64_t& into) {
  const auto number = IntegerOf(spot.node);
  if (number && *number >= low && *number <= high) {
    into = *number;
  } else {
    Add(spot, fmt::format("want a number from {} to {}, got {}", low, high, KindOf(spot.node)));
  }
}

void ConfigReader::Duration(const Spot& spot, Milliseconds& into) {
  const auto ms = spot.node.IsScalar() ? promql::ParseDuration(spot.node.Scalar())
                                       : Result<std::int64_t>(Fail(ErrorCode::kParse, ""));
  if (ms) {
    into = Milliseconds(*ms);
  } else {
    Add(spot, fmt::format("want a duration such as \"5m\", got {}", KindOf(spot.node)));
  }
}

void ConfigReader::PositiveDuration(const Spot& spot, Milliseconds& into) {
  Milliseconds read{-1};
  Duration(spot, read);
  if (read.count() == 0) Add(spot, "want a duration above zero");
  if (read.count() > 0) into = read;
}

void ConfigReader::Texts(const Spot& spot, std::vector<std::string>& into) {
  for (const Spot& item : Items(spot)) {
    std::string text;
    if (Text(item, text)) into.push_back(std::move(text));
  }
}

Secret ConfigReader::SecretFromFile(const Spot& spot) {
  std::string name;
  if (!Text(spot, name)) return {};
  if (name.empty() || name.find('\0') != std::string::npos) {
    Add(spot, "want the name of a file");
    return {};
  }
  if (files_ == nullptr) return {};
  auto secret = files_->ReadSecret(name);
  if (secret) return std::move(*secret);
  Add(spot, secret.error().message);
  return {};
}

void ConfigReader::File(const Spot& spot, std::string& into) {
  std::string name;
  if (!Text(spot, name)) return;
  if (name.empty() || name.find('\0') != std::string::npos) {
    Add(spot, "want the name of a file");
    return;
  }
  into = name;
  if (files_ == nullptr) return;
  into = files_->PathOf(name);
  if (const auto text = files_->ReadText(name); !text) Add(spot, text.error().message);
}

}  // namespace ecsward::notify
