#include "rules/template/executor.h"

#include <utility>

#include "rules/template/escape.h"
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
  explicit Executor(const Execution& execution) : Evaluator(execution) {}

  Result<std::string> Run() {
    const Value& dot = execution_.dot;
    variables_.push_back({"$", dot});
    if (Walk(*execution_.templates.root, dot) == Flow::kFailed && !full_) {
      return ecsward::Fail(ErrorCode::kInvalidArgument, error_);
    }
    return std::move(out_);
  }

 private:
  bool Write(std::string_view text) {
    const ExecutionLimits& limits = execution_.limits;
    if (out_.size() + text.size() > limits.output_bytes) {
      if (!limits.stop_when_full) return Fail("the output is too long");
      out_ += text.substr(0, limits.output_bytes - out_.size());
      full_ = true;
      return false;  // without a problem: Run knows
    }
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
    if (value.kind() == Kind::kString && !execution_.escape_html) {
      return Write(value.text()) ? Flow::kOn : Flow::kFailed;
    }
    std::string text;
    if (value.kind() == Kind::kNone) {
      text = "<no value>";
    } else {
      FormatValue(value, 'v', {}, text);
      if (value.kind() == Kind::kSample) text.erase(0, 1);  // a pointer, which printing follows
    }
    if (execution_.escape_html && value.kind() != Kind::kHtml && !IsEscaped(*node.pipe)) {
      text = EscapeHtml(text);
    }
    return Write(text) ? Flow::kOn : Flow::kFailed;
  }

  // The last thing done to it was to escape it.
  static bool IsEscaped(const Node& pipe) {
    const Node& last = *pipe.children.back()->children.front();
    return last.type == NodeType::kIdentifier && (last.text == "html" || last.text == "urlquery");
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
    const NamedTemplate found = FindNamed(node.text);
    if (found.list == nullptr) {
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
    const std::string_view file = std::exchange(file_, found.file);
    const ParsedTemplates* const source = std::exchange(source_, found.source);
    ++template_depth_;
    const Flow flow = Walk(*found.list, inner);
    --template_depth_;
    if (flow == Flow::kFailed) return flow;  // the problem is told of where it happened
    source_ = source;
    file_ = file;
    template_ = name;
    variables_ = std::move(outer);
    return Flow::kOn;
  }

  NamedTemplate FindNamed(const std::string& name) const {
    const ParsedTemplates& own = execution_.templates;
    if (const auto found = own.named.find(name); found != own.named.end()) {
      return {&own, execution_.name, found->second.get()};
    }
    if (execution_.others == nullptr) return {};
    const auto found = execution_.others->find(name);
    return found == execution_.others->end() ? NamedTemplate() : found->second;
  }

  std::string out_;
  bool full_ = false;
  int template_depth_ = 0;
};

}  // namespace

Result<std::string> Execute(const Execution& execution) { return Executor(execution).Run(); }

}  // namespace ecsward::templates
