// What stands behind a dot: fields of the data and of samples, labels, a time's methods; and what
// {{range}} goes over.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rules/template/functions.h"
#include "rules/template/value.h"

namespace ecsward::templates {

struct Method {
  std::string_view name;
  Parameter argument = Parameter::kNone;
  Value (*call)(const Value& value, const Value& argument) = nullptr;
};
std::span<const Method> TimeMethods(Kind kind);  // time_methods.cpp
// kv_methods.cpp: SortedPairs, Names, Values, Remove; pairs have Names and Values again.
std::span<const Method> KvMethods();
// Null when the value's type has none of that name.
const Method* FindMethod(const Value& value, std::string_view name);

// A label or element that is not there is the zero of its type: "" or nothing.
// errors: kInvalidArgument `can't evaluate field x in type string`
Result<Value> GetField(const Value& value, std::string_view name, bool arguments);

// Until `visit` says false. False when this is nothing to go over.
bool EachElement(const Value& value,
                 const std::function<bool(const Value& index, const Value& element)>& visit);

}  // namespace ecsward::templates
