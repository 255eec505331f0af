#include "rules/template/executor.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "rules/template/fields.h"
#include "rules/template/format.h"
#include "rules/template/functions.h"
#include "rules/template/unicode.h"

namespace ecsward::templates {
namespace {

// How walking a node ended.
enum class Flow : std::uint8_t { kOn, kBreak, kContinue, kFailed };

struct Variable {
  std::string name;
  Value value;
};

// Whatever can fail returns false (or Flow::kFailed) and has then left its reason in error_.
class Executor {
 public:
  Executor(const ParsedTemplates& templates, const TemplateData& data, std::string_view name)
      : templates_(templates), data_(data), file_(name), template_(name) {}

  Result<std::string> Run() {
    const Value dot = Value::Data(data_);
    variables_.push_back({"$", dot});
    if (Walk(*templates_.root, dot) == Flow::kFailed) {
      return ecsward::Fail(ErrorCode::kInvalidArgument, error_);
    }
    return std::move(out_);
  }

 private:
  using Operands = std::span<const NodePtr>;
  using Final = std::optional<Value>;  // what the command before the bar gave

  // Counts steps and nesting.
  class Step {
   public:
    Step(Executor& executor, const Node& node) : executor_(executor) {
      executor_.node_ = &node;
      ++executor_.depth_;
      --executor_.steps_left_;
    }
    ~Step() { --executor_.depth_; }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    bool TooMuch() const {
      if (executor_.steps_left_ < 0) return !executor_.Fail("the template takes too many steps");
      if (executor_.depth_ > kMaxWalkDepth) return !executor_.Fail("nested too deeply");
      return false;
    }

   private:
    Executor& executor_;
  };

