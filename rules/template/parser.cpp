#include "rules/template/parser.h"

#include <algorithm>
#include <utility>

#include "rules/template/functions.h"
#include "rules/template/lexer.h"
#include "rules/template/numbers.h"
#include "rules/template/unicode.h"

namespace ecsward::templates {
namespace {

// How the list of a block ended.
enum class ListEnd : std::uint8_t { kEnd, kElse, kEof };

// Every function that returns a NodePtr returns null when it has failed; what went wrong is then in
// error_.
class Parser {
 public:
  Parser(std::string_view text, std::string_view name) : tokens_(Lex(text)), name_(name) {}

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
  // The token that comes next; its line is that of an error.
  const Token& Peek() {
    furthest_ = std::max(furthest_, next_);
    return tokens_.list[next_];
  }
  const Token& Next() {
    const Token& token = Peek();
    if (next_ + 1 < tokens_.list.size()) ++next_;
    return token;
  }
  const Token& PeekBehindSpace() {
    while (Peek().type == TokenType::kSpace) ++next_;
    return Peek();
  }
  const Token& NextBehindSpace() {
    PeekBehindSpace();
    return Next();
  }

  NodePtr Error(std::string_view message) {
    if (error_.empty()) {
      error_ = "template: " + name_ + ":" + std::to_string(tokens_.list[furthest_].line) + ": " +
               std::string(message);
    }
    return nullptr;
  }
  NodePtr Unexpected(const Token& token, std::string_view where) {
    if (token.type == TokenType::kError) {
      std::string message = tokens_.error;
      if (action_line_ != 0 && action_line_ != token.line) {
        message += message.ends_with(" action") ? " started at " : " in action started at ";
        message += name_ + ":" + std::to_string(action_line_);
      }
      return Error(message);
    }
    std::string shown;
    if (token.type == TokenType::kEof) {
      shown = "EOF";
    } else if (token.type >= TokenType::kBlock || token.type == TokenType::kDot) {
      shown = "<" + std::string(token.text) + ">";
    } else if (token.text.size() > 10) {
      shown = Quote(token.text.substr(0, 10)) + "...";
    } else {
      shown = Quote(token.text);
    }
    if (token.type == TokenType::kEof && where == "input") return Error("unexpected EOF");
    return Error("unexpected " + shown + " in " + std::string(where));
  }

  static NodePtr New(NodeType type, const Token& token) {
    auto node = std::make_unique<Node>();
    node->type = type;
    node->position = token.position;
    return node;
  }

  // Nesting is bounded so that neither this nor what walks the tree can run out of stack.
  class Nested {
   public:
    explicit Nested(Parser& parser) : parser_(parser) { ++parser_.nesting_; }
    ~Nested() { --parser_.nesting_; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;
    bool TooDeep() const {
      if (parser_.nesting_ <= kMaxNesting) return false;
      parser_.Error("nested too deeply");
      return true;
    }

   private:
    Parser& parser_;
  };

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
    if (known && !IsEmpty(*known)) {
      if (IsEmpty(*list)) return true;
      Error("template: multiple definition of template " + Quote(name));
      return false;
    }
    known = std::move(list);
    return true;
  }

  static bool IsEmpty(const Node& list) {
    return std::all_of(list.children.begin(), list.children.end(), [](const NodePtr& node) {
      return node->type == NodeType::kText &&
             node->text.find_first_not_of(" \t\r\n\v\f") == std::string::npos;
    });
  }

  // Commands between bars, to `end`, which is taken.
  NodePtr Pipeline(std::string_view where, TokenType end) {
    const Nested nested(*this);
    if (nested.TooDeep()) return nullptr;
    NodePtr pipe = New(NodeType::kPipe, PeekBehindSpace());
    if (!Declarations(*pipe, where)) return nullptr;
    for (;;) {
      const Token& token = PeekBehindSpace();
      if (token.type == end) {
        Next();
        return Checked(std::move(pipe), where);
      }
      switch (token.type) {
        case TokenType::kBool:
        case TokenType::kCharacter:
        case TokenType::kDot:
        case TokenType::kField:
        case TokenType::kIdentifier:
        case TokenType::kNumber:
        case TokenType::kNil:
        case TokenType::kRawString:
        case TokenType::kString:
        case TokenType::kVariable:
        case TokenType::kLeftParen:
          break;
        default:
          return Unexpected(Next(), where);
      }
      NodePtr command = Command();
      if (!command) return nullptr;
      pipe->children.push_back(std::move(command));
    }
  }

  // $x :=, $x =, $i, $x :=
  bool Declarations(Node& pipe, std::string_view where) {
    while (PeekBehindSpace().type == TokenType::kVariable) {
      const std::size_t before = next_;
      const std::string name(Next().text);
      const Token& then = PeekBehindSpace();
      const bool comma = then.type == TokenType::kComma && then.text == ",";
      if (then.type != TokenType::kAssign && then.type != TokenType::kDeclare && !comma) {
        next_ = before;
        return true;
      }
      Next();
      pipe.flag = then.type == TokenType::kAssign;
      pipe.names.push_back(name);
      variables_.push_back(name);
      if (!comma) return true;
      if (where != "range" || pipe.names.size() > 1) {
        Error("too many declarations in " + std::string(where));
        return false;
      }
      const TokenType next = PeekBehindSpace().type;
      if (next != TokenType::kVariable && next != TokenType::kRightDelim &&
          next != TokenType::kRightParen) {
        Error("range can only initialize variables");
        return false;
      }
    }
    return true;
  }

