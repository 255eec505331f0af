#include "agent/config_parse.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "agent/config_keys.h"
#include "agent/units.h"
#include "base/host_file.h"
#include "base/suggest.h"
#include "exporters/notify/notify_config.h"

namespace ecsward {
namespace {

constexpr std::size_t kMaxProblems = 100;  // a wrong file is not worth a page more

struct Place {
  int line = 0, column = 0;
};

Place PlaceOf(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};  // yaml-cpp counts from 0
}

// A value as it is shown in a message: not whole pages of it.
std::string Shown(std::string_view text) {
  std::string shown(text.substr(0, 80));
  for (char& c : shown) c = static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  return text.size() > 80 ? shown + "…" : shown;
}

// Walks the document along the paths of the key table. Nothing is followed that the table does not
// name, so neither deep nesting nor aliases of aliases cost anything.
class Reader {
 public:
  Reader(ParsedConfig& out, const notify::ConfigFiles* files)
      : out_(out), files_(files), keys_(AllConfigKeys()) {}

  void Read(const YAML::Node& document) {
    if (document.IsNull()) return;
    ReadMap(document, "", PlaceOf(document.Mark()));
  }

  Place WhereIs(std::string_view key) const {
    const auto it = places_.find(key);
    return it == places_.end() ? Place{} : it->second;
  }

  void Add(Place place, std::string key, std::string message) {
    if (out_.problems.size() >= kMaxProblems) return;
    out_.problems.push_back({place.line, place.column, std::move(key), std::move(message)});
  }

 private:
  const ConfigKey* Find(std::string_view path) const {
    for (const ConfigKey& key : keys_) {
      if (key.path == path) return &key;
    }
    return nullptr;
  }

  // The names that may stand right below `path`.
  std::set<std::string_view> Children(std::string_view path) const {
    std::set<std::string_view> names;
    for (const ConfigKey& key : keys_) {
      std::string_view rest = key.path;
      if (!path.empty()) {
        if (!rest.starts_with(path) || rest.size() <= path.size() || rest[path.size()] != '.') {
          continue;
        }
        rest.remove_prefix(path.size() + 1);
      }
      names.insert(rest.substr(0, rest.find('.')));
    }
    return names;
  }

  void ReadMap(const YAML::Node& node, const std::string& path, Place place) {
    if (!node.IsMap()) {
      Add(place, path, "want keys and values, got " + Kind(node));
      return;
    }
    if (path == "alerting") ReadNotify(node);
    const auto children = Children(path);
    std::map<std::string, Place> seen;
    for (const auto& pair : node) {
      const YAML::Node& key_node = pair.first;
      const YAML::Node& value = pair.second;
      const Place at = PlaceOf(key_node.Mark());
      if (!key_node.IsScalar()) {
        Add(at, path, "want a plain word as a key, got " + Kind(key_node));
        continue;
      }
      const std::string& name = key_node.Scalar();
      const std::string whole = path.empty() ? name : fmt::format("{}.{}", path, name);
      if (!children.contains(name)) {
        Add(at, Shown(whole), UnknownKey(name, children));
        continue;
      }
      if (const auto [first, fresh] = seen.emplace(name, at); !fresh) {
        Add(at, whole,
            fmt::format("stands here a second time; the first is in line {}", first->second.line));
        continue;
      }
      places_.emplace(whole, at);
      if (const ConfigKey* key = Find(whole)) {
        ReadValue(*key, value, at);
      } else if (!value.IsNull()) {  // "collect:" with everything below commented out is fine
        ReadMap(value, whole, ValuePlace(value, at));
      }
    }
  }

  // The trees below `alerting`, all at once: they speak of each other.
  void ReadNotify(const YAML::Node& alerting) {
    notify::ParsedNotify parsed = notify::ParseNotify(alerting, files_);
    for (notify::NotifyProblem& problem : parsed.problems) {
      Add({problem.line, problem.column}, std::move(problem.key), std::move(problem.message));
    }
    out_.config.notify = std::move(parsed.config);
  }

