#include "rules/template/parser.h"

#include <utility>

#include "rules/template/pipeline_parser.h"
#include "rules/template/unicode.h"

namespace ecsward::templates {
namespace {

// How the list of a block ended.
enum class ListEnd : std::uint8_t { kEnd, kElse, kEof };

class Parser : private PipelineParser {
 public:
  Parser(std::string_view text, std::string_view name, FunctionSet functions)
      : PipelineParser(text, name, functions) {}

  Result<ParsedTemplates> Run() {
    ParsedTemplates out;
    ListEnd end{};
    out.root = List(end, true);
    if (out.root && end != ListEnd::kEof) {
      Error(end == ListEnd::kEnd ? "unexpected {{end}}" : "unexpected {{else}}");
    }
    if (!error_.empty()) return Fail(ErrorCode::kParse, error_);
    out.named = std::move(named_);
    return out;
  }

 private:
  // What is between {{…}} and its {{end}}; `top` is the template itself, where {{define}} may be.
  NodePtr List(ListEnd& end, bool top = false) {
    const Nested nested(*this);
    if (nested.TooDeep()) return nullptr;
    NodePtr list = New(NodeType::kList, Peek());
    for (;;) {
      const Token& token = top ? Peek() : PeekBehindSpace();
      if (token.type == TokenType::kEof) {
        end = ListEnd::kEof;
        return top ? std::move(list) : Error("unexpected EOF");
      }
      if (token.type == TokenType::kText) {
        NodePtr text = New(NodeType::kText, token);
        text->text = token.text;
        list->children.push_back(std::move(text));
        Next();
        continue;
      }
      if (token.type != TokenType::kLeftDelim) return Unexpected(Next(), "input");
      action_line_ = token.line;
      Next();
      const TokenType first = PeekBehindSpace().type;
      if (top && first == TokenType::kDefine) {
        Next();
        if (!Definition()) return nullptr;
        action_line_ = 0;
        continue;
      }
      if (first == TokenType::kEnd || first == TokenType::kElse) {
        Next();
        end = first == TokenType::kEnd ? ListEnd::kEnd : ListEnd::kElse;
        // {{else if}} is the caller's.
        if (end == ListEnd::kElse && PeekBehindSpace().type == TokenType::kIf) return list;
        if (!Close(end == ListEnd::kEnd ? "end" : "else")) return nullptr;
        action_line_ = 0;
        return list;
      }
      NodePtr action = Action();
      if (!action) return nullptr;
      list->children.push_back(std::move(action));
      action_line_ = 0;
    }
  }

  bool Close(std::string_view where) {
    const Token& token = NextBehindSpace();
    if (token.type == TokenType::kRightDelim) return true;
    Unexpected(token, where);
    return false;
  }

  NodePtr Action() {
    const Token& token = PeekBehindSpace();
    switch (token.type) {
      case TokenType::kIf:
        return Branch(NodeType::kIf, "if");
      case TokenType::kRange:
        return Branch(NodeType::kRange, "range");
      case TokenType::kWith:
        return Branch(NodeType::kWith, "with");
      case TokenType::kBreak:
        return Leave(NodeType::kBreak, "{{break}}");
      case TokenType::kContinue:
        return Leave(NodeType::kContinue, "{{continue}}");
      case TokenType::kTemplate:
        return TemplateCall();
      case TokenType::kBlock:
        return Block();
      default:
        break;
    }
    NodePtr action = New(NodeType::kAction, token);
    action->pipe = Pipeline("command", TokenType::kRightDelim);
    return action->pipe ? std::move(action) : nullptr;
  }

  NodePtr Leave(NodeType type, std::string_view what) {
    NodePtr node = New(type, Next());
    const Token& token = NextBehindSpace();
    if (token.type != TokenType::kRightDelim) return Unexpected(token, what);
    if (ranges_ == 0) return Error(std::string(what) + " outside {{range}}");
    return node;
  }