  bool Fail(std::string_view message) {
    if (!error_.empty()) return false;
    error_ = "template: " + std::string(file_) + ":";
    if (node_ != nullptr) {
      const std::string_view before = std::string_view(templates_.text).substr(0, node_->position);
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

  bool Charge(std::size_t bytes) {
    steps_left_ -= static_cast<std::int64_t>(bytes / 64);
    return steps_left_ >= 0 || Fail("the template takes too many steps");
  }

  bool Write(std::string_view text) {
    if (out_.size() + text.size() > kMaxOutputBytes) return Fail("the output is too long");
    out_ += text;
    return Charge(text.size());
  }

  Flow Walk(const Node& node, const Value& dot) {
    const Step step(*this, node);
    if (step.TooMuch()) return Flow::kFailed;
    switch (node.type) {
      case NodeType::kList:
        for (const NodePtr& child : node.children) {
          if (const Flow flow = Walk(*child, dot); flow != Flow::kOn) return flow;
        }
        return Flow::kOn;
      case NodeType::kText:
        return Write(node.text) ? Flow::kOn : Flow::kFailed;
      case NodeType::kAction:
        return WalkAction(node, dot);
      case NodeType::kIf:
      case NodeType::kWith:
        return WalkBranch(node, dot);
      case NodeType::kRange:
        return WalkRange(node, dot);
      case NodeType::kTemplate:
        return WalkTemplate(node, dot);
      case NodeType::kBreak:
        return Flow::kBreak;
      case NodeType::kContinue:
        return Flow::kContinue;
      default:
        return Flow::kFailed;  // operands are not walked
    }
  }

  Flow WalkAction(const Node& node, const Value& dot) {
    Value value;
    if (!EvalPipe(*node.pipe, dot, value)) return Flow::kFailed;
    if (!node.pipe->names.empty()) return Flow::kOn;
    node_ = &node;
    if (value.kind() == Kind::kString) return Write(value.text()) ? Flow::kOn : Flow::kFailed;
    std::string text;
    if (value.kind() == Kind::kNone) {
      text = "<no value>";
    } else {
      FormatValue(value, 'v', {}, text);
      if (value.kind() == Kind::kSample) text.erase(0, 1);  // a pointer, which printing follows
    }
    return Write(text) ? Flow::kOn : Flow::kFailed;
  }

  Flow WalkBranch(const Node& node, const Value& dot) {
    const std::size_t mark = variables_.size();
    Value value;
    Flow flow = Flow::kFailed;
    if (EvalPipe(*node.pipe, dot, value)) {
      if (IsTrue(value)) {
        flow = Walk(*node.list, node.type == NodeType::kWith ? value : dot);
      } else {
        flow = node.else_list ? Walk(*node.else_list, dot) : Flow::kOn;
      }
    }
    variables_.resize(mark);
    return flow;
  }

  Flow WalkRange(const Node& node, const Value& dot) {
    const std::size_t outer = variables_.size();
    Value over;
    if (!EvalPipe(*node.pipe, dot, over)) return Flow::kFailed;
    Flow flow = Flow::kOn;
    std::size_t rounds = 0;
    const auto round = [&](const Value& index, const Value& element) {
      ++rounds;
      flow = OneRound(node, index, element);
      return flow != Flow::kBreak && flow != Flow::kFailed;
    };
    if (!EachElement(over, round)) {
      std::string shown;
      FormatValue(over, 'v', {}, shown);
      Fail("range can't iterate over " + shown);
      return Flow::kFailed;
    }
    if (flow != Flow::kFailed) {
      flow = rounds == 0 && node.else_list ? Walk(*node.else_list, dot) : Flow::kOn;
    }
    variables_.resize(outer);
    return flow;
  }

  Flow OneRound(const Node& node, const Value& index, const Value& element) {
    const std::vector<std::string>& names = node.pipe->names;
    if (!names.empty()) {
      // One name is the element; of two the first is the index.
      SetVariable(names.back(), element);
      if (names.size() > 1) SetVariable(names.front(), index);
    }
    const std::size_t mark = variables_.size();
    const Flow flow = Walk(*node.list, element);
    variables_.resize(mark);
    return flow;
  }

  Flow WalkTemplate(const Node& node, const Value& dot) {
    const auto found = templates_.named.find(node.text);
    if (found == templates_.named.end()) {
      Fail("template " + Quote(node.text) + " not defined");
      return Flow::kFailed;
    }
    if (template_depth_ >= kMaxTemplateDepth) {
      Fail("exceeded maximum template depth (" + std::to_string(kMaxTemplateDepth) + ")");
      return Flow::kFailed;
    }
    Value inner;
    if (node.pipe && !EvalPipe(*node.pipe, dot, inner)) return Flow::kFailed;
    std::vector<Variable> outer = std::exchange(variables_, {{"$", inner}});
    const std::string_view name = std::exchange(template_, std::string_view(node.text));
    ++template_depth_;
    const Flow flow = Walk(*found->second, inner);
    --template_depth_;
    template_ = name;
    variables_ = std::move(outer);
    return flow == Flow::kFailed ? flow : Flow::kOn;
  }

  bool SetVariable(std::string_view name, const Value& value) {
    const auto found = std::find_if(variables_.rbegin(), variables_.rend(),
                                    [&](const Variable& v) { return v.name == name; });
    if (found == variables_.rend()) return Fail("undefined variable: " + std::string(name));
    found->value = value;
    return true;
  }

  bool EvalPipe(const Node& pipe, const Value& dot, Value& out) {
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

  bool EvalCommand(const Node& command, const Value& dot, const Final& final, Value& out) {
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

  // An operand without arguments.
  bool EvalOperand(const Node& node, const Value& dot, Value& out) {
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

  // .a.b, $x.a.b, (…).a.b; the last of them may be a method with arguments.
  bool EvalFields(const Node& node, const Value& dot, Operands operands, const Final& final,
                  Value& out) {
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

  bool CallMethod(const Method& method, const Value& value, const Value& dot, Operands operands,
                  const Final& final, Value& out) {
    const std::size_t count = operands.size() + (final ? 1 : 0);
    if (count != (method.takes_text ? 1U : 0U)) {
      return Fail("wrong number of args for " + std::string(method.name) + ": want " +
                  (method.takes_text ? "1" : "0") + " got " + std::to_string(count));
    }
    Value argument;
    if (count > 0 && !EvalArgument(operands.empty() ? nullptr : operands.front().get(), final, dot,
                                   Parameter::kString, argument)) {
      return false;
    }
    out = method.call(value, method.takes_text ? argument.text() : std::string());
    return true;
  }

  // An argument of the wanted kind: an operand, or what came through the bar.
  bool EvalArgument(const Node* node, const Final& final, const Value& dot, Parameter wanted,
                    Value& out) {
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
        if (wanted == Parameter::kSamples || wanted == Parameter::kSample) {
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

  static std::string NameOf(Parameter wanted) {
    switch (wanted) {
      case Parameter::kString:
        return "string";
      case Parameter::kSamples:
        return "template.queryResult";
      case Parameter::kSample:
        return "*template.sample";
      case Parameter::kAny:
        break;
    }
    return "interface {}";
  }

  bool Suits(Value& value, Parameter wanted) {
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

  bool EvalFunction(const Node& word, const Node& command, const Value& dot, Operands operands,
                    const Final& final, Value& out) {
    const Step step(*this, word);
    if (step.TooMuch()) return false;
    const Function* function = FindFunction(word.text);
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
    auto result = function->call(data_, arguments);
    if (result && result->is_text() && result->text().size() > kMaxTextBytes) {
      result = ecsward::Fail(ErrorCode::kInvalidArgument, "the text is too long");
    }
    if (!result) {
      node_ = &command;
      return Fail("error calling " + word.text + ": " + result.error().message);
    }
    if (result->kind() == Kind::kSamples && !Charge(result->samples().size() * 64)) return false;
    out = std::move(*result);
    return !out.is_text() || Charge(out.text().size());
  }

  // The first argument that decides; those behind it are not evaluated.
  bool EvalLogic(bool all, const Value& dot, Operands operands, const Final& final, Value& out) {
    for (const NodePtr& operand : operands) {
      if (!EvalArgument(operand.get(), final, dot, Parameter::kAny, out)) return false;
      if (IsTrue(out) != all) return true;
    }
    if (final) out = *final;
    return true;
  }

  const ParsedTemplates& templates_;
  const TemplateData& data_;
  std::string_view file_, template_;
  const Node* node_ = nullptr;  // what an error is about
  std::vector<Variable> variables_;
  std::string out_, error_;
  std::int64_t steps_left_ = kMaxSteps;
  int depth_ = 0, template_depth_ = 0;
};

}  // namespace

Result<std::string> Execute(const ParsedTemplates& templates, const TemplateData& data,
                            std::string_view name) {
  return Executor(templates, data, name).Run();
}

}  // namespace ecsward::templates
