#include "rules/template/evaluator.h"

#include <algorithm>
#include <memory>

#include "rules/template/unicode.h"

namespace ecsward::templates {
namespace {

std::string NameOf(Parameter wanted) {
  switch (wanted) {
    case Parameter::kString:
      return "string";
    case Parameter::kSamples:
      return "template.queryResult";
    case Parameter::kSample:
      return "*template.sample";
    case Parameter::kTime:
      return "time.Time";
    case Parameter::kDuration:
      return "time.Duration";
    case Parameter::kTexts:
      return std::string(kTextsType);
    case Parameter::kNone:
    case Parameter::kAny:
      break;
  }
  return "interface {}";
}

}  // namespace

bool Evaluator::Fail(std::string_view message) {
  if (!error_.empty()) return false;
  error_ = "template: " + std::string(file_) + ":";
  if (node_ != nullptr) {
    const std::string_view before = std::string_view(source_->text).substr(0, node_->position);
    const auto line_start = before.rfind('\n');
    const auto lines = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t column =
        line_start == std::string_view::npos ? before.size() : before.size() - line_start - 1;
    error_ += std::to_string(lines) + ":" + std::to_string(column) + ": executing " +
              Quote(template_) + " at <" + ToString(*node_) + ">:";
  }
  error_ += " ";
  error_ += message;
  return false;
}

bool Evaluator::Charge(std::size_t bytes) {
  steps_left_ -= static_cast<std::int64_t>(bytes / 64);
  return steps_left_ >= 0 || Fail("the template takes too many steps");
}

bool Evaluator::SetVariable(std::string_view name, const Value& value) {
  const auto found = std::find_if(variables_.rbegin(), variables_.rend(),
                                  [&](const Variable& v) { return v.name == name; });
  if (found == variables_.rend()) return Fail("undefined variable: " + std::string(name));
  found->value = value;
  return true;
}

bool Evaluator::EvalPipe(const Node& pipe, const Value& dot, Value& out) {
  const Step step(*this, pipe);
  if (step.TooMuch()) return false;
  Final value;
  for (const NodePtr& command : pipe.children) {
    Value result;
    if (!EvalCommand(*command, dot, value, result)) return false;
    value = std::move(result);
  }
  out = value ? std::move(*value) : Value();
  for (const std::string& name : pipe.names) {
    if (!pipe.flag) {
      variables_.push_back({name, out});
    } else if (!SetVariable(name, out)) {
      return false;
    }
  }
  return true;
}

bool Evaluator::EvalCommand(const Node& command, const Value& dot, const Final& final, Value& out) {
  const Operands operands(command.children);
  const Node& first = *operands.front();
  const Operands rest = operands.subspan(1);
  const bool arguments = !rest.empty() || final.has_value();
  switch (first.type) {
    case NodeType::kField:
    case NodeType::kVariable:
    case NodeType::kChain:
      return EvalFields(first, dot, rest, final, out);
    case NodeType::kIdentifier:
      return EvalFunction(first, command, dot, rest, final, out);
    default:
      break;
  }
  if (first.type != NodeType::kPipe) node_ = &first;
  if (arguments) return Fail("can't give argument to non-function " + ToString(first));
  if (first.type == NodeType::kNil) return Fail("nil is not a command");
  return EvalOperand(first, dot, out);
}

bool Evaluator::EvalOperand(const Node& node, const Value& dot, Value& out) {
  const Step step(*this, node);
  if (step.TooMuch()) return false;
  switch (node.type) {
    case NodeType::kDot:
      out = dot;
      return true;
    case NodeType::kNil:
      out = Value();
      return true;
    case NodeType::kBool:
      out = Value::Bool(node.flag);
      return true;
    case NodeType::kString:
      out = Value::String(node.value);
      return Charge(node.value.size());
    case NodeType::kNumber:
      if (!node.integer && !node.ideal_real) return Fail(node.text + " overflows int");
      out = node.ideal_real ? Value::Float(*node.real) : Value::Int(*node.integer);
      return true;
    case NodeType::kPipe:
      return EvalPipe(node, dot, out);
    case NodeType::kIdentifier:
      return EvalFunction(node, node, dot, {}, {}, out);
    default:
      return EvalFields(node, dot, {}, {}, out);
  }
}

bool Evaluator::EvalFields(const Node& node, const Value& dot, Operands operands,
                           const Final& final, Value& out) {
  const Step step(*this, node);
  if (step.TooMuch()) return false;
  std::span<const std::string> names(node.names);
  Value value = dot;
  if (node.type == NodeType::kVariable) {
    const auto found = std::find_if(variables_.rbegin(), variables_.rend(),
                                    [&](const Variable& v) { return v.name == names.front(); });
    if (found == variables_.rend()) return Fail("undefined variable: " + names.front());
    value = found->value;
    names = names.subspan(1);
    if (names.empty() && (!operands.empty() || final)) {
      return Fail("can't give argument to non-function " + ToString(node));
    }
  } else if (node.type == NodeType::kChain) {
    if (node.children.front()->type == NodeType::kNil) {
      return Fail("indirection through explicit nil in " + ToString(node));
    }
    if (!EvalOperand(*node.children.front(), dot, value)) return false;
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool last = i + 1 == names.size();
    const Method* method = FindMethod(value, names[i]);
    Value result;
    if (method != nullptr) {
      if (!CallMethod(*method, value, dot, last ? operands : Operands{}, last ? final : Final{},
                      result)) {
        return false;
      }
    } else {
      const bool arguments = last && (!operands.empty() || final);
      auto field = GetField(value, names[i], arguments);
      if (!field) return Fail(field.error().message);
      result = std::move(*field);
    }
    value = std::move(result);
  }
  out = std::move(value);
  return true;
}

bool Evaluator::CallMethod(const Method& method, const Value& value, const Value& dot,
                           Operands operands, const Final& final, Value& out) {
  const std::size_t count = operands.size() + (final ? 1 : 0);
  const bool wants_one = method.argument != Parameter::kNone;
  if (count != (wants_one ? 1U : 0U)) {
    return Fail("wrong number of args for " + std::string(method.name) + ": want " +
                (wants_one ? "1" : "0") + " got " + std::to_string(count));
  }
  Value argument;
  if (count > 0 && !EvalArgument(operands.empty() ? nullptr : operands.front().get(), final, dot,
                                 method.argument, argument)) {
    return false;
  }
  out = method.call(value, argument);
  return out.kind() != Kind::kList || Charge(out.list().items.size() * 16);
}

bool Evaluator::EvalDuration(const Node& node, Value& out) {
  if (node.type != NodeType::kNumber || !node.integer) {
    return Fail("expected integer; found " + ToString(node));
  }
  out = Value::Duration(*node.integer);
  return true;
}

bool Evaluator::EvalArgument(const Node* node, const Final& final, const Value& dot,
                             Parameter wanted, Value& out) {
  if (node == nullptr) {
    out = *final;
    return wanted == Parameter::kAny || Suits(out, wanted);
  }
  node_ = node;
  switch (node->type) {
    case NodeType::kBool:
    case NodeType::kNumber:
    case NodeType::kString:
      if (wanted == Parameter::kString && node->type != NodeType::kString) {
        return Fail("expected string; found " + ToString(*node));
      }
      if (wanted == Parameter::kDuration) return EvalDuration(*node, out);
      if (wanted != Parameter::kAny && wanted != Parameter::kString) {
        return Fail("can't handle " + ToString(*node) + " for arg of type " + NameOf(wanted));
      }
      break;
    case NodeType::kNil:
      if (wanted == Parameter::kString) return Fail("cannot assign nil to string");
      break;
    default:
      break;
  }
  if (!EvalOperand(*node, dot, out)) return false;
  return wanted == Parameter::kAny || Suits(out, wanted);
}

bool Evaluator::Suits(Value& value, Parameter wanted) {
  switch (wanted) {
    case Parameter::kString:
      if (value.kind() == Kind::kString) return true;
      break;
    case Parameter::kSamples:
      if (value.kind() == Kind::kSamples) return true;
      break;
    case Parameter::kSample:
      if (value.kind() == Kind::kSample) return true;
      break;
    case Parameter::kTime:
      if (value.kind() == Kind::kTime) return true;
      break;
    case Parameter::kDuration:
      if (value.kind() == Kind::kDuration) return true;
      break;
    case Parameter::kTexts:
      if (value.kind() == Kind::kList && value.list().type == kTextsType) return true;
      break;
    case Parameter::kNone:
    case Parameter::kAny:
      return true;
  }
  if (value.kind() == Kind::kNone && wanted == Parameter::kSamples) {
    value = Value::SamplesOf(std::make_shared<const Value::Samples>());
    return true;
  }
  if (value.kind() == Kind::kNone) {
    return Fail(wanted == Parameter::kString ? "invalid value; expected string"
                                             : "nil in the place of a " + NameOf(wanted));
  }
  return Fail("wrong type for value; expected " + NameOf(wanted) + "; got " +
              std::string(TypeName(value)));
}

bool Evaluator::EvalFunction(const Node& word, const Node& command, const Value& dot,
                             Operands operands, const Final& final, Value& out) {
  const Step step(*this, word);
  if (step.TooMuch()) return false;
  const Function* function = FindFunction(word.text, source_->functions);
  if (function == nullptr) return Fail(Quote(word.text) + " is not a defined function");
  const int count = static_cast<int>(operands.size()) + (final ? 1 : 0);
  if (count < function->least || (!function->variadic() && count > function->most)) {
    return Fail("wrong number of args for " + word.text + ": want " +
                (function->variadic() ? "at least " : "") + std::to_string(function->least) +
                " got " + std::to_string(count));
  }
  if (IsShortCircuit(word.text)) return EvalLogic(word.text == "and", dot, operands, final, out);
  std::vector<Value> arguments(static_cast<std::size_t>(count));
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Node* node = i < operands.size() ? operands[i].get() : nullptr;
    const Parameter wanted = i == 0 ? function->first : function->others;
    if (!EvalArgument(node, final, dot, wanted, arguments[i])) return false;
    if (arguments[i].is_text()) bytes += arguments[i].text().size();
  }
  if (!Charge(bytes)) return false;
  if (word.text == "query" && !Charge(kQuerySteps * 64)) return false;
  auto result = function->call(execution_.data, arguments);
  if (result && result->is_text() && result->text().size() > kMaxTextBytes) {
    result = ecsward::Fail(ErrorCode::kInvalidArgument, "the text is too long");
  }
  if (!result) {
    node_ = &command;
    return Fail("error calling " + word.text + ": " + result.error().message);
  }
  if (result->kind() == Kind::kSamples && !Charge(result->samples().size() * 64)) return false;
  if (result->kind() == Kind::kList && !Charge(result->list().items.size() * 16)) return false;
  out = std::move(*result);
  return !out.is_text() || Charge(out.text().size());
}

bool Evaluator::EvalLogic(bool all, const Value& dot, Operands operands, const Final& final,
                          Value& out) {
  for (const NodePtr& operand : operands) {
    if (!EvalArgument(operand.get(), final, dot, Parameter::kAny, out)) return false;
    if (IsTrue(out) != all) return true;
  }
  if (final) out = *final;
  return true;
}

}  // namespace ecsward::templates
