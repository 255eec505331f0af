// Computes what stands inside of {{ }}; executor.cpp walks what is around it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/template/executor.h"
#include "rules/template/fields.h"
#include "rules/template/functions.h"
#include "rules/template/parse_tree.h"
#include "rules/template/value.h"

namespace ecsward::templates {

// Whatever can fail returns false and has then left its reason in error_.
class Evaluator {
 protected:
  // Outlives this.
  explicit Evaluator(const Execution& execution)
      : execution_(execution),
        source_(&execution.templates),
        file_(execution.name),
        template_(execution.name),
        steps_left_(execution.limits.steps) {}

  struct Variable {
    std::string name;
    Value value;
  };

  // Counts steps and nesting.
  class Step {
   public:
    Step(Evaluator& evaluator, const Node& node) : evaluator_(evaluator) {
      evaluator_.node_ = &node;
      ++evaluator_.depth_;
      --evaluator_.steps_left_;
    }
    ~Step() { --evaluator_.depth_; }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    bool TooMuch() const {
      if (evaluator_.steps_left_ < 0) return !evaluator_.Fail("the template takes too many steps");
      if (evaluator_.depth_ > kMaxWalkDepth) return !evaluator_.Fail("nested too deeply");
      return false;
    }

   private:
    Evaluator& evaluator_;
  };

  bool Fail(std::string_view message);
  bool Charge(std::size_t bytes);
  bool SetVariable(std::string_view name, const Value& value);
  bool EvalPipe(const Node& pipe, const Value& dot, Value& out);

  const Execution& execution_;
  const ParsedTemplates* source_;  // what is being walked
  std::string_view file_, template_;
  const Node* node_ = nullptr;  // what an error is about
  std::vector<Variable> variables_;
  std::string error_;
  std::int64_t steps_left_;
  int depth_ = 0;

 private:
  using Operands = std::span<const NodePtr>;
  using Final = std::optional<Value>;  // what the command before the bar gave

  bool EvalCommand(const Node& command, const Value& dot, const Final& final, Value& out);
  // An operand without arguments.
  bool EvalOperand(const Node& node, const Value& dot, Value& out);
  // .a.b, $x.a.b, (…).a.b; the last of them may be a method with arguments.
  bool EvalFields(const Node& node, const Value& dot, Operands operands, const Final& final,
                  Value& out);
  // A number where a duration is wanted.
  bool EvalDuration(const Node& node, Value& out);
  bool CallMethod(const Method& method, const Value& value, const Value& dot, Operands operands,
                  const Final& final, Value& out);
  // An argument of the wanted kind: an operand, or what came through the bar.
  bool EvalArgument(const Node* node, const Final& final, const Value& dot, Parameter wanted,
                    Value& out);
  bool Suits(Value& value, Parameter wanted);
  bool EvalFunction(const Node& word, const Node& command, const Value& dot, Operands operands,
                    const Final& final, Value& out);
  // The first argument that decides; those behind it are not evaluated.
  bool EvalLogic(bool all, const Value& dot, Operands operands, const Final& final, Value& out);
};

}  // namespace ecsward::templates
