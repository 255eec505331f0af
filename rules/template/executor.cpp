#include "rules/template/executor.h"

#include <utility>

#include "rules/template/evaluator.h"
#include "rules/template/fields.h"
#include "rules/template/format.h"
#include "rules/template/unicode.h"

namespace ecsward::templates {
namespace {

// How walking a node ended.
enum class Flow : std::uint8_t { kOn, kBreak, kContinue, kFailed };

// Whatever can fail returns Flow::kFailed and has then left its reason in error_.
class Executor : private Evaluator {
 public:
  Executor(const ParsedTemplates& templates, const TemplateData& data, std::string_view name)
      : Evaluator(templates, data, name) {}

  Result<std::string> Run() {
    const Value dot = Value::Data(data_);
    variables_.push_back({"$", dot});
    if (Walk(*templates_.root, dot) == Flow::kFailed) {
      return ecsward::Fail(ErrorCode::kInvalidArgument, error_);
    }
    return std::move(out_);
  }

 private:
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

  std::string out_;
  int template_depth_ = 0;
};

}  // namespace

Result<std::string> Execute(const ParsedTemplates& templates, const TemplateData& data,
                            std::string_view name) {
  return Executor(templates, data, name).Run();
}

}  // namespace ecsward::templates
