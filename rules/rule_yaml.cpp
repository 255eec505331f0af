#include "rules/rule_yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <sstream>

#include "metrics/exposition.h"

namespace ecsward {
namespace {

constexpr int kMaxMergeDepth = 20;

YamlPlace PlaceOf(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};  // yaml-cpp counts from 0
}

std::string_view LineOf(std::string_view text, std::size_t line) {  // from 1
  for (; line > 1; --line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::string_view LineOf(std::string_view text, int line) {
  return LineOf(text, static_cast<std::size_t>(line));
}

// Where a document after the first says something, if there is one: Prometheus would leave it out
// without a word. YAML::LoadAll would say, too, but never returns from a text such as ", a" (0.7).
std::optional<YamlPlace> PlaceOfSecondDocument(const std::string& text) {
  struct Watch final : YAML::EventHandler {
    void OnDocumentStart(const YAML::Mark& mark) override { start = mark; }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override { content = true; }
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  const std::string&) override {
      content = true;
    }
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {
      content = true;
    }
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {
      content = true;
    }
    void OnMapEnd() override {}
    YAML::Mark start;
    bool content = false;
  };
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Watch watch;
  if (!parser.HandleNextDocument(watch)) return std::nullopt;
  watch.content = false;
  if (!parser.HandleNextDocument(watch) || !watch.content) return std::nullopt;
  return PlaceOf(watch.start);
}

// What YAML does not allow and yaml-cpp lets pass.
std::optional<YamlProblem> CheckBytes(std::string_view text) {
  const bool utf16 = text.starts_with("\xFE\xFF") || text.starts_with("\xFF\xFE");
  if (utf16) return std::nullopt;
  const auto place = [text](std::size_t at) {
    const std::string_view before = text.substr(0, at);
    const auto lines = std::count(before.begin(), before.end(), '\n');
    return YamlPlace{static_cast<int>(lines) + 1,
                     static_cast<int>(at - (before.rfind('\n') + 1)) + 1};
  };
  if (!IsUtf8(text)) return YamlProblem{{}, "the file is not UTF-8"};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) {
      return YamlProblem{place(i), "control characters are not allowed"};
    }
  }
  return std::nullopt;
}

// yaml-cpp says little about tabs, the usual slip.
YamlProblem SyntaxError(const YAML::Exception& e, std::string_view text) {
  if (!e.mark.is_null()) {
    const std::string_view line = LineOf(text, e.mark.line + 1);
    const auto tab = line.substr(0, line.find_first_not_of(" \t")).find('\t');
    if (tab != std::string_view::npos) {
      return {{e.mark.line + 1, static_cast<int>(tab) + 1},
              "YAML wants blanks for indentation, here is a tab"};
    }
  }
  return {PlaceOf(e.mark), e.msg};
}

bool IsMergeKey(const YAML::Node& key) {
  return key.IsScalar() && key.Tag() == "?" && key.Scalar() == "<<";
}

// Collects the entries of one mapping, then those that it merges in where they are new.
class Collector {
 public:
  Collector(YamlBudget& budget, std::vector<YamlProblem>& problems)
      : budget_(budget), problems_(problems) {}

  void Collect(const YAML::Node& map, int depth) {
    std::vector<YAML::Node> merged;
    std::map<std::string, int, std::less<>> here;  // name → line
    for (const auto& pair : map) {
      if (!budget_.SpendNode()) return;
      const YAML::Node& key = pair.first;
      if (IsMergeKey(key)) {
        merged.push_back(pair.second);
        continue;
      }
      const YamlPlace place = ecsward::PlaceOf(key);
      if (!key.IsScalar()) {
        if (depth == 0) {
          problems_.push_back({place, "want a plain word as a key, got " + KindOf(key)});
        }
        continue;
      }
      const std::string& name = key.Scalar();
      if (!budget_.Spend(name.size())) return;
      if (const auto [first, fresh] = here.emplace(name, place.line); !fresh) {
        if (depth > 0) continue;
        problems_.push_back({place, fmt::format("key \"{}\" stands here a second time; the first "
                                                "is in line {}",
                                                Shown(name), first->second)});
        continue;
      }
      if (names_.insert(name).second) entries.push_back({name, place, pair.second});
    }
    for (const YAML::Node& node : merged) Merge(node, depth);
  }

  std::vector<YamlEntry> entries;

 private:
  void Merge(const YAML::Node& node, int depth) {
    if (depth >= kMaxMergeDepth) {
      problems_.push_back({ecsward::PlaceOf(node), "mappings are merged too deeply"});
    } else if (node.IsMap()) {
      Collect(node, depth + 1);
    } else if (node.IsSequence()) {
      for (const YAML::Node& item : node) {
        if (!budget_.SpendNode()) return;
        if (item.IsMap()) Collect(item, depth + 1);
      }
    } else {
      problems_.push_back({ecsward::PlaceOf(node), "<< wants keys and values to merge"});
    }
  }