  // {{if}}, {{range}}, {{with}}; `if` is the next token.
  NodePtr Branch(NodeType type, std::string_view word) {
    NodePtr node = New(type, Next());
    const std::size_t variables = variables_.size();
    node->pipe = Pipeline(word, TokenType::kRightDelim);
    if (!node->pipe) return nullptr;
    action_line_ = 0;
    ListEnd end{};
    if (type == NodeType::kRange) ++ranges_;
    node->list = List(end);
    if (type == NodeType::kRange) --ranges_;
    if (!node->list) return nullptr;
    if (end == ListEnd::kElse && !Else(*node)) return nullptr;
    variables_.resize(variables);
    return node;
  }

  bool Else(Node& node) {
    const Token& token = PeekBehindSpace();
    ListEnd end{};
    if (token.type == TokenType::kIf && InsideAction()) {
      if (node.type != NodeType::kIf) {
        Unexpected(Next(), "input");
        return false;
      }
      const Nested nested(*this);
      if (nested.TooDeep()) return false;
      node.else_list = New(NodeType::kList, token);
      NodePtr other = Branch(NodeType::kIf, "if");
      if (!other) return false;
      node.else_list->children.push_back(std::move(other));
      return true;  // one {{end}} ends both
    }
    node.else_list = List(end);
    if (!node.else_list) return false;
    if (end == ListEnd::kEnd) return true;
    Error("expected end; found {{else}}");
    return false;
  }
  // Whether the next token is still inside of {{ }}.
  bool InsideAction() const {
    return next_ > 0 && tokens_.list[next_ - 1].type != TokenType::kRightDelim;
  }

  bool Name(std::string_view where, std::string& out) {
    const Token& token = NextBehindSpace();
    if (token.type != TokenType::kString && token.type != TokenType::kRawString) {
      Unexpected(token, where);
      return false;
    }
    if (Unquote(token.text, out)) return true;
    Error("invalid syntax");
    return false;
  }

  NodePtr TemplateCall() {
    Next();
    NodePtr node = New(NodeType::kTemplate, PeekBehindSpace());
    if (!Name("template clause", node->text)) return nullptr;
    if (PeekBehindSpace().type == TokenType::kRightDelim) {
      Next();
      return node;
    }
    node->pipe = Pipeline("template clause", TokenType::kRightDelim);
    return node->pipe ? std::move(node) : nullptr;
  }

  // A definition and its call at once.
  NodePtr Block() {
    Next();
    NodePtr node = New(NodeType::kTemplate, PeekBehindSpace());
    if (!Name("block clause", node->text)) return nullptr;
    node->pipe = Pipeline("block clause", TokenType::kRightDelim);
    if (!node->pipe) return nullptr;
    return Body(node->text, "block clause") ? std::move(node) : nullptr;
  }

  bool Definition() {
    std::string name;
    if (!Name("define clause", name) || !Close("define clause")) return false;
    return Body(name, "define clause");
  }

  // A template of its own, with its own variables.
  bool Body(const std::string& name, std::string_view where) {
    std::vector<std::string> variables = std::exchange(variables_, {"$"});
    const int ranges = std::exchange(ranges_, 0);
    action_line_ = 0;
    ListEnd end{};
    NodePtr list = List(end);
    variables_ = std::move(variables);
    ranges_ = ranges;
    if (!list) return false;
    if (end != ListEnd::kEnd) {
      Error("unexpected {{else}} in " + std::string(where));
      return false;
    }
    NodePtr& known = named_[name];
    if (known && !IsEmptyTree(*known)) {
      if (IsEmptyTree(*list)) return true;
      Error("template: multiple definition of template " + Quote(name));
      return false;
    }
    known = std::move(list);
    return true;
  }

  int ranges_ = 0;  // how many {{range}} we are in
  std::map<std::string, NodePtr> named_;
};

}  // namespace

Result<ParsedTemplates> Parse(std::string text, std::string_view name, FunctionSet functions) {
  if (text.size() > kMaxTemplateBytes) {
    return Fail(ErrorCode::kParse, "template: " + std::string(name) + ":1: template is too long");
  }
  auto parsed = Parser(text, name, functions).Run();
  if (parsed) {
    parsed->text = std::move(text);
    parsed->functions = functions;
  }
  return parsed;
}

}  // namespace ecsward::templates
