#include "rules/template/fields.h"

#include <array>
#include <memory>

#include "rules/template/go_time.h"

namespace ecsward::templates {
namespace {

using Text = const std::string&;

constexpr std::array kTimeMethods = {
    Method{"Day", false, [](const Value& v, Text) { return Value::Int(ToCivil(v.integer()).day); }},
    Method{
        "Format", true,
        [](const Value& v, Text layout) { return Value::String(FormatTime(v.integer(), layout)); }},
    Method{"Hour", false,
           [](const Value& v, Text) { return Value::Int(ToCivil(v.integer()).hour); }},
    Method{"Minute", false,
           [](const Value& v, Text) { return Value::Int(ToCivil(v.integer()).minute); }},
    Method{"Month", false,
           [](const Value& v, Text) {
             return Value::Number(Kind::kMonth, ToCivil(v.integer()).month);
           }},
    Method{"Second", false,
           [](const Value& v, Text) { return Value::Int(ToCivil(v.integer()).second); }},
    Method{"String", false,
           [](const Value& v, Text) { return Value::String(FormatTime(v.integer())); }},
    Method{"UTC", false, [](const Value& v, Text) { return v; }},
    Method{"Unix", false,
           [](const Value& v, Text) {
             const std::int64_t ms = v.integer();
             return Value::Int(ms / 1000 - (ms % 1000 < 0 ? 1 : 0));
           }},
    Method{"UnixMilli", false, [](const Value& v, Text) { return Value::Int(v.integer()); }},
    Method{"Weekday", false,
           [](const Value& v, Text) {
             return Value::Number(Kind::kWeekday, ToCivil(v.integer()).weekday);
           }},
    Method{"Year", false,
           [](const Value& v, Text) { return Value::Int(ToCivil(v.integer()).year); }},
    Method{"YearDay", false,
           [](const Value& v, Text) { return Value::Int(ToCivil(v.integer()).year_day); }},
};
constexpr std::array kMonthMethods = {
    Method{"String", false,
           [](const Value& v, Text) { return Value::String(std::string(MonthName(v.integer()))); }},
};
constexpr std::array kWeekdayMethods = {
    Method{
        "String", false,
        [](const Value& v, Text) { return Value::String(std::string(WeekdayName(v.integer()))); }},
};

template <std::size_t N>
const Method* FindIn(const std::array<Method, N>& methods, std::string_view name) {
  for (const Method& method : methods) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

// The data outlives every value of an expansion.
Value Borrowed(const LabelPairs& labels) {
  return Value::Labels(std::shared_ptr<const LabelPairs>(std::shared_ptr<void>(), &labels));
}

bool DataField(const TemplateData& data, std::string_view name, Value& out) {
  if (name == "Labels") {
    out = Borrowed(data.labels);
  } else if (name == "ExternalLabels") {
    out = Borrowed(data.external_labels);
  } else if (name == "ExternalURL") {
    out = Value::String(data.external_url);
  } else if (name == "Value") {
    out = Value::Float(data.value);
  } else {
    return false;
  }
  return true;
}

bool SampleField(const Value::Sample& sample, std::string_view name, Value& out) {
  if (name == "Labels") {
    out = Value::Labels(std::shared_ptr<const LabelPairs>(sample, &sample->labels));
  } else if (name == "Value") {
    out = Value::Float(sample->value);
  } else {
    return false;
  }
  return true;
}

}  // namespace

const Method* FindMethod(const Value& value, std::string_view name) {
  switch (value.kind()) {
    case Kind::kTime:
      return FindIn(kTimeMethods, name);
    case Kind::kMonth:
      return FindIn(kMonthMethods, name);
    case Kind::kWeekday:
      return FindIn(kWeekdayMethods, name);
    default:
      return nullptr;
  }
}

Result<Value> GetField(const Value& value, std::string_view name, bool arguments) {
  Value out;
  bool found = false;
  switch (value.kind()) {
    case Kind::kNone:
      return out;
    case Kind::kData:
      found = DataField(value.data(), name, out);
      break;
    case Kind::kSample:
      found = SampleField(value.sample(), name, out);
      break;
    case Kind::kLabels:
    case Kind::kMap:
      if (arguments) {
        return Fail(ErrorCode::kInvalidArgument,
                    std::string(name) + " is not a method but has arguments");
      }
      if (value.kind() == Kind::kLabels) {
        return Value::String(std::string(Get(value.labels(), name)));
      }
      if (const auto at = value.map().find(std::string(name)); at != value.map().end()) {
        return at->second;
      }
      return out;
    default:
      break;
  }
  if (!found) {
    return Fail(ErrorCode::kInvalidArgument, "can't evaluate field " + std::string(name) +
                                                 " in type " + std::string(TypeName(value)));
  }
  if (arguments) {
    return Fail(ErrorCode::kInvalidArgument,
                std::string(name) + " has arguments but cannot be invoked as function");
  }
  return out;
}

bool EachElement(const Value& value,
                 const std::function<bool(const Value& index, const Value& element)>& visit) {
  switch (value.kind()) {
    case Kind::kNone:
      return true;
    case Kind::kLabels:
      for (const LabelPair& pair : value.labels()) {
        if (!visit(Value::String(pair.name), Value::String(pair.value))) break;
      }
      return true;
    case Kind::kMap:
      for (const auto& [name, element] : value.map()) {
        if (!visit(Value::String(name), element)) break;
      }
      return true;
    case Kind::kSamples: {
      std::int64_t index = 0;
      for (const Value::Sample& sample : value.samples()) {
        if (!visit(Value::Int(index++), Value::SampleOf(sample))) break;
      }
      return true;
    }
    default:
      return false;
  }
}

}  // namespace ecsward::templates