  YamlBudget& budget_;
  std::vector<YamlProblem>& problems_;
  std::set<std::string, std::less<>> names_;
};

}  // namespace

YamlDocument LoadRuleYaml(std::string_view text, SecondDocument second) {
  YamlDocument out;
  if (text.size() > kMaxRuleFileBytes) {
    out.problem = YamlProblem{{}, "longer than a rule file may be, 2 MiB"};
    return out;
  }
  out.problem = CheckBytes(text);
  if (out.problem) return out;
  try {
    const std::string copy(text);
    if (second == SecondDocument::kProblem) {
      if (const auto place = PlaceOfSecondDocument(copy)) {
        out.problem = YamlProblem{*place, "a second document begins here; want one"};
        return out;
      }
    }
    out.root = YAML::Load(copy);
  } catch (const YAML::Exception& e) {
    out.problem = SyntaxError(e, text);
  } catch (const std::exception& e) {
    out.problem = YamlProblem{{}, e.what()};
  }
  return out;
}

YamlPlace PlaceOf(const YAML::Node& node) { return PlaceOf(node.Mark()); }

std::string KindOf(const YAML::Node& node) {
  if (node.IsMap()) return "keys and values";
  if (node.IsSequence()) return "a list";
  if (node.IsScalar()) return "\"" + Shown(node.Scalar()) + "\"";
  return "nothing";
}

std::string Shown(std::string_view text) {
  std::string shown(text.substr(0, 80));
  for (char& c : shown) c = static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  return text.size() > 80 ? shown + "…" : shown;
}

std::optional<std::int64_t> IntegerOf(const YAML::Node& scalar) {
  if (!scalar.IsScalar() || scalar.Tag() != "?") return std::nullopt;
  std::string text = scalar.Scalar();
  std::erase(text, '_');
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  int base = 10;
  for (const auto& [prefix, its_base] :
       {std::pair("0x", 16), std::pair("0o", 8), std::pair("0b", 2), std::pair("0", 8)}) {
    if (!digits.starts_with(prefix) || digits.size() <= std::string_view(prefix).size()) continue;
    base = its_base;
    digits.remove_prefix(std::string_view(prefix).size());
    break;
  }
  if (digits.empty() || digits.starts_with('-')) return std::nullopt;
  const char* const end = digits.data() + digits.size();
  std::int64_t value = 0;
  auto parsed = std::from_chars(digits.data(), end, value, base);
  if (parsed.ec == std::errc() && parsed.ptr == end) return negative ? -value : value;
  double real = 0;
  const bool is_real = digits.find_first_not_of("0123456789.eE+-") == std::string_view::npos;
  parsed = std::from_chars(digits.data(), end, real);
  if (!is_real || base == 16 || parsed.ec != std::errc() || parsed.ptr != end || real >= 0x1p63) {
    return std::nullopt;
  }
  value = static_cast<std::int64_t>(real);
  return negative ? -value : value;
}

bool YamlBudget::SpendNode() { return Spend(128); }

bool YamlBudget::Spend(std::size_t bytes) {
  if (bytes > left_) exhausted_ = true;
  if (!exhausted_) left_ -= bytes;
  return !exhausted_;
}

std::vector<YamlEntry> EntriesOf(const YAML::Node& map, YamlBudget& budget,
                                 std::vector<YamlProblem>& problems) {
  Collector collector(budget, problems);
  collector.Collect(map, 0);
  return std::move(collector.entries);
}

// The file's own text decides: only where the value's line stands there unchanged is the place
// exact. So neither escapes nor folded lines need to be understood here.
YamlPlace PlaceInScalar(std::string_view text, const YAML::Node& scalar, std::size_t line,
                        std::size_t column) {
  const YamlPlace begin = PlaceOf(scalar);
  if (begin.line == 0 || column == 0) return begin;
  const std::string& value = scalar.Scalar();
  const std::string_view value_line = LineOf(value, line);
  const std::string_view first = LineOf(text, begin.line);
  const std::string_view rest =
      first.substr(std::min(first.size(), static_cast<std::size_t>(begin.column - 1)));
  if (rest.starts_with('|')) {
    const int at = begin.line + static_cast<int>(line);
    const std::string_view source = LineOf(text, at);
    const auto indent = source.find_first_not_of(' ');
    if (indent != std::string_view::npos && source.ends_with(value_line)) {
      return {at, static_cast<int>(source.size() - value_line.size() + column)};
    }
    return begin;
  }
  if (line != 1) return begin;
  const std::size_t quote = rest.starts_with('"') || rest.starts_with('\'') ? 1 : 0;
  if (!rest.substr(quote).starts_with(value_line)) return begin;
  return {begin.line, begin.column + static_cast<int>(quote + column) - 1};
}

}  // namespace ecsward