  std::string UnknownKey(std::string_view name, const std::set<std::string_view>& children) const {
    const std::vector<std::string_view> candidates(children.begin(), children.end());
    if (auto hint = DidYouMean(name, candidates); !hint.empty()) return "unknown key" + hint;
    // Right name, wrong place: "listen" at the top.
    const std::string tail = "." + std::string(name);
    const ConfigKey* only = nullptr;
    for (const ConfigKey& key : keys_) {
      if (!key.path.ends_with(tail)) continue;
      if (only != nullptr) return "unknown key";
      only = &key;
    }
    return only == nullptr ? "unknown key" : "unknown key; did you mean \"" + only->path + "\"?";
  }

  void ReadValue(const ConfigKey& key, const YAML::Node& value, Place key_place) {
    const Place place = ValuePlace(value, key_place);
    places_[key.path] = place;
    if (key.is_tree) return;
    if (key.is_map()) {
      ReadEntries(key, value, place);
      return;
    }
    if (!key.is_list()) {
      SetOne(key, value, place);
      return;
    }
    key.clear(out_.config);
    const bool many = value.IsSequence();
    for (std::size_t i = 0; i < (many ? value.size() : 1); ++i) {
      const YAML::Node item = many ? value[i] : value;
      const Place at = ValuePlace(item, place);
      // As others name it: CheckPrometheusOptions.
      places_[fmt::format("{}[{}]", key.path, i)] = at;
      SetOne(key, item, at);
    }
  }

  // Names of the user's own with a value each.
  void ReadEntries(const ConfigKey& key, const YAML::Node& value, Place place) {
    if (value.IsNull()) return;
    if (!value.IsMap()) {
      Add(place, key.path, "want names and values, got " + Kind(value));
      return;
    }
    std::set<std::string> seen;
    for (const auto& entry : value) {
      const Place at = PlaceOf(entry.first.Mark());
      if (!entry.first.IsScalar() || !entry.second.IsScalar()) {
        Add(at, key.path, "want a name and one value");
      } else if (!seen.insert(entry.first.Scalar()).second) {
        Add(at, key.path, fmt::format("\"{}\" stands here twice", Shown(entry.first.Scalar())));
      } else if (auto ok = key.set_entry(out_.config, entry.first.Scalar(), entry.second.Scalar());
                 !ok) {
        Add(at, key.path, ok.error().message);
      }
    }
  }

  void SetOne(const ConfigKey& key, const YAML::Node& value, Place place) {
    if (!value.IsScalar()) {
      const std::string want = key.is_list() ? "one value or a list of values" : "one value";
      Add(place, key.path, fmt::format("want {}, got {}", want, Kind(value)));
    } else if (auto ok = key.set(out_.config, value.Scalar()); !ok) {
      Add(place, key.path, ok.error().message);
    }
  }

  static Place ValuePlace(const YAML::Node& value, Place fallback) {
    const Place place = PlaceOf(value.Mark());
    return value.IsNull() || place.line == 0 ? fallback : place;
  }

  static std::string Kind(const YAML::Node& node) {
    if (node.IsMap()) return "keys and values";
    if (node.IsSequence()) return "a list";
    if (node.IsScalar()) return "\"" + Shown(node.Scalar()) + "\"";
    return "nothing";
  }

  ParsedConfig& out_;
  const notify::ConfigFiles* files_;
  const std::vector<ConfigKey> keys_;
  std::map<std::string, Place, std::less<>> places_;
};

// yaml-cpp says little about tabs, the usual slip.
void AddSyntaxError(Reader& reader, const YAML::Exception& e, std::string_view yaml) {
  std::string_view line = yaml;
  for (int i = 0; i < e.mark.line && !line.empty(); ++i) {
    line.remove_prefix(std::min(line.size(), line.substr(0, line.find('\n')).size() + 1));
  }
  line = line.substr(0, line.find('\n'));
  const auto tab = line.substr(0, line.find_first_not_of(" \t")).find('\t');
  if (tab == std::string_view::npos || e.mark.is_null()) {
    reader.Add(PlaceOf(e.mark), "", e.msg);
  } else {
    reader.Add({e.mark.line + 1, static_cast<int>(tab) + 1}, "",
               "YAML wants blanks for indentation, here is a tab");
  }
}

// Where a document after the first begins, if there is one. YAML::LoadAll would say, too, but never
// returns from a text such as ", a": it makes documents of nothing until memory is gone (0.7).
std::optional<Place> SecondDocument(const std::string& text) {
  struct Begins final : YAML::EventHandler {
    void OnDocumentStart(const YAML::Mark& mark) override { last = mark; }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
    YAML::Mark last;
  };
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Begins begins;
  if (!parser.HandleNextDocument(begins) || !parser.HandleNextDocument(begins)) return std::nullopt;
  return PlaceOf(begins.last);
}

// Takes "key: message" apart and finds the place of the key.
void AddChecked(Reader& reader, const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) {
    const auto colon = problem.find(": ");
    const std::string key = problem.substr(0, colon);
    reader.Add(reader.WhereIs(key), key, problem.substr(std::min(problem.size(), colon + 2)));
  }
}

