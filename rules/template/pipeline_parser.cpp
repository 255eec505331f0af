#include "rules/template/pipeline_parser.h"

#include <algorithm>

#include "rules/template/functions.h"
#include "rules/template/numbers.h"
#include "rules/template/parser.h"
#include "rules/template/unicode.h"

namespace ecsward::templates {

// The token that comes next; its line is that of an error.
const Token& PipelineParser::Peek() {
  furthest_ = std::max(furthest_, next_);
  return tokens_.list[next_];
}
const Token& PipelineParser::Next() {
  const Token& token = Peek();
  if (next_ + 1 < tokens_.list.size()) ++next_;
  return token;
}
const Token& PipelineParser::PeekBehindSpace() {
  while (Peek().type == TokenType::kSpace) ++next_;
  return Peek();
}
const Token& PipelineParser::NextBehindSpace() {
  PeekBehindSpace();
  return Next();
}

NodePtr PipelineParser::Error(std::string_view message) {
  if (error_.empty()) {
    error_ = "template: " + name_ + ":" + std::to_string(tokens_.list[furthest_].line) + ": " +
             std::string(message);
  }
  return nullptr;
}
NodePtr PipelineParser::Unexpected(const Token& token, std::string_view where) {
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

NodePtr PipelineParser::New(NodeType type, const Token& token) {
  auto node = std::make_unique<Node>();
  node->type = type;
  node->position = token.position;
  return node;
}

bool PipelineParser::Nested::TooDeep() const {
  if (parser_.nesting_ <= kMaxNesting) return false;
  parser_.Error("nested too deeply");
  return true;
}

NodePtr PipelineParser::Pipeline(std::string_view where, TokenType end) {
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
bool PipelineParser::Declarations(Node& pipe, std::string_view where) {
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

NodePtr PipelineParser::Checked(NodePtr pipe, std::string_view where) {
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
NodePtr PipelineParser::Command() {
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
NodePtr PipelineParser::Operand() {
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

NodePtr PipelineParser::Term() {
  const Token& token = PeekBehindSpace();
  NodePtr node;
  switch (token.type) {
    case TokenType::kIdentifier:
      node = New(NodeType::kIdentifier, token);
      Next();
      if (FindFunction(token.text, functions_) == nullptr) {
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

NodePtr PipelineParser::Variable() {
  const Token& token = Next();
  NodePtr node = New(NodeType::kVariable, token);
  node->names.emplace_back(token.text);
  if (std::find(variables_.begin(), variables_.end(), token.text) == variables_.end()) {
    return Error("undefined variable " + Quote(token.text));
  }
  return node;
}

NodePtr PipelineParser::Number() {
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

}  // namespace ecsward::templates