  NodePtr Checked(NodePtr pipe, std::string_view where) {
    if (pipe->children.empty()) return Error("missing value for " + std::string(where));
    for (std::size_t i = 1; i < pipe->children.size(); ++i) {
      switch (pipe->children[i]->children.front()->type) {
        case NodeType::kBool:
        case NodeType::kDot:
        case NodeType::kNil:
        case NodeType::kNumber:
        case NodeType::kString:
          return Error("non executable command in pipeline stage " + std::to_string(i + 1));
        default:
          break;
      }
    }
    return pipe;
  }

  // Operands, to the end of the pipe or a bar, which is taken.
  NodePtr Command() {
    NodePtr command = New(NodeType::kCommand, PeekBehindSpace());
    for (;;) {
      PeekBehindSpace();
      NodePtr operand = Operand();
      if (!error_.empty()) return nullptr;
      if (operand) command->children.push_back(std::move(operand));
      const Token& token = Peek();
      if (token.type == TokenType::kSpace) {
        Next();
        continue;
      }
      if (token.type == TokenType::kPipe) {
        Next();
      } else if (token.type != TokenType::kRightDelim && token.type != TokenType::kRightParen) {
        return Unexpected(Next(), "operand");
      }
      break;
    }
    if (command->children.empty()) return Error("empty command");
    return command;
  }

  // A term and the fields behind it. Null without an error when there is none.
  NodePtr Operand() {
    NodePtr node = Term();
    if (!node || Peek().type != TokenType::kField) return node;
    switch (node->type) {
      case NodeType::kField:
      case NodeType::kVariable:
        break;
      case NodeType::kBool:
      case NodeType::kString:
      case NodeType::kNumber:
      case NodeType::kNil:
      case NodeType::kDot:
        return Error("unexpected . after term " + Quote(ToString(*node)));
      default: {
        NodePtr chain = New(NodeType::kChain, Peek());
        chain->children.push_back(std::move(node));
        node = std::move(chain);
      }
    }
    node->position = Peek().position;
    while (Peek().type == TokenType::kField) node->names.emplace_back(Next().text.substr(1));
    return node;
  }

  NodePtr Term() {
    const Token& token = PeekBehindSpace();
    NodePtr node;
    switch (token.type) {
      case TokenType::kIdentifier:
        node = New(NodeType::kIdentifier, token);
        Next();
        if (FindFunction(token.text) == nullptr) {
          return Error("function " + Quote(token.text) + " not defined");
        }
        break;
      case TokenType::kDot:
        node = New(NodeType::kDot, Next());
        break;
      case TokenType::kNil:
        node = New(NodeType::kNil, Next());
        break;
      case TokenType::kVariable:
        return Variable();
      case TokenType::kField:
        node = New(NodeType::kField, Next());
        node->names.emplace_back(token.text.substr(1));
        break;
      case TokenType::kBool:
        node = New(NodeType::kBool, Next());
        node->flag = token.text == "true";
        break;
      case TokenType::kCharacter:
      case TokenType::kNumber:
        return Number();
      case TokenType::kLeftParen:
        Next();
        return Pipeline("parenthesized pipeline", TokenType::kRightParen);
      case TokenType::kString:
      case TokenType::kRawString:
        node = New(NodeType::kString, Next());
        if (!Unquote(token.text, node->value)) return Error("invalid syntax");
        break;
      default:
        return nullptr;
    }
    node->text = token.text;
    return node;
  }

  NodePtr Variable() {
    const Token& token = Next();
    NodePtr node = New(NodeType::kVariable, token);
    node->names.emplace_back(token.text);
    if (std::find(variables_.begin(), variables_.end(), token.text) == variables_.end()) {
      return Error("undefined variable " + Quote(token.text));
    }
    return node;
  }

  NodePtr Number() {
    const Token& token = Next();
    NodePtr node = New(NodeType::kNumber, token);
    node->text = token.text;
    auto number = ParseNumberLiteral(token.text);
    if (!number) return Error(number.error().message);
    node->integer = number->integer;
    node->real = number->real;
    node->ideal_real = number->ideal_real;
    return node;
  }

  Tokens tokens_;
  std::string name_;
  std::size_t next_ = 0, furthest_ = 0;
  int action_line_ = 0;
  int nesting_ = 0;
  int ranges_ = 0;  // how many {{range}} we are in
  std::vector<std::string> variables_ = {"$"};
  std::map<std::string, NodePtr> named_;
  std::string error_;
};

}  // namespace

Result<ParsedTemplates> Parse(std::string text, std::string_view name) {
  if (text.size() > kMaxTemplateBytes) {
    return Fail(ErrorCode::kParse, "template: " + std::string(name) + ":1: template is too long");
  }
  auto parsed = Parser(text, name).Run();
  if (parsed) parsed->text = std::move(text);
  return parsed;
}

}  // namespace ecsward::templates