// Problems of keys whose values did not get into the configuration as they stand in the file: the
// checks then looked at something else, and count a list's items otherwise.
void DropKnown(const std::vector<ConfigProblem>& known, std::vector<std::string>& problems) {
  std::erase_if(problems, [&known](const std::string& problem) {
    const std::string_view key = std::string_view(problem).substr(0, problem.find_first_of("[:"));
    return std::any_of(known.begin(), known.end(),
                       [key](const ConfigProblem& p) { return p.key == key; });
  });
}

}  // namespace

std::string ToString(const ConfigProblem& problem, std::string_view file) {
  std::string text(file);
  if (problem.line > 0) text += fmt::format(":{}:{}", problem.line, problem.column);
  if (!problem.key.empty()) text += ": " + problem.key;
  return text + ": " + problem.message;
}

std::vector<std::string> Validate(const Config& config) {
  std::vector<std::string> problems;
  for (const auto& [name, collector] : config.collect.collectors) {
    if (collector.interval && *collector.interval < config.collect.interval) {
      problems.push_back(fmt::format(
          "collect.collectors.{}.interval: want at least collect.interval, {}, got \"{}\"", name,
          FormatDuration(config.collect.interval), FormatDuration(*collector.interval)));
    }
  }
  return problems;
}

ParsedConfig ParseConfig(std::string_view yaml, const std::function<void(Config&)>& change,
                         const std::function<std::vector<std::string>(const Config&)>& check_more,
                         const notify::ConfigFiles* files) {
  ParsedConfig out;
  Reader reader(out, files);
  if (yaml.size() > kMaxConfigBytes) {
    reader.Add({}, "", "longer than a configuration may be, 1 MiB");
    return out;
  }
  try {
    const std::string text(yaml);
    if (const auto second = SecondDocument(text)) {
      reader.Add(*second, "", "a second document begins here; want one");
    }
    reader.Read(YAML::Load(text));
  } catch (const YAML::Exception& e) {
    AddSyntaxError(reader, e, yaml);
  } catch (const std::exception& e) {
    reader.Add({}, "", e.what());
  }
  if (change) change(out.config);
  out.config.notify.language = out.config.alerting.language;
  out.config.notify.external_url = out.config.alerting.external_url;
  AddChecked(reader, Validate(out.config));
  if (check_more) {
    auto more = check_more(out.config);
    DropKnown(out.problems, more);
    AddChecked(reader, more);
  }
  std::stable_sort(out.problems.begin(), out.problems.end(),
                   [](const ConfigProblem& a, const ConfigProblem& b) {
                     return std::pair(a.line, a.column) < std::pair(b.line, b.column);
                   });
  return out;
}

Result<ParsedConfig> LoadConfig(
    const std::string& path, bool required, const std::function<void(Config&)>& change,
    const std::function<std::vector<std::string>(const Config&)>& check_more,
    const notify::ConfigFiles* files) {
  struct stat s = {};
  // A FIFO or a device would block or never end.
  if (::stat(path.c_str(), &s) == 0 && !S_ISREG(s.st_mode)) {
    return Fail(ErrorCode::kInvalidArgument, path + ": not a file");
  }
  HostFile file(path);
  ReadBuffer buffer;
  const auto text = file.Read(buffer);
  if (text) return ParseConfig(*text, change, check_more, files);
  if (!required && text.error().code == ErrorCode::kNotFound) {
    ParsedConfig defaults = ParseConfig({}, change, check_more, files);
    defaults.no_file = true;
    return defaults;
  }
  return Error(text.error());
}

}  // namespace ecsward
