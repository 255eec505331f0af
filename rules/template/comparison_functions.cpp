// eq, ne, lt, le, gt, ge. Go compares numbers of one type only: `eq 1 1.0` is an error, and so is
// `gt $value 5`, which people write as `gt $value 5.0`.
#include <array>
#include <compare>

#include "rules/template/format.h"
#include "rules/template/functions.h"

namespace ecsward::templates {
namespace {

using Data = const TemplateData&;

constexpr std::string_view kBadType = "invalid type for comparison";
constexpr std::string_view kBadPair = "incompatible types for comparison";
constexpr std::string_view kMissing = "missing argument for comparison";

// What can be compared with each other.
enum class Class : std::uint8_t { kOther, kBool, kInteger, kFloat, kText };

Class ClassOf(const Value& value) {
  if (value.is_integer() || value.kind() == Kind::kDuration) return Class::kInteger;
  if (value.is_text()) return Class::kText;
  if (value.kind() == Kind::kBool) return Class::kBool;
  if (value.kind() == Kind::kFloat) return Class::kFloat;
  return Class::kOther;
}

Error Wrong(std::string_view message) {
  return Fail(ErrorCode::kInvalidArgument, std::string(message));
}

bool IsComparable(const Value& value) {
  return !value.is_labels() && value.kind() != Kind::kMap && value.kind() != Kind::kSamples &&
         value.kind() != Kind::kList && value.kind() != Kind::kData &&
         value.kind() != Kind::kObject;
}

Error NotComparable(const Value& value) {
  std::string message = "non-comparable type ";
  FormatValue(value, 's', {}, message);
  message += ": ";
  message += TypeName(value);
  return Wrong(message);
}

Result<bool> Equal(const Value& a, const Value& b) {
  const bool none = a.kind() == Kind::kNone || b.kind() == Kind::kNone;
  const Class kind = ClassOf(a);
  if (kind != ClassOf(b)) {
    if (none) return false;
    return Wrong(kBadPair);
  }
  switch (kind) {
    case Class::kBool:
      return a.boolean() == b.boolean();
    case Class::kInteger:
      return a.integer() == b.integer();
    case Class::kFloat:
      return a.real() == b.real();
    case Class::kText:
      return a.text() == b.text();
    case Class::kOther:
      break;
  }
  if (none) return a.kind() == b.kind();
  if (!IsComparable(b)) return NotComparable(b);
  if (a.kind() != b.kind()) return false;
  // Pointers: the same one or not.
  return a.kind() == Kind::kSample && a.sample() == b.sample();
}

Result<bool> Less(const Value& a, const Value& b) {
  const Class kind = ClassOf(a);
  if (kind == Class::kOther || ClassOf(b) == Class::kOther) return Wrong(kBadType);
  if (kind != ClassOf(b)) return Wrong(kBadPair);
  switch (kind) {
    case Class::kInteger:
      return a.integer() < b.integer();
    case Class::kFloat:
      return a.real() < b.real();
    case Class::kText:
      return a.text() < b.text();
    default:
      return Wrong(kBadType);
  }
}

// The first equals one of the others.
Result<Value> Eq(Data, Arguments a) {
  if (!IsComparable(a[0])) {
    for (const Value& other : a.subspan(1)) {
      if (ClassOf(other) != Class::kOther) return Wrong(kBadPair);
    }
    return NotComparable(a[0]);
  }
  if (a.size() == 1) return Wrong(kMissing);
  for (const Value& other : a.subspan(1)) {
    const auto equal = Equal(a[0], other);
    if (!equal) return equal.error();
    if (*equal) return Value::Bool(true);
  }
  return Value::Bool(false);
}

Result<Value> Ne(Data data, Arguments a) {
  auto equal = Eq(data, a);
  if (!equal) return equal;
  return Value::Bool(!equal->boolean());
}

Result<Value> Lt(Data, Arguments a) {
  const auto less = Less(a[0], a[1]);
  if (!less) return less.error();
  return Value::Bool(*less);
}

Result<Value> Le(Data, Arguments a) {
  const auto less = Less(a[0], a[1]);
  if (!less) return less.error();
  if (*less) return Value::Bool(true);
  const auto equal = Equal(a[0], a[1]);
  if (!equal) return equal.error();
  return Value::Bool(*equal);
}

// Go's are the opposites of these, so NaN is greater than everything.
Result<Value> Gt(Data data, Arguments a) {
  auto not_greater = Le(data, a);
  if (!not_greater) return not_greater;
  return Value::Bool(!not_greater->boolean());
}

Result<Value> Ge(Data data, Arguments a) {
  auto less = Lt(data, a);
  if (!less) return less;
  return Value::Bool(!less->boolean());
}

constexpr auto kAny = Parameter::kAny;
constexpr std::array kFunctions = {
    Function{"eq", 1, -1, kAny, kAny, Eq}, Function{"ge", 2, 2, kAny, kAny, Ge},
    Function{"gt", 2, 2, kAny, kAny, Gt},  Function{"le", 2, 2, kAny, kAny, Le},
    Function{"lt", 2, 2, kAny, kAny, Lt},  Function{"ne", 2, 2, kAny, kAny, Ne},
};

}  // namespace

std::span<const Function> ComparisonFunctions() { return kFunctions; }

}  // namespace ecsward::templates
