#include "rules/template/fields.h"

#include <algorithm>
#include <memory>

namespace ecsward::templates {
namespace {

const Method* FindIn(std::span<const Method> methods, std::string_view name) {
  const auto found = std::find_if(methods.begin(), methods.end(),
                                  [&](const Method& method) { return method.name == name; });
  return found == methods.end() ? nullptr : &*found;
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
    case Kind::kDuration:
    case Kind::kMonth:
    case Kind::kWeekday:
      return FindIn(TimeMethods(value.kind()), name);
    case Kind::kKv:
      return FindIn(KvMethods(), name);
    case Kind::kList:
      return FindIn(value.list().methods, name);
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
    case Kind::kObject:
      if (auto field = value.object().Field(name)) {
        found = true;
        out = *std::move(field);
      }
      break;
    case Kind::kLabels:
    case Kind::kKv:
    case Kind::kMap:
      if (arguments) {
        return Fail(ErrorCode::kInvalidArgument,
                    std::string(name) + " is not a method but has arguments");
      }
      if (value.is_labels()) {
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
    case Kind::kKv:
      for (const LabelPair& pair : value.labels()) {
        if (!visit(Value::String(pair.name), Value::String(pair.value))) break;
      }
      return true;
    case Kind::kMap:
      for (const auto& [name, element] : value.map()) {
        if (!visit(Value::String(name), element)) break;
      }
      return true;
    case Kind::kList: {
      std::int64_t index = 0;
      for (const Value& item : value.list().items) {
        if (!visit(Value::Int(index++), item)) break;
      }
      return true;
    }
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
