#include "collectors/sysctl.h"

#include <algorithm>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kInfo{"node_sysctl_info", "A kernel parameter as text; always 1.",
                       MetricType::kGauge, "name,value,index"};

std::string MetricName(std::string_view name) {
  std::string out = "node_sysctl_";
  for (const char c : name) {
    const bool fits =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    out += fits ? c : '_';
  }
  return out;
}

// Also between newlines, which NextField leaves alone.
bool NextWord(std::string_view& text, std::string_view& word) {
  text = Trim(text);
  word = text.substr(0, text.find_first_of(" \t\r\n"));
  text.remove_prefix(word.size());
  return !word.empty();
}

bool ParseWhole(std::string_view word, double& out) {
  std::int64_t whole = 0;
  if (!ParseInt(word, whole)) return ParseNumber(word, out);  // larger than a signed number
  out = static_cast<double>(whole);
  return true;
}

}  // namespace

std::vector<SysctlSpec> ParseSysctlList(std::string_view list) {
  std::vector<SysctlSpec> specs;
  bool takes_keys = false;
  while (!list.empty()) {
    const auto comma = list.find(',');
    const std::string_view word = Trim(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    if (word.empty()) continue;
    if (takes_keys && word.find_first_of("./") == std::string_view::npos) {
      specs.back().keys.emplace_back(word);
      continue;
    }
    const auto colon = word.find(':');
    takes_keys = colon != std::string_view::npos;
    specs.push_back({std::string(word.substr(0, colon)), {}});
    if (takes_keys) specs.back().keys.emplace_back(word.substr(colon + 1));
  }
  return specs;
}

SysctlCollector::SysctlCollector(const CollectorEnv& env, const CollectorOptions& options) {
  const auto add = [&](std::string_view list, bool numeric) {
    for (const SysctlSpec& spec : ParseSysctlList(list)) {
      std::string path = "sys/" + spec.name;
      std::replace(path.begin(), path.end(), '.', '/');
      Parameter parameter{
          .name = spec.name, .file = env.root.File(Tree::kProc, path), .numeric = numeric};
      if (numeric) {
        const std::string name = MetricName(spec.name);
        const std::string help = "Kernel parameter " + spec.name + ".";
        for (const std::string& key : spec.keys) {
          const std::string full = name + "_" + MetricName(key).substr(MetricName("").size());
          parameter.keyed.push_back(&metrics_.Add(full, {full, help, MetricType::kUntyped}));
        }
        parameter.single = &metrics_.Add(name, {name, help, MetricType::kUntyped});
        parameter.indexed = &metrics_.Add(name + "{", {name, help, MetricType::kUntyped, "index"});
      }
      parameters_.push_back(std::move(parameter));
    }
  };
  add(options.String("include"), true);
  add(options.String("include_info"), false);
  for (std::size_t i = 0; i < kMaxValues; ++i) indexes_.push_back(std::to_string(i));
}

Result<void> SysctlCollector::Report(Parameter& parameter, Recorder& out) {
  auto text = parameter.file.Read(buffer_);
  if (!text) return std::move(text).error();
  std::string_view rest = *text, word;
  std::size_t count = 0;
  while (NextWord(rest, word)) ++count;
  const auto wrong = [&](const std::string& what) {
    return Fail(ErrorCode::kParse, parameter.file.path() + ": line 1: " + what);
  };
  if (count == 0) return wrong("want a value");
  if (!parameter.keyed.empty() && count != parameter.keyed.size()) {
    return wrong("want " + std::to_string(parameter.keyed.size()) + " values, got " +
                 std::to_string(count));
  }
  rest = *text;
  for (std::size_t i = 0; NextWord(rest, word) && i < kMaxValues; ++i) {
    double value = 0;
    if (!parameter.numeric) {
      out.Set(kInfo, {parameter.name, word, indexes_[i]}, 1);
    } else if (!ParseWhole(word, value)) {
      return wrong("want a number");
    } else if (!parameter.keyed.empty()) {
      out.Set(*parameter.keyed[i], value);
    } else if (count == 1) {
      out.Set(*parameter.single, value);
    } else {
      out.Set(*parameter.indexed, {indexes_[i]}, value);
    }
  }
  return {};
}

Result<void> SysctlCollector::Collect(const Tick&, Recorder& out) {
  if (parameters_.empty()) return Fail(ErrorCode::kNotSupported, "no parameter is asked for");
  Result<void> all;
  for (Parameter& parameter : parameters_) {
    if (auto done = Report(parameter, out); !done && all) all = std::move(done);
  }
  return all;
}

}  // namespace ecsward
