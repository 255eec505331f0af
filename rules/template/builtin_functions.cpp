// Go's own functions, but for the comparisons.
// source: https://pkg.go.dev/text/template#hdr-Functions
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/template/escape.h"
#include "rules/template/format.h"
#include "rules/template/functions.h"

namespace ecsward::templates {
namespace {

using Data = const TemplateData&;

Error Wrong(std::string message) { return Fail(ErrorCode::kInvalidArgument, std::move(message)); }
Error WrongType(std::string_view before, const Value& value) {
  return Wrong(std::string(before) + std::string(TypeName(value)));
}

Result<Value> Not(Data, Arguments a) { return Value::Bool(!IsTrue(a[0])); }

// The executor evaluates these itself.
Result<Value> First(Data, Arguments a) { return a[0]; }

Result<Value> Call(Data, Arguments a) {
  if (a[0].kind() == Kind::kNone) return Wrong("call of nil");
  return WrongType("non-function of type ", a[0]);
}

Result<std::size_t> Length(const Value& value) {
  switch (value.kind()) {
    case Kind::kString:
    case Kind::kHtml:
      return value.text().size();
    case Kind::kLabels:
    case Kind::kKv:
      return value.labels().size();
    case Kind::kMap:
      return value.map().size();
    case Kind::kSamples:
      return value.samples().size();
    case Kind::kList:
      return value.list().items.size();
    case Kind::kNone:
      return Wrong("len of nil");
    default:
      return WrongType("len of type ", value);
  }
}

Result<Value> Len(Data, Arguments a) {
  const auto length = Length(a[0]);
  if (!length) return length.error();
  return Value::Int(static_cast<std::int64_t>(*length));
}

// A position in something of this length; `end` may be one behind the last.
Result<std::size_t> Position(const Value& index, std::size_t length, bool end) {
  if (index.kind() == Kind::kNone) return Wrong("cannot index slice/array with nil");
  if (!index.is_integer()) return WrongType("cannot index slice/array with type ", index);
  const std::int64_t at = index.integer();
  if (at < 0 || static_cast<std::uint64_t>(at) > length ||
      (!end && static_cast<std::uint64_t>(at) == length)) {
    return Wrong("index out of range: " + std::to_string(at));
  }
  return static_cast<std::size_t>(at);
}

Result<Value> Element(const Value& item, const Value& index) {
  if (item.is_labels() || item.kind() == Kind::kMap) {
    if (index.kind() == Kind::kNone) return Wrong("value is nil; should be of type string");
    if (index.kind() != Kind::kString) {
      return Wrong("value has type " + std::string(TypeName(index)) + "; should be string");
    }
    if (item.is_labels()) {
      return Value::String(std::string(Get(item.labels(), index.text())));
    }
    const auto found = item.map().find(index.text());
    return found == item.map().end() ? Value() : found->second;
  }
  if (item.kind() == Kind::kNone) return Wrong("index of untyped nil");
  if (!item.is_text() && item.kind() != Kind::kSamples && item.kind() != Kind::kList) {
    return WrongType("can't index item of type ", item);
  }
  const auto at = Position(index, *Length(item), false);
  if (!at) return at.error();
  if (item.is_text()) return Value::Byte(static_cast<unsigned char>(item.text()[*at]));
  if (item.kind() == Kind::kList) return item.list().items[*at];
  return Value::SampleOf(item.samples()[*at]);
}

Result<Value> Index(Data, Arguments a) {
  Value item = a[0];
  if (item.kind() == Kind::kNone) return Wrong("index of untyped nil");
  for (const Value& index : a.subspan(1)) {
    auto element = Element(item, index);
    if (!element) return element;
    item = std::move(*element);
  }
  return item;
}

Result<Value> Slice(Data, Arguments a) {
  const Value& item = a[0];
  if (item.kind() == Kind::kNone) return Wrong("slice of untyped nil");
  if (a.size() > 4) return Wrong("too many slice indexes: " + std::to_string(a.size() - 1));
  if (!item.is_text() && item.kind() != Kind::kSamples && item.kind() != Kind::kList) {
    return WrongType("can't slice item of type ", item);
  }
  if (item.is_text() && a.size() == 4) return Wrong("cannot 3-index slice a string");
  std::array<std::size_t, 3> at = {0, *Length(item), *Length(item)};
  for (std::size_t i = 1; i < a.size(); ++i) {
    const auto position = Position(a[i], *Length(item), true);
    if (!position) return position.error();
    at[i - 1] = *position;
  }
  for (std::size_t i = 1; i < 3; ++i) {
    if (at[i - 1] > at[i]) {
      return Wrong(fmt::format("invalid slice index: {} > {}", at[i - 1], at[i]));
    }
  }
  if (item.is_text()) return Value::String(item.text().substr(at[0], at[1] - at[0]));
  if (item.kind() == Kind::kList) {
    auto part = std::make_shared<List>(item.list());
    part->items.resize(at[1]);
    part->items.erase(part->items.begin(),
                      part->items.begin() + static_cast<std::ptrdiff_t>(at[0]));
    return Value::ListOf(std::move(part));
  }
  const auto begin = item.samples().begin();
  return Value::SamplesOf(std::make_shared<const Value::Samples>(
      begin + static_cast<std::ptrdiff_t>(at[0]), begin + static_cast<std::ptrdiff_t>(at[1])));
}

Result<Value> PrintFunction(Data, Arguments a) {
  std::string out;
  Print(a, out);
  return Value::String(std::move(out));
}
Result<Value> PrintfFunction(Data, Arguments a) {
  std::string out;
  Printf(a[0].text(), a.subspan(1), out);
  return Value::String(std::move(out));
}
Result<Value> PrintlnFunction(Data, Arguments a) {
  std::string out;
  Println(a, out);
  return Value::String(std::move(out));
}

// What is to be escaped: all of them as `print` shows them, but nothing is "<no value>".
std::string Joined(Arguments a) {
  if (a.size() == 1 && a[0].kind() == Kind::kString) return a[0].text();
  std::vector<Value> shown(a.begin(), a.end());
  for (Value& value : shown) {
    if (value.kind() == Kind::kNone) value = Value::String("<no value>");
  }
  std::string out;
  Print(shown, out);
  return out;
}

Result<Value> Html(Data, Arguments a) { return Value::String(EscapeHtml(Joined(a))); }
Result<Value> Js(Data, Arguments a) { return Value::String(EscapeScript(Joined(a))); }
Result<Value> UrlQuery(Data, Arguments a) { return Value::String(EscapeQuery(Joined(a))); }

constexpr int kAnyNumber = -1;
constexpr auto kAny = Parameter::kAny;
constexpr auto kString = Parameter::kString;

constexpr std::array kFunctions = {
    Function{"and", 1, kAnyNumber, kAny, kAny, First},
    Function{"call", 1, kAnyNumber, kAny, kAny, Call},
    Function{"html", 0, kAnyNumber, kAny, kAny, Html},
    Function{"index", 1, kAnyNumber, kAny, kAny, Index},
    Function{"js", 0, kAnyNumber, kAny, kAny, Js},
    Function{"len", 1, 1, kAny, kAny, Len},
    Function{"not", 1, 1, kAny, kAny, Not},
    Function{"or", 1, kAnyNumber, kAny, kAny, First},
    Function{"print", 0, kAnyNumber, kAny, kAny, PrintFunction},
    Function{"printf", 1, kAnyNumber, kString, kAny, PrintfFunction},
    Function{"println", 0, kAnyNumber, kAny, kAny, PrintlnFunction},
    Function{"slice", 1, kAnyNumber, kAny, kAny, Slice},
    Function{"urlquery", 0, kAnyNumber, kAny, kAny, UrlQuery},
};

}  // namespace

std::span<const Function> BuiltinFunctions() { return kFunctions; }

namespace {

// Notifications have no samples, and nothing to ask.
bool IsAboutSamples(const Function& function) {
  const auto is = [](Parameter wanted) {
    return wanted == Parameter::kSample || wanted == Parameter::kSamples;
  };
  return function.name == "query" || is(function.first) || is(function.others);
}

}  // namespace

const Function* FindFunction(std::string_view name, FunctionSet set) {
  const bool notifications = set == FunctionSet::kNotifications;
  const auto own = notifications ? NotificationFunctions() : std::span<const Function>();
  for (const auto functions :
       {own, PrometheusFunctions(), BuiltinFunctions(), ComparisonFunctions()}) {
    const auto found = std::find_if(functions.begin(), functions.end(),
                                    [&](const Function& f) { return f.name == name; });
    if (found == functions.end()) continue;
    return notifications && IsAboutSamples(*found) ? nullptr : &*found;
  }
  return nullptr;
}

}  // namespace ecsward::templates
