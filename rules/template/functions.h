// The functions of templates: Go's own and Prometheus's.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "rules/template/parse_tree.h"
#include "rules/template/template.h"
#include "rules/template/value.h"

namespace ecsward::templates {

// What a function wants of an argument.
enum class Parameter : std::uint8_t {
  kNone,  // there is none
  kAny,
  kString,
  kSamples,
  kSample,
  kTime,
  kDuration,
  kTexts,  // []string
};

using Arguments = std::span<const Value>;

struct Function {
  std::string_view name;
  int least = 0, most = 0;  // arguments; most < 0: as many as there are
  Parameter first = Parameter::kAny, others = Parameter::kAny;
  // Arguments are of the wanted kinds and number. errors: what Go shows behind "error calling …: "
  Result<Value> (*call)(const TemplateData& data, Arguments arguments) = nullptr;
  // Go: "want 2" when the number is fixed, "want at least 1" when not.
  bool variadic() const { return most < 0; }
};

std::span<const Function> BuiltinFunctions();       // builtin_functions.cpp
std::span<const Function> ComparisonFunctions();    // comparison_functions.cpp
std::span<const Function> PrometheusFunctions();    // prometheus_functions.cpp
std::span<const Function> NotificationFunctions();  // notification_functions.cpp
// Null when there is none. The order above: Prometheus's first; of notifications their own first,
// and none that is about samples.
const Function* FindFunction(std::string_view name, FunctionSet set);

// `and` and `or` are functions by name; the executor evaluates their arguments only as far as
// needed.
inline bool IsShortCircuit(std::string_view name) { return name == "and" || name == "or"; }

}  // namespace ecsward::templates
